import type { Counters } from '../../../base/counters.js';
import { type Phrase, phrase } from '../../../base/phrase.js';
import { createFlowFields } from '../../../model/flow-fields.js';
import type { Observation } from '../../../model/observation.js';
import type { FormatReader, InputFormat, Probe, Problem, RecordSink } from '../format.js';
import { clientOf, SessionStarts, serverOf } from '../log-text.js';
import { nestedOf, ObjectScan, textOf } from '../ndjson.js';
import { ProblemList } from '../problems.js';
import { LineFeed, wholeLines } from '../records/lines.js';
import { E, EVENT_SLOT_COUNT, EVENT_SLOTS } from './fields.js';
import { EveFlow, timeOf } from './flow.js';
import { dnsOf, httpOf, type Scene, swapsDns, tlsOf } from './looked.js';

/** Lines of `netflow` held back until it is known whether `flow` tells the same. */
const MAX_HELD = 256;
/** Ports below are bound by services of the system (RFC 6335 §6). */
const FIRST_USER_PORT = 1024;
const MAX_HELD_BYTES = 256 * 1024;

/** Suricata's EVE: flow (or netflow, where there is no flow), dns, tls, http, and these parts of alerts. */
export const eve: InputFormat = {
  name: 'eve',
  summary: 'Suricata EVE JSON: flow, netflow, dns, tls, http, alert; other events are passed over',
  probe,
  resumeHead: wholeLines,
  open: (sink, counters) => new EveReader(sink, counters),
};

function probe(head: Buffer): Probe {
  if (head.length === 0) return 'more';
  const stop = head.indexOf(10);
  const text = head.toString('latin1', 0, stop < 0 ? head.length : stop);
  if (!/^\s*\{\s*"/.test(text) || /[\x00-\x08\x0e-\x1f]/.test(text)) return 'no';
  return /"event_type"\s*:\s*"/.test(text) && /"timestamp"\s*:\s*"\d{4}-/.test(text) ? 'yes' : 'no';
}

export class EveReader implements FormatReader {
  records = 0;
  /** Number, from 1, of the line that the record being told was read from. */
  line = 0;
  readonly #sink: RecordSink;
  readonly #counters: Counters;
  readonly #problems = new ProblemList();
  readonly #lines = new LineFeed((bytes, from, end, line) => {
    this.line = line;
    if (end > from) this.#read(bytes, from, end);
  });
  readonly #row = new ObjectScan(EVENT_SLOTS, EVENT_SLOT_COUNT);
  readonly #flow = new EveFlow();
  readonly #fields = createFlowFields();
  readonly #starts = new SessionStarts();
  readonly #counts = {
    flows: 0,
    looked: 0,
    other: 0,
    badLine: 0,
    netflowBesideFlow: 0,
    alerts: 0,
    noName: 0,
    unoriented: 0,
  };
  /** `held`: not decided yet; `dropped`: this input has `flow`; `told`: it has none so far. */
  #netflow: 'held' | 'dropped' | 'told' = 'held';
  #held: { readonly bytes: Buffer; readonly line: number }[] = [];
  #heldBytes = 0;
  #fed = 0;

  constructor(sink: RecordSink, counters: Counters) {
    this.#sink = sink;
    this.#counters = counters;
  }

  get problems(): readonly Problem[] {
    return this.#problems.list;
  }

  get pendingBytes(): number {
    return this.#lines.pendingBytes;
  }

  feed(chunk: Buffer): void {
    this.#lines.feed(chunk);
    this.#fed += chunk.length;
  }

  end(): void {
    this.#lines.end();
    this.#release();
    const { flows, looked, other, badLine, netflowBesideFlow, alerts, noName, unoriented } = this.#counts;
    this.#counters.add('eve.flows', flows);
    this.#counters.add('eve.observations', looked);
    this.#counters.add('eve.alerts', alerts);
    this.#counters.add('eve.other-event', other);
    this.#counters.add('eve.bad-line', badLine);
    this.#counters.add('eve.no-name', noName);
    this.#counters.add('eve.alert-unoriented', unoriented);
    this.#counters.add('eve.netflow-beside-flow', netflowBesideFlow);
    this.#counters.add('eve.line-too-long', this.#lines.tooLong);
  }

  #read(bytes: Buffer, from: number, end: number): void {
    const row = this.#row;
    if (!row.read(bytes, from, end)) {
      this.#bad(phrase`is no JSON object`);
      return;
    }
    switch (textOf(row, E.EVENT_TYPE)) {
      case 'flow':
        this.#preferFlow();
        this.#tellFlow(this.#flow.readEnds(row, this.#fields) && this.#flow.readFlow(row, this.#fields));
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
    this.#tellFlow(this.#flow.readEnds(this.#row, fields) && this.#flow.readNetflow(this.#row, fields));
  }

  #tellFlow(isGood: boolean): void {
    if (!isGood) {
      this.#bad(phrase`tells a flow without addresses, times or counters`);
      return;
    }
    if (this.#netflow === 'dropped') this.#starts.note(this.#row, E.FLOW_ID, this.#fields.startUs);
    this.records++;
    this.#counts.flows++;
    this.#sink.flow(this.#fields);
  }

  /** Alerts are logged as their packet went; an alert carries the parts of its protocol. */
  #tellLooked(isAlert: boolean): void {
    const row = this.#row;
    const fields = this.#fields;
    const timeUs = timeOf(row, E.TIMESTAMP);
    if (Number.isNaN(timeUs) || !this.#flow.readEnds(row, fields)) {
      this.#bad(phrase`tells an event without addresses or time`);
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
    const before = this.#counts.looked;
    if (dns !== undefined && !isAlert) {
      const isAnswer = swapsDns(dns, fields.srcPort, fields.dstPort);
      this.#observe(dnsOf(dns, isAnswer ? { ...scene, client: target, server: source } : scene));
    }
    const tls = nestedOf(row, E.TLS);
    if (tls !== undefined) this.#observe(tlsOf(tls, scene, key()));
    const http = nestedOf(row, E.HTTP);
    if (http !== undefined) this.#observe(httpOf(http, scene, key()));
    if (this.#counts.looked === before && !isAlert) this.#counts.noName++;
  }

  #observe(seen: Observation | null): void {
    if (seen === null) return;
    this.records++;
    this.#counts.looked++;
    this.#sink.observation(seen);
  }

  #bad(what: Phrase): void {
    this.#counts.badLine++;
    this.#problems.add('bad-line', this.#fed, phrase`line ${this.line} ${what}; such lines were left out`);
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
