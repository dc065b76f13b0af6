import type { Counters } from '../../base/counters.js';
import { formatIpv4, formatIpv6 } from '../../base/ip.js';
import {
  type FlowRecord,
  MAX_SEQUENCE,
  type OrientedBy,
  type Origin,
  type PacketSequence,
  type Traffic,
} from '../../model/flow.js';
import type { FlowFields } from '../../model/flow-fields.js';
import { createPacket, type Packet } from '../../model/packet.js';
import type { FlowHooks } from './hooks.js';
import { rank } from './orient.js';

export interface RecordTableOptions {
  /** Conversations held at once; the oldest is told first. */
  readonly maxConversations?: number;
  /** Records of one conversation with a longer gap between them are two conversations. */
  readonly idleUs?: number;
}

/** Half a minute more than the usual active timeout of exporters, which cuts long sessions (30 min). */
const IDLE_US = 30.5 * 60 * 1e6;
const MAX_CONVERSATIONS = 262_144;
/** Time between two looks for conversations that are over, of those that are told in parts. */
const SWEEP_US = 60e6;
/** Largest IP and TCP header without payload: 40 bytes and the time stamp option, or IPv6 with it. */
const BARE_IPV4 = 60;
const BARE_IPV6 = 80;

interface Conversation {
  readonly origin: Origin;
  readonly ends: readonly [Side, Side];
  readonly protocol: number;
  startUs: number;
  endUs: number;
  tcpFlags: number | null;
  samplingInterval: number;
  /** First packets, from side 0 positive; null where none were told. */
  sequence: PacketSequence | null;
  /** 0, 1: that side opened the conversation, by the exporter's word; null: not told. */
  clientSide: 0 | 1 | null;
  first: 0 | 1;
  /** Set when it is told in parts: from then on its ends and start stay, for they name the session. */
  told: Told | null;
  /** By the clock of whoever calls tell(). */
  touchedUs: number;
  isOver: boolean;
}

interface Told {
  readonly clientSide: 0 | 1;
  readonly by: OrientedBy;
  readonly startUs: number;
  /** Sums of both sides when it was told last. */
  octets: readonly [number, number];
  packets: number;
  endUs: number;
}

interface Side {
  readonly ip: string;
  readonly port: number;
  packets: number;
  octets: number;
  /** Packets with payload, at least; null where no record told. */
  payloadPackets: number | null;
  /** False until a record of packets from this side came. */
  isSeen: boolean;
}

/**
 * Joins the flow records of one conversation: both directions, and the pieces into which an exporter's active timeout
 * cut it. Only conversations with a watched address are kept, so that millions of records pass by at no cost.
 */
export class RecordTable {
  readonly #hooks: Pick<FlowHooks, 'opened' | 'closed'>;
  readonly #maxConversations: number;
  readonly #idleUs: number;
  readonly #open = new Map<string, Conversation>();
  readonly #probe: Packet = createPacket();
  #origin = { source: '', format: '' };
  /** What went on since tell(); null while nobody asks for parts. */
  #touched: Set<Conversation> | null = null;
  #sweptUs = 0;
  #evicted = 0;
  #joined = 0;

  constructor(hooks: Pick<FlowHooks, 'opened' | 'closed'>, options: RecordTableOptions = {}) {
    this.#hooks = hooks;
    this.#maxConversations = options.maxConversations ?? MAX_CONVERSATIONS;
    this.#idleUs = options.idleUs ?? IDLE_US;
  }

  setOrigin(source: string, format: string): void {
    this.#origin = { source, format };
  }

