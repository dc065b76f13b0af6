import type { AlgorithmFact } from '../../../model/estimate-rule.js';
import type { SuspectSession } from '../../../model/verdict.js';
import type { FuseContext } from '../context.js';
import { timeOf } from '../numbers.js';
import type { Identities } from '../wallets.js';
import { chainsOf } from './chains.js';

/** An `algo` list this long says what the program can do, not what it does. */
const MAX_ALGORITHMS_OF_A_JOB = 2;
/** The block that ended mining of ETH (15 September 2022, 06:42:42 UTC). */
export const ETH_MERGE_US = 1_663_224_162e6;
/** The block from which Monero is mined with RandomX (30 November 2019). */
const RANDOMX_US = 1_575_072_000e6;
const ETHASH_DIALECT = /^(?:eth-?(?:proxy|getwork)|ethereumstratum-\d|stratum-v1-ethash)$/;
/** Dialects that one algorithm speaks. */
const DIALECT_ALGORITHM: ReadonlyMap<string, string> = new Map([
  ['stratum-v1-kawpow', 'kawpow'],
  ['zip-301', 'equihash200_9'],
  ['beam', 'beamhash3'],
  ['grin', 'cuckatoo32'],
  ['ergo', 'autolykos2'],
  ['kaspa', 'kheavyhash'],
  ['ckb', 'eaglesong'],
  ['kadena', 'blake2s'],
  ['sia', 'blake2b-sia'],
  ['handshake', 'blake2b-sha3'],
  ['decred', 'blake256r14'],
  ['alephium', 'blake3'],
  ['ironfish', 'fishhash'],
  ['bytom', 'tensority'],
  ['conflux', 'octopus'],
  ['btcagent', 'sha256d'],
  ['stratum-v2', 'sha256d'],
  ['monero-daemon', 'rx/0'],
  ['browser-coinhive', 'cryptonight'],
  ['browser-webminerpool', 'cryptonight'],
]);
/** Coins of these are mined in a dialect of their own, never in Bitcoin's form. */
const OWN_DIALECT =
  /^(?:kawpow|firopow|meowpow|evrprogpow|progpow|ethash|etchash|ubqhash|equihash|zelhash|verushash|autolykos|kheavyhash|karlsenhash|rx\/|cn|randomx|cuck|beamhash|eaglesong|octopus|argon2\/)/;

/** Algorithms that jobs and shares name; those that a program only can do are left out. */
export function jobAlgorithms({ algorithms }: SuspectSession): readonly string[] {
  return algorithms.length <= MAX_ALGORITHMS_OF_A_JOB ? algorithms : [];
}

/** What is spoken in the dialects of Ethereum's family. */
const ETHASH_KIN = /^(?:ethash|etchash|progpow|ubqhash|octopus|kawpow|firopow)/;

export function isEthash(dialect: string | null): boolean {
  return dialect !== null && ETHASH_DIALECT.test(dialect);
}

/** Whether a coin of these algorithms can be mined in a session of this dialect. */
export function canSpeak(dialect: string | null, algorithms: readonly string[]): boolean {
  if (algorithms.length === 0) return true;
  if (isEthash(dialect)) return algorithms.some((algorithm) => ETHASH_KIN.test(algorithm));
  if (dialect !== 'stratum-v1') return true;
  return algorithms.some((algorithm) => !OWN_DIALECT.test(algorithm));
}

/**
 * What the session computes, by its jobs, its dialect, the chain of its jobs, or the coin of its wallet or options;
 * null where none of them tells.
 */
export function algorithmOf(
  session: SuspectSession,
  wallets: Identities['wallets'],
  context: FuseContext,
): string | null {
  const named = jobAlgorithms(session)[0];
  if (named !== undefined) return named.toLowerCase();
  const { dialect } = session;
  if (dialect === null) return null;
  const own = DIALECT_ALGORITHM.get(dialect);
  if (own !== undefined) return own;
  const byCoin = coinAlgorithm(session, wallets, context);
  if (isEthash(dialect)) {
    if (byCoin !== null && byCoin !== 'ethash') return byCoin;
    return timeOf(session.firstUs) < ETH_MERGE_US ? 'ethash' : 'etchash';
  }
  if (dialect === 'cryptonote') {
    if (byCoin !== null && byCoin !== 'rx/0') return byCoin;
    return timeOf(session.firstUs) < RANDOMX_US ? 'cryptonight' : (byCoin ?? 'rx/0');
  }
  return chainsOf(session.clues, context.estimates)[0]?.algorithm ?? byCoin;
}

/** Of the coin that is paid out, where that can be the coin that is mined. */
function coinAlgorithm(
  session: SuspectSession,
  wallets: Identities['wallets'],
  context: FuseContext,
): string | null {
  const hinted = session.coins.map(({ ticker }) => ticker);
  const paid = wallets.filter((one) => one.session === session).flatMap(({ wallet }) => wallet.coins);
  for (const ticker of [...hinted, ...paid]) {
    const algorithms = context.coins.get(ticker.toUpperCase())?.algorithms ?? [];
    const spoken = algorithms.find((algorithm) => canSpeak(session.dialect, [algorithm]));
    if (spoken !== undefined) return spoken;
  }
  return null;
}

/** What the rule files say of an algorithm, by its name or another spelling. */
export function factOf(algorithm: string, context: FuseContext): AlgorithmFact | null {
  const { algorithms } = context.estimates;
  return (
    algorithms.find((fact) => fact.algorithm === algorithm || fact.aliases.includes(algorithm)) ??
    algorithms.find(({ aliases }) =>
      aliases.some((alias) => alias.endsWith('*') && algorithm.startsWith(alias.slice(0, -1))),
    ) ??
    null
  );
}
