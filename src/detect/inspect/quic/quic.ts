import type { Counters } from '../../../base/counters.js';
import { type Endpoint, type Origin, sessionKey } from '../../../model/flow.js';
import type { TlsObservation } from '../../../model/observation.js';
import type { Packet } from '../../../model/packet.js';
import { endpointAt } from '../datagram.js';
import { parseClientHello } from '../tls/client-hello.js';
import { fingerprintOf } from '../tls/tls-fingerprint.js';
import {
  type CryptoFrame,
  clientKeys,
  cryptoFrames,
  type InitialHeader,
  type InitialKeys,
  looksLikeInitial,
  openInitial,
  parseInitial,
} from './quic-initial.js';

const CLIENT_HELLO = 1;
const MESSAGE_HEADER = 4;
/** Ports below are those of services (RFC 6335 §6). */
const FIRST_CLIENT_PORT = 1024;
/** A ClientHello with post-quantum key shares is under 4 KiB; longer ones are not read. */
const MAX_HELLO = 16 * 1024;
/** Hellos that wait for the rest of themselves, or for an answer; the oldest goes first. */
export const MAX_WAITING_HELLOS = 4096;
/** Frames of one hello that wait: browsers send some tens in two or three packets. */
const MAX_WAITING_FRAMES = 512;
/** Packets of one hello that are opened. */
const MAX_PACKETS_OF_HELLO = 8;
/**
 * Initials of unwatched addresses that are opened: so many, and one more for every so many frames. To open one takes
 * some 100 µs, the time of a hundred frames, and hardly anybody mines over QUIC. Those of watched addresses, to which
 * DNS or a list led, are all opened.
 */
export const FREE_INITIALS = 64;
export const FRAMES_PER_INITIAL = 16_384;

interface Waiting {
  readonly keys: InitialKeys;
  readonly firstUs: number;
  readonly frames: CryptoFrame[];
  packets: number;
}

interface Scene {
  readonly client: Endpoint;
  readonly server: Endpoint;
  readonly timeUs: number;
  readonly isWatched: boolean;
  origin(): Origin;
}

/** Reads the ClientHello of QUIC conversations (RFC 9001): its keys are in the packet, so anybody can. */
export class QuicReader {
  readonly #emit: (observation: TlsObservation) => void;
  readonly #wantsName: (name: string) => boolean;
  readonly #waiting = new Map<string, Waiting>();
  /** Hellos of interest that wait for the server's first packet, by the ends of the conversation. */
  readonly #unanswered = new Map<string, TlsObservation>();
  #opened = 0;
  #counts = { initials: 0, skipped: 0, unopened: 0, hellos: 0, evicted: 0 };

  constructor(emit: (observation: TlsObservation) => void, wantsName: (name: string) => boolean) {
    this.#emit = emit;
    this.#wantsName = wantsName;
  }

  /** Whether there is anything to look at: a long header (RFC 8999 §5.1), or a hello that waits for an answer. */
  wants({ bytes, payloadOffset }: Packet): boolean {
    return (bytes[payloadOffset] ?? 0) >= 0x80 || this.#unanswered.size > 0;
  }

  /** One datagram of the beginning of a conversation; `record` is its frame number. */
  read(packet: Packet, record: number, isWatched: boolean, origin: () => Origin): void {
    if (this.#unanswered.size > 0) this.#answer(packet);
    const { bytes, payloadOffset, payloadLength, timeUs } = packet;
    // A server's Initials are under keys of its own: its port tells without a try.
    if (packet.srcPort < FIRST_CLIENT_PORT && packet.dstPort >= FIRST_CLIENT_PORT) return;
    if (!looksLikeInitial(bytes, payloadOffset, payloadLength)) return;
    if (!isWatched && this.#isOverBudget(record)) {
      this.#counts.skipped++;
      return;
    }
    const client = endpointAt(packet, packet.srcOffset, packet.srcPort);
    const server = endpointAt(packet, packet.dstOffset, packet.dstPort);
    const end = payloadOffset + payloadLength;
    let at = payloadOffset;
    // Initials of one datagram, one behind the other; a packet of another kind ends them.
    for (let packets = 0; packets < MAX_PACKETS_OF_HELLO; packets++) {
      const header = parseInitial(bytes, at, end);
      if (header === null) return;
      at = header.end;
      const id = bytes.subarray(header.idStart, header.idEnd);
      const key = `${endsKey(client, server)}|${id.toString('latin1')}`;
      const waiting = this.#waiting.get(key) ?? this.#begin(key, clientKeys(header.version, id), timeUs);
      const hello = waiting === null ? 'no' : this.#open(bytes, header, waiting);
      if (hello === 'more') continue;
      this.#waiting.delete(key);
      if (hello !== 'no' && waiting !== null)
        this.#hear(hello, { client, server, timeUs: waiting.firstUs, isWatched, origin });
      return;
    }
  }

  #open(bytes: Buffer, header: InitialHeader, waiting: Waiting): Buffer | 'more' | 'no' {
    this.#counts.initials++;
    const plain = ++waiting.packets > MAX_PACKETS_OF_HELLO ? null : openInitial(bytes, header, waiting.keys);
    if (plain === null) {
      this.#counts.unopened++;
      // A packet that does not open takes nothing from what others brought.
      return waiting.frames.length > 0 && waiting.packets <= MAX_PACKETS_OF_HELLO ? 'more' : 'no';
    }
    for (const frame of cryptoFrames(plain))
      if (waiting.frames.length < MAX_WAITING_FRAMES) waiting.frames.push(frame);
    return assemble(waiting.frames);
  }

