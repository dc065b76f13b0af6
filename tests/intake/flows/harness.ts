/** A flow table with hooks that write down what they are told, fed by frames of tests/support. */
import { Counters } from '../../../src/base/counters.js';
import type { FlowHooks } from '../../../src/intake/flows/hooks.js';
import type { FlowLimits } from '../../../src/intake/flows/limits.js';
import { FlowTable } from '../../../src/intake/flows/table.js';
import type { Direction, Endpoint, FlowRecord } from '../../../src/model/flow.js';
import type { Glance } from '../../../src/model/glance.js';
import { createPacket, type Packet } from '../../../src/model/packet.js';
import type { Session, StreamReader } from '../../../src/model/session.js';
import { WAKE_ALWAYS, WAKE_EARLY } from '../../../src/model/wake.js';
import type { Frame } from '../../support/frames.js';

/** Fields of Ethernet, VLAN, IPv4 or IPv6 without options, TCP or UDP: enough for frames of our own making. */
export function decodeInto(packet: Packet, frame: Frame): void {
  const { bytes } = frame;
  packet.timeUs = frame.timeUs;
  packet.bytes = bytes;
  packet.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  packet.frameLength = bytes.length;
  packet.wireLength = frame.wireLength ?? bytes.length;
  let at = 12;
  while ([0x8100, 0x88a8].includes(bytes.readUInt16BE(at))) at += 4;
  packet.ipVersion = bytes.readUInt16BE(at) === 0x86dd ? 6 : 4;
  at += 2;
  const isV6 = packet.ipVersion === 6;
  packet.srcOffset = at + (isV6 ? 8 : 12);
  packet.dstOffset = at + (isV6 ? 24 : 16);
  packet.protocol = bytes.readUInt8(at + (isV6 ? 6 : 9));
  packet.ttl = bytes.readUInt8(at + (isV6 ? 7 : 8));
  const end = isV6 ? at + 40 + bytes.readUInt16BE(at + 4) : at + bytes.readUInt16BE(at + 2);
  at += isV6 ? 40 : 20;
  packet.srcPort = bytes.readUInt16BE(at);
  packet.dstPort = bytes.readUInt16BE(at + 2);
  const isTcp = packet.protocol === 6;
  packet.tcpSeq = isTcp ? bytes.readUInt32BE(at + 4) : 0;
  packet.tcpAck = isTcp ? bytes.readUInt32BE(at + 8) : 0;
  packet.tcpFlags = isTcp ? bytes.readUInt8(at + 13) : 0;
  packet.payloadOffset = at + (isTcp ? (bytes.readUInt8(at + 12) >> 4) * 4 : 8);
  packet.payloadWireLength = end - packet.payloadOffset;
  packet.payloadLength = Math.max(0, Math.min(end, bytes.length) - packet.payloadOffset);
}

/** One session as its reader saw it; a gap stands in the text as `<n>`. */
export interface Heard {
  readonly session: Session;
  /** The client when reading began; null where the reader did not ask. */
  readonly firstClient: Endpoint | null;
  toServer: string;
  toClient: string;
  /** Directions in which something was heard, in order, without repeats. */
  readonly turns: Direction[];
  ended: number;
  endUs: number;
}

export interface HarnessOptions {
  readonly limits?: Partial<FlowLimits>;
  readonly keep?: boolean;
  /** Answers the question at a conversation's end, which comes without a frame; default: `keep`. */
  readonly keepAtEnd?: (recalled: Packet) => boolean;
  /** Called with all text of a direction so far; false dismisses. */
  readonly onFeed?: (heard: Heard, direction: Direction) => boolean;
  readonly refuse?: boolean;
  /** Asked before a session is made; default: there is no such hook. */
  readonly glance?: (packet: Packet, isWatched: boolean) => Glance;
  /** Readers ask who speaks; default true. */
  readonly asks?: boolean;
}

export class Harness {
  readonly heard: Heard[] = [];
  readonly closed: FlowRecord[] = [];
  readonly datagrams: number[] = [];
  opened = 0;
  readonly table: FlowTable;
  readonly #packet = createPacket();
  readonly #asks: boolean;
  #record = 0;

  constructor(options: HarnessOptions = {}) {
    this.#asks = options.asks ?? true;
    const wake = new Uint8Array(256);
    wake['{'.charCodeAt(0)] = WAKE_EARLY | WAKE_ALWAYS;
    wake['G'.charCodeAt(0)] = WAKE_EARLY;
    const hooks: FlowHooks = {
      wake,
      opened: (packet) => {
        // Asked again at the end, with a packet that has no frame.
        if (packet.frameLength === 0) return options.keepAtEnd?.(packet) ?? options.keep ?? false;
        this.opened++;
        return options.keep ?? false;
      },
      ...(options.glance === undefined ? {} : { glance: options.glance }),
      session: (session) => (options.refuse ? null : this.#listen(session, options)),
      datagram: (_packet, record) => this.datagrams.push(record),
      closed: (record) => this.closed.push(record),
    };
    this.table = new FlowTable(hooks, { limits: options.limits ?? {}, source: 'a.pcap', format: 'pcap' });
  }

  add(frames: readonly Frame[]): this {
    for (const frame of frames) {
      decodeInto(this.#packet, frame);
      this.table.add(this.#packet, ++this.#record);
    }
    return this;
  }

  end(): this {
    this.table.end();
    return this;
  }

  counters(): Record<string, number> {
    const counters = new Counters();
    this.table.report(counters);
    return counters.toObject();
  }

  #listen(session: Session, options: HarnessOptions): StreamReader {
    const heard: Heard = {
      session,
      firstClient: this.#asks ? session.client : null,
      toServer: '',
      toClient: '',
      turns: [],
      ended: 0,
      endUs: 0,
    };
    this.heard.push(heard);
    const append = (direction: Direction, text: string) => {
      if (direction === 'to-server') heard.toServer += text;
      else heard.toClient += text;
      if (heard.turns.at(-1) !== direction) heard.turns.push(direction);
    };
    return {
      feed: (direction, bytes) => {
        append(direction, bytes.toString('latin1'));
        return options.onFeed?.(heard, direction) ?? true;
      },
      gap: (direction, byteCount) => append(direction, `<${byteCount}>`),
      end: (timeUs) => {
        heard.ended++;
        heard.endUs = timeUs;
      },
    };
  }
}
