import type { Message } from './message.js';

/** Protocols that look alike and are not mining (stratum-dialects.md §12): a session with one of them is left. */
const PREFIXES: readonly (readonly [RegExp, string])[] = [
  [
    /^(?:blockchain\.|server\.(?:version|features|banner|ping|peers|donation_address|add_peer)|mempool\.)/,
    'electrum',
  ],
  [/^(?:(?:eth|web3|engine|txpool|erigon|parity|clique)_|net_(?:version|listening|peerCount)$)/, 'eth-rpc'],
];
const ETHEREUM_WORK = new Set([
  'eth_submitLogin',
  'eth_login',
  'eth_getWork',
  'eth_submitWork',
  'eth_submitHashrate',
]);
/** Management of a miner by the cgminer API (port 4028): a miner is there, but this is no pool session. */
const MINER_API =
  /^(?:summary|pools|devs|devdetails|version|stats|config|coin|edevs|estats|lcd|check)(?:\+|$)/;

/** Name of the protocol that the message shows instead, as in NodeObservation; null where it shows none. */
export function contraryProtocol(message: Message): string | null {
  const { method, root } = message;
  if (method === null) {
    return typeof root.command === 'string' && MINER_API.test(root.command) ? 'miner-api' : null;
  }
  if (ETHEREUM_WORK.has(method)) return null;
  return PREFIXES.find(([pattern]) => pattern.test(method))?.[1] ?? null;
}
