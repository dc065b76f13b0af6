import { formatIpv4, formatIpv6 } from '../../../base/ip.js';

/** What a DNS message (RFC 1035 §4) says of the addresses of one name. */
export interface DnsMessage {
  /** Lower case, no trailing dot, printable ASCII, at most 253 characters. */
  readonly question: string;
  readonly questionType: number;
  /** QR bit: an answer of the server. */
  readonly isAnswer: boolean;
  /** A and AAAA of the question's name or of what its CNAMEs lead to; TTL in seconds, the chain's least. */
  readonly addresses: readonly { readonly ip: string; readonly ttl: number }[];
  /** What the question's name is an alias of, in the order of the chain (CNAME). */
  readonly aliases: readonly string[];
  /** No recursion is wanted. */
  readonly iterates: boolean;
}

export type DnsFault = 'malformed' | 'unwanted';

const HEADER = 12;
const TYPE_A = 1;
const TYPE_CNAME = 5;
const TYPE_AAAA = 28;
const CLASS_IN = 1;
const RCODE_NAME_ERROR = 3;
const RECURSION_DESIRED = 0x0100;
const RECURSION_AVAILABLE = 0x0080;
const MAX_NAME = 253;
/** Compression pointers followed in one name. */
const MAX_POINTERS = 16;
const MAX_RECORDS = 64;
const MAX_CNAMES = 16;
/** RFC 2181 §8: a TTL with the top bit set is to be read as 0. */
const MAX_TTL = 0x7fffffff;

/**
 * Reads one message from `start` to `end`. `unwanted`: well formed, but nothing that gives a name to an address
 * (an update, a failure, a class other than IN, a name that `wantsName` refuses, and so every name that it is an
 * alias of). A message that was cut short
 * gives the records that are whole.
 */
export function parseDns(
  bytes: Buffer,
  start: number,
  end: number,
  wantsName: (name: string) => boolean,
): DnsMessage | DnsFault {
  if (end - start < HEADER + 5) return 'malformed';
  const flags = u16(bytes, start + 2);
  const isAnswer = flags >= 0x8000;
  if ((flags & 0x7800) !== 0 || u16(bytes, start + 4) !== 1) return 'unwanted';
  const rcode = flags & 15;
  if (isAnswer && rcode !== 0 && rcode !== RCODE_NAME_ERROR) return 'unwanted';
  const cursor: Cursor = { bytes, start, end, at: start + HEADER };
  const question = readName(cursor);
  if (question === null || cursor.at + 4 > end) return 'malformed';
  const questionType = u16(bytes, cursor.at);
  // The top bit of the class asks for a unicast answer (mDNS, RFC 6762 §5.4): not for us either.
  if (u16(bytes, cursor.at + 2) !== CLASS_IN || question === '') return 'unwanted';
  cursor.at += 4;
  const records = isAnswer && rcode === 0 ? u16(bytes, start + 6) : 0;
  const isWanted = wantsName(question);
  if (!isWanted && (records === 0 || !beginsWithAlias(bytes, cursor.at, end))) return 'unwanted';
  const { addresses, aliases } = readAnswers(cursor, question, records);
  if (!isWanted && !aliases.some(wantsName)) return 'unwanted';
  // Servers copy RD into the answer; one that recurses itself has answered a client.
  const iterates = (flags & RECURSION_DESIRED) === 0 && !(isAnswer && (flags & RECURSION_AVAILABLE) !== 0);
  return { question, questionType, isAnswer, addresses, aliases, iterates };
}

/** Servers put the chain of aliases first, and name its owner by a pointer to the question. */
export function beginsWithAlias(bytes: Buffer, at: number, end: number): boolean {
  return at + 4 <= end && (bytes[at] ?? 0) >= 0xc0 && u16(bytes, at + 2) === TYPE_CNAME;
}

interface Cursor {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
  at: number;
}

interface Alias {
  readonly target: string;
  readonly ttl: number;
}

function readAnswers(
  cursor: Cursor,
  question: string,
  count: number,
): Pick<DnsMessage, 'addresses' | 'aliases'> {
  const aliases = new Map<string, Alias>();
  const found: { owner: string; ip: string; ttl: number }[] = [];
  for (let record = 0; record < Math.min(count, MAX_RECORDS); record++) {
    const owner = readName(cursor);
    if (owner === null || cursor.at + 10 > cursor.end) break;
    const { bytes, at } = cursor;
    const type = u16(bytes, at);
    const isInternet = u16(bytes, at + 2) === CLASS_IN;
    const word = bytes.readUInt32BE(at + 4);
    const ttl = word > MAX_TTL ? 0 : word;
    const length = u16(bytes, at + 8);
    const data = at + 10;
    if (data + length > cursor.end) break;
    cursor.at = data + length;
    if (!isInternet) continue;
    if (type === TYPE_A && length === 4) found.push({ owner, ip: formatIpv4(bytes.readUInt32BE(data)), ttl });
    else if (type === TYPE_AAAA && length === 16) found.push({ owner, ip: formatIpv6(bytes, data), ttl });
    else if (type === TYPE_CNAME) {
      const target = readName({ ...cursor, at: data, end: data + length });
      if (target !== null) aliases.set(owner, { target, ttl });
    }
  }
  // The owner's name and those its aliases lead to, with the least TTL on the way.
  const reached = new Map<string, number>([[question, MAX_TTL]]);
  let name = question;
  for (let hop = 0; hop < MAX_CNAMES; hop++) {
    const alias = aliases.get(name);
    if (alias === undefined || reached.has(alias.target)) break;
    reached.set(alias.target, Math.min(alias.ttl, reached.get(name) ?? MAX_TTL));
    name = alias.target;
  }
  const addresses = found.flatMap(({ owner, ip, ttl }) => {
    const least = reached.get(owner);
    return least === undefined ? [] : [{ ip, ttl: Math.min(ttl, least) }];
  });
  return { addresses, aliases: [...reached.keys()].slice(1) };
}

/** Reads a name and moves the cursor behind it. `null`: cut short, too long, a loop, or bytes no host name has. */
function readName(cursor: Cursor): string | null {
  const { bytes, start, end } = cursor;
  let at = cursor.at;
  let behind = -1;
  let pointers = 0;
  let name = '';
  for (;;) {
    if (at >= end) return null;
    const length = bytes[at] ?? 0;
    if (length >= 0xc0) {
      if (at + 2 > end || ++pointers > MAX_POINTERS) return null;
      if (behind < 0) behind = at + 2;
      const target = start + (u16(bytes, at) & 0x3fff);
      // A pointer leads to a prior occurrence (RFC 1035 §4.1.4).
      if (target >= at) return null;
      at = target;
      continue;
    }
    if (length > 63) return null;
    at++;
    if (length === 0) break;
    if (at + length > end || name.length + length > MAX_NAME) return null;
    for (let index = at; index < at + length; index++) {
      const byte = bytes[index] ?? 0;
      if (byte <= 0x20 || byte >= 0x7f || byte === 0x2e || byte === 0x5c) return null;
    }
    name +=
      name === ''
        ? bytes.toString('latin1', at, at + length)
        : `.${bytes.toString('latin1', at, at + length)}`;
    at += length;
  }
  cursor.at = behind < 0 ? at : behind;
  return name.length > MAX_NAME ? null : name.toLowerCase();
}

function u16(bytes: Buffer, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}
