import type { Counters } from '../../base/counters.js';
import { formatIpv4, formatIpv6 } from '../../base/ip.js';
import type { Direction, Endpoint, OrientedBy } from '../../model/flow.js';
import type { FlowFields } from '../../model/flow-fields.js';
import type { Session } from '../../model/session.js';
import { WAKE_ALWAYS } from '../../model/wake.js';
import type { FlowHooks } from './hooks.js';
import { rank } from './orient.js';

/** Conversations whose other direction is waited for. */
const MAX_OPENINGS = 16_384;
/** Bytes kept of one direction; exporters carry 100 to 1,500. */
const MAX_OPENING_BYTES = 4096;
/** Half a minute more than the usual active timeout of exporters. */
const IDLE_US = 30.5 * 60 * 1e6;
const TCP = 6;
const NONE = Buffer.alloc(0);

interface Opening {
  readonly client: Endpoint;
  readonly server: Endpoint;
  readonly orientedBy: OrientedBy;
  readonly startUs: number;
  readonly record: number;
  toServer: Buffer;
  toClient: Buffer;
}

export interface OpeningTableOptions {
  readonly maxOpenings?: number;
}

/**
 * Offers the first payload bytes that flow records carry (ipfixprobe idpContent, nfpcapd payload, sampled headers) to
 * the readers of sessions: both directions of a conversation together, where each is a record of its own. Bounded; the
 * one that waits longest is read as it is.
 */
export class OpeningTable {
  readonly #hooks: Pick<FlowHooks, 'wake' | 'session'>;
  readonly #maxOpenings: number;
  readonly #waiting = new Map<string, Opening>();
  /** Conversations read before, the latest last. */
  readonly #starts = new Map<string, { readonly startUs: number; readonly lastUs: number }>();
  #origin = { source: '', format: '' };
  #read = 0;
  #single = 0;

  constructor(hooks: Pick<FlowHooks, 'wake' | 'session'>, options: OpeningTableOptions = {}) {
    this.#hooks = hooks;
    this.#maxOpenings = options.maxOpenings ?? MAX_OPENINGS;
  }

  setOrigin(source: string, format: string): void {
    this.#origin = { source, format };
  }

  /**
   * First payload bytes from the source and from the destination of the fields; one may be empty. Read at once. True:
   * they may be of a pool protocol already under way, so the record itself is wanted too.
   */
  add(fields: FlowFields, there: Buffer, back: Buffer, record: number): boolean {
    if (fields.protocol !== TCP || fields.ipVersion === 0) return false;
    const wake = this.#wakeOf(there) | this.#wakeOf(back);
    if (wake !== 0) this.#take(fields, there, back, record);
    return (wake & WAKE_ALWAYS) !== 0;
  }

  #take(fields: FlowFields, there: Buffer, back: Buffer, record: number): void {
    const [src, dst] = [endOf(fields, fields.srcOffset), endOf(fields, fields.dstOffset)];
    const [from, to] = [
      { ip: src, port: fields.srcPort },
      { ip: dst, port: fields.dstPort },
    ];
    const key = keyOf(from, to);
    const known = this.#waiting.get(key);
    if (known !== undefined) {
      const isFromClient = known.client.ip === src && known.client.port === fields.srcPort;
      const [toServer, toClient] = isFromClient ? [there, back] : [back, there];
      if (known.toServer.length === 0) known.toServer = copyOf(toServer);
      if (known.toClient.length === 0) known.toClient = copyOf(toClient);
      if (known.toServer.length > 0 && known.toClient.length > 0) this.#close(key, known);
      return;
    }
    const startUs = this.#startOf(key, fields.startUs);
    const opening = openingOf(fields.isOriented, startUs, from, to, there, back, record);
    if (there.length > 0 && back.length > 0) {
      this.#offer(opening);
      return;
    }
    this.#waiting.set(key, opening);
    if (this.#waiting.size > this.#maxOpenings) this.#closeOldest();
  }

  end(): void {
    for (const [key, opening] of this.#waiting) this.#close(key, opening);
  }

  /** Adds what was counted since the last report. */
  report(counters: Counters): void {
    counters.add('records.payload-read', this.#read);
    counters.add('records.payload-one-direction', this.#single);
    this.#read = 0;
    this.#single = 0;
  }

  #wakeOf(payload: Buffer): number {
    return payload.length === 0 ? 0 : this.#hooks.wake[payload[0]!]!;
  }

  /** Sampled packets of one conversation belong to one session, which began with the first of them. */
  #startOf(key: string, startUs: number): number {
    const known = this.#starts.get(key);
    const isNear = known !== undefined && Math.abs(startUs - known.lastUs) <= IDLE_US;
    const first = isNear ? known.startUs : startUs;
    this.#starts.delete(key);
    this.#starts.set(key, { startUs: first, lastUs: startUs });
    if (this.#starts.size > this.#maxOpenings) {
      for (const oldest of this.#starts.keys()) {
        this.#starts.delete(oldest);
        break;
      }
    }
    return first;
  }

  #closeOldest(): void {
    for (const [key, opening] of this.#waiting) {
      this.#close(key, opening);
      return;
    }
  }

  #close(key: string, opening: Opening): void {
    this.#waiting.delete(key);
    this.#offer(opening);
  }

  #offer({ client, server, orientedBy, startUs, record, toServer, toClient }: Opening): void {
    const bothDirections = toServer.length > 0 && toClient.length > 0;
    this.#read++;
    if (!bothDirections) this.#single++;
    const session: Session = {
      protocol: TCP,
      client,
      server,
      orientedBy,
      startUs,
      endUs: startUs,
      origin: { ...this.#origin, record },
      watched: true,
      bothDirections,
    };
    const reader = this.#hooks.session(session);
    if (reader === null) return;
    const isSwapped = () => session.client !== client;
    let isRead = true;
    for (const [direction, bytes] of [
      ['to-server', toServer],
      ['to-client', toClient],
    ] as const) {
      if (isRead && bytes.length > 0)
        isRead = reader.feed(isSwapped() ? turned(direction) : direction, bytes, startUs);
    }
    reader.end(startUs);
  }
}

function openingOf(
  isOriented: boolean,
  startUs: number,
  from: Endpoint,
  to: Endpoint,
  there: Buffer,
  back: Buffer,
  record: number,
): Opening {
  const [src, dst] = [rank(from.port), rank(to.port)];
  const isFromClient = isOriented || src >= dst;
  const orientedBy = isOriented ? 'handshake' : src === dst ? 'first-packet' : 'port';
  return {
    client: isFromClient ? from : to,
    server: isFromClient ? to : from,
    orientedBy,
    startUs,
    record,
    toServer: copyOf(isFromClient ? there : back),
    toClient: copyOf(isFromClient ? back : there),
  };
}

function copyOf(payload: Buffer): Buffer {
  return payload.length === 0 ? NONE : Buffer.from(payload.subarray(0, MAX_OPENING_BYTES));
}

function endOf(fields: FlowFields, at: number): string {
  return fields.ipVersion === 4 ? formatIpv4(fields.bytes.readInt32BE(at)) : formatIpv6(fields.bytes, at);
}

/** The same from either end. */
function keyOf(a: Endpoint, b: Endpoint): string {
  const [left, right] = [`${a.ip}|${a.port}`, `${b.ip}|${b.port}`];
  return left < right ? `${left}|${right}` : `${right}|${left}`;
}

function turned(direction: Direction): Direction {
  return direction === 'to-server' ? 'to-client' : 'to-server';
}
