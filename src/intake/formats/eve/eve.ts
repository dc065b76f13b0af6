import { phrase } from '../../../base/phrase.js';
import { createFlowFields } from '../../../model/flow-fields.js';
import type { InputFormat, Probe } from '../format.js';
import { LogReader } from '../log-reader.js';
import { clientOf, SessionStarts, serverOf } from '../log-text.js';
import { nestedOf, ObjectScan, textOf } from '../ndjson.js';
import { wholeLines } from '../records/lines.js';
import { E, EVENT_SLOT_COUNT, EVENT_SLOTS } from './fields.js';
import { EveFlow, timeOf } from './flow.js';
import { dnsOf, httpOf, type Scene, swapsDns, tlsOf } from './looked.js';

/** Lines of `netflow` held back until it is known whether `flow` tells the same. */
const MAX_HELD = 256;
/** Ports below are bound by services of the system (RFC 6335 §6). */
const FIRST_USER_PORT = 1024;
const MAX_HELD_BYTES = 256 * 1024;

/** Suricata's EVE: flow (or netflow, where there is no flow), dns, tls, http, and these parts of alerts; others are passed over. */
export const eve: InputFormat = {
  name: 'eve',
  probe,
  resumeHead: wholeLines,
  open: (sink, counters) => new EveReader('eve', sink, counters),
};