  /** `record` counts from 1. The fields are read at once; they may be reused. `isKept`: whatever its addresses are. */
  add(fields: FlowFields, record: number, isKept = false): void {
    if (fields.ipVersion === 0 || !(isKept || this.#isWatched(fields))) return;
    const [src, dst] = [this.#textAt(fields, fields.srcOffset), this.#textAt(fields, fields.dstOffset)];
    const srcSide = src < dst || (src === dst && fields.srcPort <= fields.dstPort) ? 0 : 1;
    const [a, b] = srcSide === 0 ? [src, dst] : [dst, src];
    const [portA, portB] =
      srcSide === 0 ? [fields.srcPort, fields.dstPort] : [fields.dstPort, fields.srcPort];
    const key = `${a}|${portA}|${b}|${portB}|${fields.protocol}`;
    const known = this.#open.get(key);
    if (known !== undefined && isNear(known, fields, this.#idleUs)) {
      this.#joined++;
      merge(known, fields, srcSide);
      this.#touched?.add(known);
      return;
    }
    if (known !== undefined) this.#close(key, known);
    const conversation: Conversation = {
      origin: { ...this.#origin, record },
      ends: [side(a, portA), side(b, portB)],
      protocol: fields.protocol,
      startUs: fields.startUs,
      endUs: fields.endUs,
      tcpFlags: null,
      samplingInterval: 1,
      sequence: null,
      clientSide: null,
      first: srcSide,
      told: null,
      touchedUs: 0,
      isOver: false,
    };
    merge(conversation, fields, srcSide);
    this.#open.set(key, conversation);
    this.#touched?.add(conversation);
    if (this.#open.size > this.#maxConversations) this.#evict();
  }

  /**
   * Tells what is known so far of each conversation that went on since the last call; parts add up (FlowRecord.told). What
   * was silent for longer than the gap that ends a conversation, by the caller's clock `nowUs`, is forgotten: it is told.
   */
  tell(nowUs: number): void {
    for (const conversation of this.#touched ?? this.#open.values()) {
      if (conversation.isOver) continue;
      conversation.touchedUs = nowUs;
      this.#hooks.closed(toRecord(conversation, true));
    }
    this.#touched = new Set();
    if (nowUs - this.#sweptUs < SWEEP_US) return;
    this.#sweptUs = nowUs;
    for (const [key, conversation] of this.#open)
      if (nowUs - conversation.touchedUs > this.#idleUs) this.#close(key, conversation);
  }

  /** Conversations held. */
  get size(): number {
    return this.#open.size;
  }

  end(): void {
    for (const [key, conversation] of this.#open) this.#close(key, conversation);
  }

  report(counters: Counters): void {
    counters.add('records.joined', this.#joined);
    counters.add('records.evicted', this.#evicted);
    this.#joined = this.#evicted = 0;
  }

  #evict(): void {
    for (const [key, conversation] of this.#open) {
      this.#evicted++;
      this.#close(key, conversation);
      return;
    }
  }

  #close(key: string, conversation: Conversation): void {
    this.#open.delete(key);
    conversation.isOver = true;
    const { told } = conversation;
    if (told === null || told.packets !== packetsOf(conversation) || told.endUs !== conversation.endUs)
      this.#hooks.closed(toRecord(conversation, false));
  }

  /** Asked of every record: nothing is copied or made, but a view when the buffer is another. */
  #isWatched(fields: FlowFields): boolean {
    const probe = this.#probe;
    const { bytes } = fields;
    if (probe.bytes !== bytes) {
      probe.bytes = bytes;
      probe.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    probe.srcOffset = fields.srcOffset;
    probe.dstOffset = fields.dstOffset;
    probe.ipVersion = fields.ipVersion;
    probe.protocol = fields.protocol;
    probe.srcPort = fields.srcPort;
    probe.dstPort = fields.dstPort;
    probe.timeUs = fields.startUs;
    return this.#hooks.opened(probe);
  }

  #textAt(fields: FlowFields, offset: number): string {
    return fields.ipVersion === 4
      ? formatIpv4(fields.bytes.readInt32BE(offset))
      : formatIpv6(fields.bytes, offset);
  }
}

function side(ip: string, port: number): Side {
  return { ip, port, packets: 0, octets: 0, payloadPackets: null, isSeen: false };
}

function isNear(known: Conversation, { startUs, endUs }: FlowFields, idleUs: number): boolean {
  return startUs - known.endUs <= idleUs && known.startUs - endUs <= idleUs;
}

function merge(into: Conversation, fields: FlowFields, srcSide: 0 | 1): void {
  const { reversePackets, reverseOctets, tcpFlags } = fields;
  if (fields.startUs < into.startUs) {
    into.startUs = fields.startUs;
    into.first = srcSide;
  }
  into.endUs = Math.max(into.endUs, fields.endUs);
  // What a filter refused did not reach anybody.
  const payloadPackets = fields.isRefused ? 0 : fields.payloadPackets;
  count(into.ends[srcSide], fields.packets, fields.octets, payloadPackets);
  if (reversePackets >= 0) {
    const other = into.ends[srcSide === 0 ? 1 : 0];
    count(other, reversePackets, Math.max(0, reverseOctets), fields.reversePayloadPackets);
  }
  if (tcpFlags >= 0) into.tcpFlags = (into.tcpFlags ?? 0) | tcpFlags;
  if (fields.isOriented && into.clientSide === null) into.clientSide = srcSide;
  into.samplingInterval = Math.max(into.samplingInterval, fields.samplingInterval);
  if (fields.sequence !== null) into.sequence = joined(into.sequence, seenFrom(srcSide, fields.sequence));
}

/** Told from the other side, where `side` is 1. */
function seenFrom(side: 0 | 1, sequence: PacketSequence): PacketSequence {
  return side === 0 ? sequence : { ...sequence, sizes: sequence.sizes.map((size) => -size) };
}

/** Pieces come in the order of time; what is beyond MAX_SEQUENCE is left. */
function joined(before: PacketSequence | null, next: PacketSequence): PacketSequence {
  if (before === null || before.sizes.length >= MAX_SEQUENCE) return before ?? next;
  const hasFlags = before.flags.length > 0 && next.flags.length > 0;
  return {
    timesUs: [...before.timesUs, ...next.timesUs].slice(0, MAX_SEQUENCE),
    sizes: [...before.sizes, ...next.sizes].slice(0, MAX_SEQUENCE),
    flags: hasFlags ? [...before.flags, ...next.flags].slice(0, MAX_SEQUENCE) : [],
  };
}

function count(end: Side, packets: number, octets: number, payloadPackets: number): void {
  end.packets += packets;
  end.octets += octets;
  if (payloadPackets >= 0) end.payloadPackets = (end.payloadPackets ?? 0) + payloadPackets;
  end.isSeen = true;
}

/** `isPart`: more may come; what is told now is not told again. */
function toRecord(conversation: Conversation, isPart: boolean): FlowRecord {
  const { ends, told } = conversation;
  const named = told ?? { ...nameOf(conversation), octets: [0, 0] as const };
  const client = ends[named.clientSide];
  const server = ends[named.clientSide === 0 ? 1 : 0];
  if (isPart)
    conversation.told = {
      clientSide: named.clientSide,
      by: named.by,
      startUs: named.startUs,
      octets: [ends[0].octets, ends[1].octets],
      packets: packetsOf(conversation),
      endUs: conversation.endUs,
    };
  return {
    kind: 'flow',
    origin: conversation.origin,
    startUs: named.startUs,
    endUs: Math.max(named.startUs, conversation.endUs),
    protocol: conversation.protocol,
    client: { ip: client.ip, port: client.port },
    server: { ip: server.ip, port: server.port },
    orientedBy: named.by,
    toServer: trafficOf(client),
    toClient: server.isSeen ? trafficOf(server) : null,
    tcpFlags: conversation.tcpFlags,
    samplingInterval: conversation.samplingInterval,
    ...(isPart || told !== null
      ? {
          told: {
            toServer: named.octets[named.clientSide],
            toClient: named.octets[named.clientSide === 0 ? 1 : 0],
          },
        }
      : {}),
    ...(conversation.sequence === null
      ? {}
      : { sequence: seenFrom(named.clientSide, conversation.sequence) }),
  };
}

function packetsOf({ ends }: Conversation): number {
  return ends[0].packets + ends[1].packets;
}

function nameOf(conversation: Conversation): Pick<Told, 'clientSide' | 'by' | 'startUs'> {
  const { side: clientSide, by } = clientOf(conversation);
  return { clientSide, by, startUs: conversation.startUs };
}

function clientOf({ ends, clientSide, first }: Conversation): { side: 0 | 1; by: OrientedBy } {
  if (clientSide !== null) return { side: clientSide, by: 'handshake' };
  const [a, b] = [rank(ends[0].port), rank(ends[1].port)];
  return a === b ? { side: first, by: 'first-packet' } : { side: a > b ? 0 : 1, by: 'port' };
}

/** Most records do not count packets with payload: bytes beyond bare headers prove that there was at least one. */
function trafficOf({ ip, packets, octets, payloadPackets }: Side): Traffic {
  const bare = ip.includes(':') ? BARE_IPV6 : BARE_IPV4;
  return { packets, bytes: octets, payloadPackets: payloadPackets ?? (octets > packets * bare ? 1 : 0) };
}
