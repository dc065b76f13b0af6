import { type Direction, sessionKey } from '../../model/flow.js';
import type { StreamReader } from '../../model/session.js';
import { looksLikeRlpx, RLPX_FIRST_BYTES } from './devp2p.js';
import type { Inspector, InspectorContext, Probe } from './inspector.js';

interface Found {
  readonly protocol: string;
  readonly coin: string | null;
}

/**
 * Network magics of Bitcoin's peer-to-peer protocol and its descendants (chainparams.cpp of each), as on the wire.
 * Null where several chains share one.
 */
const MAGICS: ReadonlyMap<number, string | null> = new Map([
  [0xf9beb4d9, 'BTC'],
  [0x0b110907, 'BTC'], // testnet3
  [0x1c163f28, 'BTC'], // testnet4
  [0x0a03cf40, 'BTC'], // signet
  [0xfabfb5da, null], // regtest of all, Vertcoin
  [0xfbc0b6db, null], // Litecoin, Monacoin
  [0xfdd2c8f1, 'LTC'], // testnet
  [0xc0c0c0c0, 'DOGE'],
  [0xfcc1b7dc, 'DOGE'], // testnet
  [0xe3e1f3e8, null], // Bitcoin Cash, Bitcoin SV
  [0xbf0c6bbd, 'DASH'],
  [0x24e92764, 'ZEC'],
  [0xf9eee48d, 'KMD'],
  [0xfac3b6da, 'DGB'],
  [0xf9beb4fe, 'NMC'],
  [0xf9beb4d4, 'GRS'],
  [0x5241564e, 'RVN'],
  [0xe1476d44, 'BTG'],
  [0xf900b4d9, 'DCR'],
]);

/** Which chain a shared magic stands for, by its default port; the port alone says nothing. */
const COIN_OF_MAGIC_AND_PORT: ReadonlyMap<string, string> = new Map([
  ['fbc0b6db:9333', 'LTC'],
  ['fbc0b6db:9401', 'MONA'],
  ['fabfb5da:5889', 'VTC'],
]);
const MONERO_PORT = 18080;

/** Magic, command (12), length, checksum. */
const BITCOIN_HEADER = 24;
/** MAX_PROTOCOL_MESSAGE_LENGTH of Bitcoin Core is 4 MB; BCH and others carry larger blocks. */
const MAX_BITCOIN_MESSAGE = 256 * 1024 * 1024;

/** LEVIN_SIGNATURE of epee (levin_base.h), then length u64, have_to_return_data u8, command u32. */
const LEVIN = Buffer.from('0121010101010101', 'hex');
const LEVIN_HEADER = 8 + 8 + 1 + 4;
const MAX_LEVIN_MESSAGE = 100_000_000;

export const NODE_FIRST_BYTES: readonly number[] = [
  ...new Set([...[...MAGICS.keys()].map((magic) => magic >>> 24), LEVIN[0] ?? 0, ...RLPX_FIRST_BYTES]),
];

/** A coin's peer-to-peer protocol: interest in a chain, which is not mining. Told once, then not read. */
export const node: Inspector = {
  name: 'node',
  probe(toServer, toClient) {
    const answer = recognise(toServer);
    return answer === 'no' ? recognise(toClient) : answer;
  },
  start: (context) => new NodeReader(context),
};

function recognise(bytes: Buffer): Probe {
  if (bytes.length === 0) return 'no';
  if (bytes.length < 4) return NODE_FIRST_BYTES.includes(bytes[0] ?? 0) ? 'more' : 'no';
  if (MAGICS.has(bytes.readUInt32BE(0))) {
    if (bytes.length < BITCOIN_HEADER) return 'more';
    return isCommand(bytes) && bytes.readUInt32LE(16) <= MAX_BITCOIN_MESSAGE ? 'yes' : 'no';
  }
  const seen = Math.min(bytes.length, LEVIN.length);
  if (LEVIN.compare(bytes, 0, seen, 0, seen) !== 0) return looksLikeRlpx(bytes);
  if (bytes.length < LEVIN_HEADER) return 'more';
  const isSound =
    bytes.readUInt32LE(12) === 0 && bytes.readUInt32LE(8) <= MAX_LEVIN_MESSAGE && (bytes[16] ?? 9) <= 1;
  return isSound ? 'yes' : 'no';
}

/** Lower-case letters and digits, then NUL to the end of the 12 bytes. */
function isCommand(bytes: Buffer): boolean {
  let length = 0;
  while (length < 12 && isCommandByte(bytes[4 + length] ?? 0)) length++;
  if (length < 2) return false;
  for (let at = length; at < 12; at++) if (bytes[4 + at] !== 0) return false;
  return true;
}

function isCommandByte(byte: number): boolean {
  return (byte >= 0x61 && byte <= 0x7a) || (byte >= 0x30 && byte <= 0x39);
}

/** Bytes of a direction that tell: the key of RLPx lies in the first 67. */
const HEAD = 67;

/** Keeps the first bytes of each direction until one of them is recognised; feed is then called with all of them. */
class NodeReader implements StreamReader {
  readonly #context: InspectorContext;
  readonly #head = { 'to-server': Buffer.alloc(0), 'to-client': Buffer.alloc(0) };

  constructor(context: InspectorContext) {
    this.#context = context;
  }

  feed(direction: Direction, bytes: Buffer, timeUs: number): boolean {
    const head = this.#head;
    const had = head[direction];
    head[direction] = Buffer.concat([had, bytes.subarray(0, Math.max(0, HEAD - had.length))]);
    if (recognise(head[direction]) !== 'yes') return true;
    this.#tell(this.#found(head[direction]), timeUs);
    return false;
  }

  gap(direction: Direction): void {
    this.#head[direction] = Buffer.alloc(0);
  }

  end(): void {}

  #found(bytes: Buffer): Found {
    const { port } = this.#context.session.server;
    const magic = bytes.readUInt32BE(0);
    const known = MAGICS.get(magic);
    // Ethereum, Ethereum Classic and others speak it alike.
    if (known === undefined && looksLikeRlpx(bytes) === 'yes')
      return { protocol: 'ethereum-devp2p', coin: null };
    // Other CryptoNote chains share epee's signature.
    if (known === undefined) return { protocol: 'monero-levin', coin: port === MONERO_PORT ? 'XMR' : null };
    return {
      protocol: 'bitcoin-p2p',
      coin: known ?? COIN_OF_MAGIC_AND_PORT.get(`${magic.toString(16)}:${port}`) ?? null,
    };
  }

  #tell(found: Found, timeUs: number): void {
    const { session } = this.#context;
    this.#context.emit({
      kind: 'node',
      timeUs,
      client: session.client,
      server: session.server,
      origin: session.origin,
      session: sessionKey(session.client, session.server, session.startUs),
      ...found,
    });
  }
}