function probe(head: Buffer): Probe {
  if (head.length === 0) return 'more';
  const stop = head.indexOf(10);
  const text = head.toString('latin1', 0, stop < 0 ? head.length : stop);
  if (!/^\s*\{\s*"/.test(text) || /[\x00-\x08\x0e-\x1f]/.test(text)) return 'no';
  return /"event_type"\s*:\s*"/.test(text) && /"timestamp"\s*:\s*"\d{4}-/.test(text) ? 'yes' : 'no';
}

class EveReader extends LogReader {
  readonly #row = new ObjectScan(EVENT_SLOTS, EVENT_SLOT_COUNT);
  readonly #flow = new EveFlow();
  readonly #fields = createFlowFields();
  readonly #starts = new SessionStarts();
  readonly #counts = { other: 0, netflowBesideFlow: 0, alerts: 0, noName: 0, unoriented: 0 };
  /** `held`: not decided yet; `dropped`: this input has `flow`; `told`: it has none so far. */
  #netflow: 'held' | 'dropped' | 'told' = 'held';
  #held: { readonly bytes: Buffer; readonly line: number }[] = [];
  #heldBytes = 0;

  protected finish() {
    this.#release();
    const { other, netflowBesideFlow, alerts, noName, unoriented } = this.#counts;
    return {
      alerts,
      'other-event': other,
      'no-name': noName,
      'alert-unoriented': unoriented,
      'netflow-beside-flow': netflowBesideFlow,
    };
  }

  protected readLine(bytes: Buffer, from: number, end: number): void {
    const row = this.#row;
    if (!row.read(bytes, from, end)) {
      this.bad(phrase`is no JSON object`);
      return;
    }
    switch (textOf(row, E.EVENT_TYPE)) {
      case 'flow':
        this.#preferFlow();
        this.#tell(this.#flow.readEnds(row, this.#fields) && this.#flow.readFlow(row, this.#fields));
        break;
      case 'netflow':
        if (this.#netflow === 'dropped') this.#counts.netflowBesideFlow++;
        else if (this.#netflow === 'told') this.#tellNetflow();
        else this.#hold(bytes, from, end);
        break;
      case 'alert':
        this.#counts.alerts++;
        this.#tellLooked(true);
        break;
      case 'dns':
      case 'tls':
      case 'http':
        this.#tellLooked(false);
        break;
      default:
        this.#counts.other++;
    }
  }

  /** Both types tell of the same packets: with `flow` at hand, `netflow` would count them twice. */
  #preferFlow(): void {
    if (this.#netflow === 'dropped') return;
    this.#netflow = 'dropped';
    this.#counts.netflowBesideFlow += this.#held.length;
    this.#held = [];
  }

  #hold(bytes: Buffer, from: number, end: number): void {
    this.#held.push({ bytes: Buffer.from(bytes.subarray(from, end)), line: this.line });
    this.#heldBytes += end - from;
    if (this.#held.length >= MAX_HELD || this.#heldBytes >= MAX_HELD_BYTES) this.#release();
  }

  #release(): void {
    const { line } = this;
    const held = this.#held;
    this.#held = [];
    if (held.length > 0) this.#netflow = 'told';
    for (const waiting of held) {
      this.line = waiting.line;
      if (this.#row.read(waiting.bytes, 0, waiting.bytes.length)) this.#tellNetflow();
    }
    this.line = line;
  }

  #tellNetflow(): void {
    const fields = this.#fields;
    this.#tell(this.#flow.readEnds(this.#row, fields) && this.#flow.readNetflow(this.#row, fields));
  }

  #tell(isGood: boolean): void {
    if (!isGood) {
      this.bad(phrase`tells a flow without addresses, times or counters`);
      return;
    }
    if (this.#netflow === 'dropped') this.#starts.note(this.#row, E.FLOW_ID, this.#fields.startUs);
    this.tellFlow(this.#fields);
  }

  /** Alerts are logged as their packet went; an alert carries the parts of its protocol. */
  #tellLooked(isAlert: boolean): void {
    const row = this.#row;
    const fields = this.#fields;
    const timeUs = timeOf(row, E.TIMESTAMP);
    if (Number.isNaN(timeUs) || !this.#flow.readEnds(row, fields)) {
      this.bad(phrase`tells an event without addresses or time`);
      return;
    }
    const [source, target] = [clientOf(fields), serverOf(fields)];
    const origin = { source: '', format: 'eve', record: this.line };
    const isBack = isAlert && isToClient(textOf(row, E.DIRECTION), fields.srcPort, fields.dstPort);
    if (isBack === null) {
      this.#counts.unoriented++;
      return;
    }
    const scene: Scene = isBack
      ? { timeUs, client: target, server: source, origin }
      : { timeUs, client: source, server: target, origin };
    const key = () => {
      if (isBack) swapEnds(fields);
      const startUs = this.#flow.startOf(row);
      const session = this.#starts.key(row, E.FLOW_ID, fields, Number.isNaN(startUs) ? timeUs : startUs);
      if (isBack) swapEnds(fields);
      return session;
    };
    const dns = nestedOf(row, E.DNS);
    const before = this.records;
    if (dns !== undefined && !isAlert) {
      const isAnswer = swapsDns(dns, fields.srcPort, fields.dstPort);
      this.observe(dnsOf(dns, isAnswer ? { ...scene, client: target, server: source } : scene));
    }
    const tls = nestedOf(row, E.TLS);
    if (tls !== undefined) this.observe(tlsOf(tls, scene, key()));
    const http = nestedOf(row, E.HTTP);
    if (http !== undefined) this.observe(httpOf(http, scene, key()));
    if (this.records === before && !isAlert) this.#counts.noName++;
  }
}

/**
 * Whether an alert's packet went to the client; null where nothing tells. Before 7.0 only the ports do, and to mistake
 * a server for a client would accuse it.
 */
function isToClient(direction: string | null, srcPort: number, dstPort: number): boolean | null {
  if (direction !== null) return direction === 'to_client';
  const isSystem = srcPort < FIRST_USER_PORT;
  return isSystem === dstPort < FIRST_USER_PORT ? null : isSystem;
}

function swapEnds(fields: { srcOffset: number; dstOffset: number; srcPort: number; dstPort: number }): void {
  [fields.srcOffset, fields.dstOffset] = [fields.dstOffset, fields.srcOffset];
  [fields.srcPort, fields.dstPort] = [fields.dstPort, fields.srcPort];
}
