import type { Direction, Endpoint, Origin } from '../../../model/flow.js';
import type { DnsObservation } from '../../../model/observation.js';
import type { Packet } from '../../../model/packet.js';
import type { StreamReader } from '../../../model/session.js';
import { ByteQueue } from '../byte-queue.js';
import { endpointAt } from '../datagram.js';
import type { Inspector, InspectorContext } from '../inspector.js';
import { opposite } from '../run.js';
import { type DnsFault, type DnsMessage, parseDns } from './dns-message.js';

export const DNS_PORT = 53;
/** Smallest message with a question: header, one label, root, type, class. */
const MIN_MESSAGE = 12 + 7;
/** Longest question over TCP: one more is how a SOCKS4a request begins (4, 1), whose 0.0.0.1 would be one question. */
const MAX_QUESTION = 1024;

/** One DNS message of a UDP datagram. The packet's client is the side that is not the resolver. */
export function readDnsDatagram(
  packet: Packet,
  origin: () => Origin,
  wantsName: (name: string) => boolean,
): DnsObservation | DnsFault {
  const end = packet.payloadOffset + packet.payloadLength;
  const message = parseDns(packet.bytes, packet.payloadOffset, end, wantsName);
  if (typeof message === 'string') return message;
  // A resolver asking another one uses port 53 on both sides at times: then the QR bit decides.
  const fromResolver = packet.srcPort === DNS_PORT && (packet.dstPort !== DNS_PORT || message.isAnswer);
  if (fromResolver !== message.isAnswer) return 'unwanted';
  const src = endpointAt(packet, packet.srcOffset, packet.srcPort);
  const dst = endpointAt(packet, packet.dstOffset, packet.dstPort);
  return toObservation(message, packet.timeUs, fromResolver ? dst : src, fromResolver ? src : dst, origin());
}

function toObservation(
  message: DnsMessage,
  timeUs: number,
  client: Endpoint,
  server: Endpoint,
  origin: Origin,
): DnsObservation {
  const { question, questionType, isAnswer, addresses, aliases, iterates } = message;
  return {
    kind: 'dns',
    timeUs,
    client,
    server,
    origin,
    question,
    questionType,
    answered: isAnswer,
    addresses,
    ...(aliases.length === 0 ? {} : { aliases }),
    ...(iterates ? { iterates } : {}),
  };
}

/** DNS over TCP (RFC 1035 §4.2.2): messages behind a length of two bytes. */
export const dns: Inspector = {
  name: 'dns',
  probe(toServer, toClient) {
    const bytes = toServer.length > 0 ? toServer : toClient;
    if (bytes.length > 0 && (bytes[0] ?? 0) > 0x0f) return 'no';
    if (bytes.length < 14) return 'more';
    const isPlausible =
      bytes.readUInt16BE(0) >= MIN_MESSAGE &&
      (bytes !== toServer || bytes.readUInt16BE(0) <= MAX_QUESTION) &&
      (bytes.readUInt16BE(4) & 0x7840) === 0 &&
      bytes.readUInt16BE(6) === 1;
    return isPlausible ? 'yes' : 'no';
  },
  start: (context) => new DnsReader(context),
};

class DnsReader implements StreamReader {
  readonly #context: InspectorContext;
  readonly #waiting = { 'to-server': new ByteQueue(), 'to-client': new ByteQueue() };

  constructor(context: InspectorContext) {
    this.#context = context;
  }

  feed(direction: Direction, bytes: Buffer, timeUs: number): boolean {
    const { session } = this.#context;
    if (session.server.port !== DNS_PORT) {
      const isSwapped = session.client.port === DNS_PORT && this.#context.swapSides();
      return isSwapped && this.feed(opposite(direction), bytes, timeUs);
    }
    const queue = this.#waiting[direction];
    const joined = queue.join(bytes);
    let at = 0;
    while (joined.length - at >= 2) {
      const end = at + 2 + joined.readUInt16BE(at);
      if (end > joined.length) break;
      this.#message(joined, at + 2, end, timeUs);
      at = end;
    }
    queue.used(at);
    return true;
  }

  gap(): void {
    // Lengths are lost with the bytes, and nothing marks the next message: what comes is read as if it began one.
    this.#waiting['to-server'].clear();
    this.#waiting['to-client'].clear();
  }

  end(): void {}

  #message(bytes: Buffer, start: number, end: number, timeUs: number): void {
    const { session } = this.#context;
    const message = parseDns(bytes, start, end, (name) => this.#context.wantsName?.(name) ?? true);
    if (typeof message === 'string') {
      if (message === 'malformed') this.#context.counters.add('dns.malformed');
      return;
    }
    this.#context.emit(toObservation(message, timeUs, session.client, session.server, session.origin));
  }
}
