import { formatEndpoint, formatIpv4, formatIpv6, parseIp } from '../../base/ip.js';
import type { Direction, Endpoint } from '../../model/flow.js';
import type { StreamReader } from '../../model/session.js';
import { ByteQueue } from './byte-queue.js';
import { noteInner } from './hints.js';
import type { Inspector, InspectorContext, Probe } from './inspector.js';

const V1 = Buffer.from('PROXY ');
/** Longest version 1 line, CRLF included (specification §2.1). */
const MAX_V1 = 107;
const V2 = Buffer.from('0d0a0d0a000d0a515549540a', 'hex');
const V2_HEADER = 16;
/** A version 2 header carries TLVs; longer ones than this are none. */
const MAX_V2 = 2048;

interface Header {
  readonly size: number;
  readonly client: Endpoint | null;
}

/** HAProxy's PROXY protocol, versions 1 and 2: a load balancer says who the client is, then passes its bytes on. */
export const proxyProtocol: Inspector = {
  name: 'proxy-protocol',
  keepsFrames: true,
  probe(toServer): Probe {
    const header = toServer.length === 0 ? 'no' : readHeader(toServer);
    return header === 'more' || header === 'no' ? header : 'yes';
  },
  start: (context) => new ProxyProtocolReader(context),
};

function readHeader(bytes: Buffer): Header | 'more' | 'no' {
  if (isPrefix(bytes, V1)) return readV1(bytes);
  return isPrefix(bytes, V2) ? readV2(bytes) : 'no';
}

function isPrefix(bytes: Buffer, mark: Buffer): boolean {
  const seen = Math.min(bytes.length, mark.length);
  return mark.compare(bytes, 0, seen, 0, seen) === 0;
}

function readV1(bytes: Buffer): Header | 'more' | 'no' {
  const end = bytes.subarray(0, MAX_V1).indexOf(0x0a);
  if (end < 0) return bytes.length < MAX_V1 ? 'more' : 'no';
  const line = bytes.toString('latin1', 0, end);
  if (/^PROXY UNKNOWN\b.*\r$/.test(line)) return { size: end + 1, client: null };
  const match = /^PROXY TCP[46] (\S+) (\S+) (\d{1,5}) (\d{1,5})\r$/.exec(line);
  const ip = parseIp(match?.[1] ?? '');
  return ip === null ? 'no' : { size: end + 1, client: { ip, port: Number(match?.[3]) & 0xffff } };
}

function readV2(bytes: Buffer): Header | 'more' | 'no' {
  if (bytes.length < V2_HEADER) return 'more';
  const command = bytes[12] ?? 0;
  const size = V2_HEADER + bytes.readUInt16BE(14);
  if (command >> 4 !== 2 || (command & 15) > 1 || size > MAX_V2) return 'no';
  if (bytes.length < size) return 'more';
  const family = (bytes[13] ?? 0) >> 4;
  const isLocal = (command & 15) === 0;
  if (!isLocal && family === 1 && size >= V2_HEADER + 12) {
    return { size, client: { ip: formatIpv4(bytes.readUInt32BE(16)), port: bytes.readUInt16BE(24) } };
  }
  if (!isLocal && family === 2 && size >= V2_HEADER + 36) {
    return { size, client: { ip: formatIpv6(bytes, 16), port: bytes.readUInt16BE(48) } };
  }
  return { size, client: null };
}

class ProxyProtocolReader implements StreamReader {
  readonly #context: InspectorContext;
  readonly #waiting = new ByteQueue();
  #inner: StreamReader | null = null;
  #isOpen = false;

  constructor(context: InspectorContext) {
    this.#context = context;
  }

  feed(direction: Direction, bytes: Buffer, timeUs: number): boolean {
    if (direction === 'to-client' || this.#isOpen) return this.#tunnel().feed(direction, bytes, timeUs);
    const joined = this.#waiting.join(bytes);
    const header = readHeader(joined);
    if (header === 'no') return false;
    if (header === 'more') {
      this.#waiting.used(0);
      return true;
    }
    const { client } = header;
    if (client !== null) noteInner(this.#context.hints, 'proxy', formatEndpoint(client.ip, client.port));
    this.#isOpen = true;
    const isWanted =
      header.size === joined.length || this.#tunnel().feed(direction, joined.subarray(header.size), timeUs);
    this.#waiting.used(joined.length);
    return isWanted;
  }

  gap(direction: Direction, byteCount: number, timeUs: number): void {
    if (direction === 'to-server') {
      this.#waiting.clear();
      this.#isOpen = true;
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

  #tunnel(): StreamReader {
    this.#inner ??= this.#context.unwrap('proxy-protocol');
    return this.#inner;
  }
}
