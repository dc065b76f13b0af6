import type { NameGlance } from '../../../model/glance.js';

/** Longer heads are left to the reader. */
const MAX_GLANCED_HEAD = 8192;
/** `GET ` and `HEAD` as words. */
const GET = 0x47455420;
const HEAD = 0x48454144;
/** `GET / HTTP/1.1` */
const MIN_START_LINE = 14;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const COLON = 0x3a;

/**
 * A GET or HEAD request without a body, whole in these bytes, to a host that the rules do not know and with nothing in
 * it that a miner would send. Where the snap length cut it (`isCut`), what is there decides. False for all that is
 * unusual.
 */
export function dismissesRequest(
  bytes: Buffer,
  start: number,
  end: number,
  isCut: boolean,
  mayInterest: NameGlance,
): boolean {
  const last = Math.min(end, start + MAX_GLANCED_HEAD);
  const isLost = isCut && last === end;
  let at = startLineEnd(bytes, start, last, isLost);
  if (at < 0) return false;
  for (;;) {
    // `at` is behind a line end.
    if (at >= last) return isLost;
    const first = bytes[at] as number;
    if (first === LF || (first === CR && at + 1 < last && bytes[at + 1] === LF)) return true;
    const line = at;
    while (at < last && bytes[at] !== LF) at++;
    if (at === last) return isLost && !isTelling(bytes, line, at, mayInterest);
    if (isTelling(bytes, line, at, mayInterest)) return false;
    at++;
  }
}

/**
 * Behind the line end of `GET /path HTTP/1.1`, or at `last` where it is lost; -1 where it is another line, or its path
 * may be one that miners poll.
 */
function startLineEnd(bytes: Buffer, start: number, last: number, isLost: boolean): number {
  if (last - start < MIN_START_LINE) return -1;
  const target = start + (bytes.readUInt32BE(start) === GET ? 4 : 5);
  if (target === start + 5 && (bytes.readUInt32BE(start) !== HEAD || bytes[start + 4] !== SPACE)) return -1;
  if (bytes[target] !== 0x2f) return -1;
  const letter = (bytes[target + 1] as number) | 0x20;
  // /get…, /lp, /longpoll
  if (letter === 0x67 || letter === 0x6c) return -1;
  let at = target;
  while (at < last && (bytes[at] as number) > SPACE && (bytes[at] as number) < 0x7f) at++;
  if (at + 10 > last && isLost) return last;
  if (at + 10 > last || bytes[at] !== SPACE) return -1;
  const isVersion =
    bytes[at + 1] === 0x48 &&
    bytes[at + 2] === 0x54 &&
    bytes[at + 3] === 0x54 &&
    bytes[at + 4] === 0x50 &&
    bytes[at + 5] === 0x2f &&
    bytes[at + 6] === 0x31 &&
    bytes[at + 7] === 0x2e &&
    ((bytes[at + 8] as number) | 1) === 0x31;
  if (!isVersion) return -1;
  at += 9;
  if (bytes[at] === CR) at++;
  return at < last && bytes[at] === LF ? at + 1 : -1;
}

/** Whether a header line has the request be read: it has a body, asks for a tunnel, names a miner or a listed host. */
function isTelling(bytes: Buffer, line: number, end: number, mayInterest: NameGlance): boolean {
  switch ((bytes[line] as number) | 0x20) {
    case 0x63:
      return startsWith(bytes, line, end, 'content-length');
    case 0x74:
      return startsWith(bytes, line, end, 'transfer-encoding');
    case 0x75:
      if (startsWith(bytes, line, end, 'upgrade:')) return true;
      return startsWith(bytes, line, end, 'user-agent:') && namesMiner(bytes, line + 11, end);
    case 0x78:
      return startsWith(bytes, line, end, 'x-') && isMiningLetter((bytes[line + 2] as number) | 0x20);
    case 0x68:
      return startsWith(bytes, line, end, 'host:') && mayBeListed(bytes, line + 5, end, mayInterest);
    default:
      return false;
  }
}

/** Of the headers that http-head.ts takes for mining: X-Mining-…, X-Stratum, X-Switch-To, X-Long-Polling, X-R…, X-Hash-…. */
function isMiningLetter(letter: number): boolean {
  return letter === 0x6d || letter === 0x73 || letter === 0x6c || letter === 0x72 || letter === 0x68;
}

/** The value of a Host header, its blanks and port apart. */
function mayBeListed(bytes: Buffer, from: number, to: number, mayInterest: NameGlance): boolean {
  let [start, end] = [from, to];
  while (start < end && isBlank(bytes[start] as number)) start++;
  while (end > start && isBlank(bytes[end - 1] as number)) end--;
  if (start === end) return false;
  let port = end;
  while (port > start && isDigit(bytes[port - 1] as number)) port--;
  if (port < end && port > start && bytes[port - 1] === COLON) end = port - 1;
  return mayInterest(bytes, start, end);
}

function isBlank(byte: number): boolean {
  return byte === SPACE || byte === 0x09 || byte === CR;
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

/** Words of MINER_AGENT in http.ts, or what they begin with; one of them must be at a letter that is m, x, t or r. */
const MINER_WORDS = ['miner', 'xmr', 't-rex', 'rigel'] as const;

function namesMiner(bytes: Buffer, from: number, end: number): boolean {
  for (let at = from; at < end; at++) {
    const word = MINER_WORDS_BY_LETTER[(bytes[at] as number) | 0x20];
    if (word !== undefined && startsWith(bytes, at, end, word)) return true;
  }
  return false;
}

const MINER_WORDS_BY_LETTER: readonly (string | undefined)[] = Array.from({ length: 256 }, (_, letter) =>
  MINER_WORDS.find((word) => word.charCodeAt(0) === letter),
);

/** Whether the bytes begin with a word, which is in lower case, in any letter case; more may pass for it, as `\r` for `-`. */
function startsWith(bytes: Buffer, start: number, end: number, word: string): boolean {
  if (end - start < word.length) return false;
  for (let at = 0; at < word.length; at++)
    if (((bytes[start + at] as number) | 0x20) !== word.charCodeAt(at)) return false;
  return true;
}
