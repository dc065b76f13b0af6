import { formatIpv4, formatIpv6 } from '../../base/ip.js';
import type { Direction } from '../../model/flow.js';
import type { StreamReader } from '../../model/session.js';
import { ByteQueue } from './byte-queue.js';
import { noteHost } from './hints.js';
import type { Inspector, InspectorContext, Probe } from './inspector.js';

const VERSION_5 = 5;
const VERSION_4 = 4;
const AUTH_VERSION = 1;
const COMMAND_CONNECT = 1;
const ADDRESS_IPV4 = 1;
const ADDRESS_NAME = 3;
const ADDRESS_IPV6 = 4;
/** Of addresses, by type, in bytes; a name tells its own. */
const ADDRESS_SIZES: ReadonlyMap<number, number> = new Map([
  [ADDRESS_IPV4, 4],
  [ADDRESS_IPV6, 16],
]);
const GRANTED_4 = 0x5a;
const LAST_REPLY_4 = 0x5d;
const METHOD_NONE = 0;
const METHOD_PASSWORD = 2;
/** Longest SOCKS4 user id or name that is waited for. */
const MAX_TEXT = 255;

/** How long the message at `at` is; `more` where that is not known yet, `bad` where it is none. */
type Measured = number | 'more' | 'bad';

interface Target {
  readonly size: number;
  readonly host: string;
  readonly port: number;
}

/** SOCKS5 (RFC 1928, RFC 1929) and SOCKS4/4a: names the host that is asked for, then hands on what goes through. */
export const socks: Inspector = {
  name: 'socks',
  keepsFrames: true,
  probe(toServer, toClient): Probe {
    if (toServer.length === 0) return probeAnswers5(toClient);
    if (toServer[0] === VERSION_5) return probe5(toServer, toClient);
    if (toServer[0] !== VERSION_4) return 'no';
    const target = readTarget4(toServer);
    if (typeof target === 'string') return target === 'more' ? 'more' : 'no';
    if (toClient.length < 2 && toServer.length > target.size) return 'yes';
    if (toClient.length === 0) return 'more';
    if (toClient[0] !== 0) return 'no';
    return toClient.length < 2 ? 'more' : isReply4(toClient[1] ?? 0) ? 'yes' : 'no';
  },
  start: (context) => new SocksReader(context),
};

/** A greeting alone proves little: the server's choice of method, or the request behind it, must fit. */
function probe5(toServer: Buffer, toClient: Buffer): Probe {
  const greeting = measureGreeting(toServer, 0);
  if (greeting === 'bad') return 'no';
  if (greeting === 'more' || toServer.length === greeting) {
    if (toClient.length === 0) return 'more';
    if (toClient[0] !== VERSION_5) return 'no';
    if (toClient.length < 2 || greeting === 'more') return 'more';
    return toServer.subarray(2, greeting).includes(toClient[1] ?? 0) ? 'yes' : 'no';
  }
  const next = toServer[greeting];
  if (next === AUTH_VERSION) return 'yes';
  const target = readTarget5(toServer, greeting);
  return target === 'bad' ? 'no' : target === 'more' ? 'more' : 'yes';
}

/** A server does not speak first, but its direction may be all that was captured: choice of method, then reply. */
function probeAnswers5(toClient: Buffer): Probe {
  if (toClient[0] !== VERSION_5 || (toClient[1] ?? 0) > METHOD_PASSWORD) return 'no';
  const at = toClient[2] === AUTH_VERSION ? 4 : 2;
  const reply = readTarget5(toClient, at);
  return typeof reply === 'object' ? 'yes' : reply === 'more' ? 'more' : 'no';
}

function isReply4(code: number): boolean {
  return code >= GRANTED_4 && code <= LAST_REPLY_4;
}

function measureGreeting(bytes: Buffer, at: number): Measured {
  const count = bytes[at + 1];
  if (count === undefined) return 'more';
  if (count === 0 || count > 16) return 'bad';
  return bytes.length - at < 2 + count ? 'more' : 2 + count;
}

/** User name and password: measured, never read. */
function measurePassword(bytes: Buffer, at: number): Measured {
  const user = bytes[at + 1];
  if (user === undefined) return 'more';
  const password = bytes[at + 2 + user];
  if (password === undefined) return 'more';
  return bytes.length - at < 3 + user + password ? 'more' : 3 + user + password;
}

/** Address and port behind version, command (or reply) and a reserved byte: a request and a reply look alike. */
function readTarget5(bytes: Buffer, at: number): Target | 'more' | 'bad' {
  if (bytes.length - at < 5) return (bytes[at] ?? VERSION_5) === VERSION_5 ? 'more' : 'bad';
  if (bytes[at] !== VERSION_5 || bytes[at + 2] !== 0) return 'bad';
  const type = bytes[at + 3];
  const start = type === ADDRESS_NAME ? at + 5 : at + 4;
  const length = type === ADDRESS_NAME ? bytes[at + 4] : ADDRESS_SIZES.get(type ?? 0);
  if (length === undefined) return 'bad';
  const end = start + length;
  if (bytes.length < end + 2) return 'more';
  return { size: end + 2 - at, host: hostAt(bytes, start, end, type), port: bytes.readUInt16BE(end) };
}