  #hear(body: Buffer, scene: Scene): void {
    this.#counts.hellos++;
    const hello = parseClientHello(body);
    if (hello === null) return;
    const { serverName, alpn } = hello;
    const { client, server, timeUs } = scene;
    if (!scene.isWatched && (serverName === null || !this.#wantsName(serverName))) return;
    if (this.#unanswered.size >= MAX_WAITING_HELLOS)
      this.#tell(this.#unanswered.keys().next().value ?? '', false);
    this.#unanswered.set(endsKey(client, server), {
      kind: 'tls',
      timeUs,
      client,
      server,
      origin: scene.origin(),
      session: sessionKey(client, server, timeUs),
      serverName,
      alpn,
      ...fingerprintOf(body, 'q'),
      transport: 'quic',
      answered: false,
    });
  }

  /** The server's first packet, whatever is in it: what it says is encrypted. */
  #answer(packet: Packet): void {
    const client = endpointAt(packet, packet.dstOffset, packet.dstPort);
    this.#tell(endsKey(client, endpointAt(packet, packet.srcOffset, packet.srcPort)), true);
  }

  #tell(key: string, answered: boolean): void {
    const observation = this.#unanswered.get(key);
    if (observation === undefined) return;
    this.#unanswered.delete(key);
    this.#emit({ ...observation, answered });
  }

  /** Tells of hellos whose answer was not seen. */
  end(): void {
    for (const key of [...this.#unanswered.keys()]) this.#tell(key, false);
    this.#waiting.clear();
  }

  /** Adds what was counted since the last report: `quic.*`. */
  report(counters: Counters): void {
    counters.add('quic.initials', this.#counts.initials);
    counters.add('quic.initials-over-budget', this.#counts.skipped);
    counters.add('quic.initials-unopened', this.#counts.unopened);
    counters.add('quic.hellos', this.#counts.hellos);
    counters.add('quic.hellos-evicted', this.#counts.evicted);
    this.#counts = { initials: 0, skipped: 0, unopened: 0, hellos: 0, evicted: 0 };
  }

  #isOverBudget(record: number): boolean {
    if (this.#opened >= FREE_INITIALS + record / FRAMES_PER_INITIAL) return true;
    this.#opened++;
    return false;
  }

  #begin(key: string, keys: InitialKeys | null, timeUs: number): Waiting | null {
    if (keys === null) return null;
    if (this.#waiting.size >= MAX_WAITING_HELLOS) {
      this.#counts.evicted++;
      this.#waiting.delete(this.#waiting.keys().next().value ?? '');
    }
    const waiting: Waiting = { keys, firstUs: timeUs, frames: [], packets: 0 };
    this.#waiting.set(key, waiting);
    return waiting;
  }
}

/** The body of the ClientHello that the frames hold, in whatever order and however overlapping. */
function assemble(frames: CryptoFrame[]): Buffer | 'more' | 'no' {
  const inOrder = [...frames].sort((a, b) => a.offset - b.offset);
  const parts: Buffer[] = [];
  let reached = 0;
  for (const { offset, bytes } of inOrder) {
    if (offset > reached) break;
    const fresh = bytes.subarray(reached - offset);
    if (fresh.length === 0) continue;
    parts.push(fresh);
    reached += fresh.length;
    if (reached > MAX_HELLO) break;
  }
  const stream = Buffer.concat(parts);
  if (stream.length < MESSAGE_HEADER) return 'more';
  const length = stream.readUIntBE(1, 3);
  if (stream[0] !== CLIENT_HELLO || length > MAX_HELLO - MESSAGE_HEADER) return 'no';
  return stream.length < MESSAGE_HEADER + length
    ? 'more'
    : stream.subarray(MESSAGE_HEADER, MESSAGE_HEADER + length);
}

function endsKey(client: Endpoint, server: Endpoint): string {
  return `${client.ip}|${client.port}|${server.ip}|${server.port}`;
}