function hostAt(bytes: Buffer, start: number, end: number, type: number | undefined): string {
  if (type === ADDRESS_IPV4) return formatIpv4(bytes.readUInt32BE(start));
  return type === ADDRESS_IPV6 ? formatIpv6(bytes, start) : bytes.toString('latin1', start, end);
}

function readTarget4(bytes: Buffer): Target | 'more' | 'bad' {
  if (bytes.length >= 2 && bytes[1] !== COMMAND_CONNECT) return 'bad';
  if (bytes.length < 9) return 'more';
  const port = bytes.readUInt16BE(2);
  const address = bytes.readUInt32BE(4);
  const userEnd = bytes.indexOf(0, 8);
  if (port === 0 || userEnd > 8 + MAX_TEXT || (userEnd < 0 && bytes.length > 8 + MAX_TEXT)) return 'bad';
  if (userEnd < 0) return 'more';
  // 4a: the address 0.0.0.x announces a name behind the user id.
  if (address === 0 || address > 255) return { size: userEnd + 1, host: formatIpv4(address), port };
  const nameEnd = bytes.indexOf(0, userEnd + 1);
  if (nameEnd < 0) return bytes.length > userEnd + 1 + MAX_TEXT ? 'bad' : 'more';
  return { size: nameEnd + 1, host: bytes.toString('latin1', userEnd + 1, nameEnd), port };
}

class SocksReader implements StreamReader {
  readonly #context: InspectorContext;
  readonly #waiting = { 'to-server': new ByteQueue(), 'to-client': new ByteQueue() };
  readonly #isOpen = { 'to-server': false, 'to-client': false };
  /** Messages of the direction so far. */
  readonly #seen = { 'to-server': 0, 'to-client': 0 };
  #inner: StreamReader | null = null;
  #version = 0;

  constructor(context: InspectorContext) {
    this.#context = context;
  }

  feed(direction: Direction, bytes: Buffer, timeUs: number): boolean {
    if (this.#isOpen[direction]) return this.#pass(direction, bytes, timeUs);
    const queue = this.#waiting[direction];
    const joined = queue.join(bytes);
    let at = 0;
    while (at < joined.length && !this.#isOpen[direction]) {
      const size = direction === 'to-server' ? this.#request(joined, at) : this.#reply(joined, at);
      if (size === 'bad') return false;
      if (size === 'more') break;
      at += size;
      this.#seen[direction]++;
    }
    const isPassed =
      !this.#isOpen[direction] || at === joined.length || this.#pass(direction, joined.subarray(at), timeUs);
    queue.used(this.#isOpen[direction] ? joined.length : at);
    return isPassed;
  }

  gap(direction: Direction, byteCount: number, timeUs: number): void {
    // What is missing of the negotiation is small: the tunnel is taken to begin behind it.
    if (!this.#isOpen[direction]) {
      this.#waiting[direction].clear();
      this.#isOpen[direction] = true;
    }
    this.#tunnel().gap(direction, byteCount, timeUs);
  }

  tell(): void {
    this.#inner?.tell?.();
  }

  end(timeUs: number): void {
    this.#inner?.end(timeUs);
    this.#inner = null;
  }

  #request(bytes: Buffer, at: number): Measured {
    if (this.#seen['to-server'] === 0) {
      this.#version = bytes[at] ?? 0;
      if (this.#version === VERSION_5) return measureGreeting(bytes, at);
      return this.#open(readTarget4(bytes.subarray(at)));
    }
    if (bytes[at] === AUTH_VERSION && this.#seen['to-server'] === 1) return measurePassword(bytes, at);
    if (bytes.length - at > 1 && bytes[at + 1] !== COMMAND_CONNECT) return 'bad';
    return this.#open(readTarget5(bytes, at));
  }

  #open(target: Target | 'more' | 'bad'): Measured {
    if (typeof target === 'string') return target;
    noteHost(this.#context.hints, target.host, target.port);
    this.#isOpen['to-server'] = true;
    return target.size;
  }

  #reply(bytes: Buffer, at: number): Measured {
    const seen = this.#seen['to-client'];
    if (bytes[at] === 0 && seen === 0) {
      if (bytes.length - at < 8) return 'more';
      this.#version = VERSION_4;
      this.#isOpen['to-client'] = bytes[at + 1] === GRANTED_4;
      return this.#isOpen['to-client'] ? 8 : 'bad';
    }
    if (seen === 0 || bytes[at] === AUTH_VERSION) {
      if (bytes.length - at < 2) return 'more';
      const isFine =
        seen === 0 ? bytes[at + 1] === METHOD_NONE || bytes[at + 1] === METHOD_PASSWORD : bytes[at + 1] === 0;
      return isFine && seen < 2 ? 2 : 'bad';
    }
    if (bytes.length - at > 1 && bytes[at + 1] !== 0) return 'bad';
    const bound = readTarget5(bytes, at);
    if (typeof bound === 'string') return bound;
    this.#isOpen['to-client'] = true;
    return bound.size;
  }

  #pass(direction: Direction, bytes: Buffer, timeUs: number): boolean {
    return this.#tunnel().feed(direction, bytes, timeUs);
  }

  #tunnel(): StreamReader {
    this.#inner ??= this.#context.unwrap(this.#version === VERSION_4 ? 'socks4' : 'socks5');
    return this.#inner;
  }
}
