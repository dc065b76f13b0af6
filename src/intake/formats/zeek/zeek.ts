import type { Counters } from '../../../base/counters.js';
import { type Phrase, phrase } from '../../../base/phrase.js';
import { createFlowFields } from '../../../model/flow-fields.js';
import type { FormatReader, InputFormat, Probe, Problem, RecordSink } from '../format.js';
import { SessionStarts } from '../log-text.js';
import { Kind, ObjectScan, type Row } from '../ndjson.js';
import { ProblemList } from '../problems.js';
import { LineFeed, wholeLines } from '../records/lines.js';
import { readConn, readEnds, readTime, TCP } from './conn.js';
import { ConnLine } from './conn-line.js';
import { F, type LogName, logOf, SLOT_OF, SLOTS } from './fields.js';
import { FirstConns } from './first-conns.js';
import { dnsOf, httpOf, tlsOf } from './looked.js';
import { TsvRow } from './tsv.js';

const HASH = 35;
const OPEN_BRACE = 123;
const MAX_HEADER_BYTES = 65_536;

/** Logs of Zeek as TSV (with its header lines) or JSON, several of them mixed in one input. */
export const zeek: InputFormat = {
  name: 'zeek',
  summary: 'Zeek conn, dns, ssl and http logs, TSV or JSON; other Zeek logs are passed over',
  probe,
  resumeHead: wholeLines,
  open: (sink, counters) => new ZeekReader(sink, counters),
};

function probe(head: Buffer): Probe {
  const stop = head.indexOf(10);
  const text = head.toString('latin1', 0, stop < 0 ? head.length : stop);
  if (text === '') return head.length === 0 ? 'more' : 'no';
  if (/[\x00-\x08\x0e-\x1f]/.test(text)) return 'no';
  if (text.startsWith('#')) {
    const lines = head.toString('latin1', 0, head.length);
    if (lines.includes('\0')) return 'no';
    return /^(?:#[^\n]*\n)*#(?:separator \\x|fields[^A-Za-z0-9_])/.test(lines) ? 'yes' : 'no';
  }
  if (!/^\s*\{\s*"/.test(text) || text.includes('"event_type"')) return 'no';
  const isStamped = /"ts"\s*:/.test(text);
  const isZeek =
    /"id[._]orig_h"\s*:|"(?:_path|fuid|uid)"\s*:\s*"|"orig_h"\s*:\s*"|"note"\s*:\s*"\w+::|"fingerprint"\s*:\s*"/.test(
      text,
    );
  return isStamped && isZeek ? 'yes' : 'no';
}

export class ZeekReader implements FormatReader {
  records = 0;
  /** Number, from 1, of the line that the record being told was read from. */
  line = 0;
  readonly #sink: RecordSink;
  readonly #counters: Counters;
  readonly #problems = new ProblemList();
  readonly #lines = new LineFeed((bytes, from, end, line) => this.#read(bytes, from, end, line));
  readonly #tsv = new TsvRow();
  readonly #json = new ObjectScan(SLOT_OF, SLOTS);
  readonly #conn = new ConnLine();
  readonly #fields = createFlowFields();
  readonly #starts = new SessionStarts();
  /** Null once a line asked for them. */
  #firstConns: FirstConns | null = new FirstConns();
  readonly #hasJson = (slot: number) => this.#json.kind[slot] !== Kind.ABSENT;
  readonly #counts = { otherLog: 0, badLine: 0, noTime: 0, noName: 0, flows: 0, looked: 0 };
  /** Offset in the input of the chunk being read. */
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
    const { otherLog, badLine, noTime, noName, flows, looked } = this.#counts;
    this.#counters.add('zeek.flows', flows);
    this.#counters.add('zeek.observations', looked);
    this.#counters.add('zeek.other-log', otherLog);
    this.#counters.add('zeek.bad-line', badLine);
    this.#counters.add('zeek.no-time', noTime);
    this.#counters.add('zeek.no-name', noName);
    this.#counters.add('zeek.line-too-long', this.#lines.tooLong);
  }

  #read(bytes: Buffer, from: number, end: number, line: number): void {
    this.line = line;
    const first = end > from ? bytes[from] : HASH;
    if (first === OPEN_BRACE) {
      if (this.#conn.read(bytes, from, end, this.#fields)) this.#tellFlow(this.#conn);
      else this.#readObject(bytes, from, end);
    } else if (first === HASH) {
      if (end - from <= MAX_HEADER_BYTES) this.#tsv.header(bytes.toString('utf8', from, end));
    } else if (this.#tsv.log === null) this.#bad('bad-line', phrase`comes before any #fields line`);
    else if (!this.#tsv.read(bytes, from, end))
      this.#bad('bad-line', phrase`has not the columns of its #fields line`);
    else this.#tell(this.#tsv, this.#tsv.log);
  }

  #readObject(bytes: Buffer, from: number, end: number): void {
    if (!this.#json.read(bytes, from, end)) {
      this.#bad('bad-line', phrase`is no JSON object`);
      return;
    }
    const log = logOf(this.#hasJson);
    if (log === 'conn') this.#conn.learn(bytes, from, end);
    this.#tell(this.#json, log);
  }

  #tell(row: Row, log: LogName): void {
    if (log === 'other') {
      this.#counts.otherLog++;
      return;
    }
    const fields = this.#fields;
    const timeUs = readTime(row);
    if (Number.isNaN(timeUs)) {
      this.#bad('bad-line', phrase`has a time that is none`);
      return;
    }
    if (!readEnds(row, fields)) {
      this.#bad('bad-line', phrase`has an address or port that is none`);
      return;
    }
    if (timeUs === 0) this.#counts.noTime++;
    if (log === 'conn') {
      this.#tellConn(row, timeUs);
      return;
    }
    this.#tellLooked(row, log, timeUs);
  }

  #tellConn(row: Row, timeUs: number): void {
    if (readConn(row, this.#fields, timeUs)) this.#tellFlow(row);
    else this.#bad('bad-line', phrase`has a counter that is none`);
  }

  #tellFlow(row: Row): void {
    const fields = this.#fields;
    // Only what ssl.log or http.log may tell more of is worth remembering.
    if (row.kind[F.SERVICE] !== Kind.ABSENT && fields.protocol === TCP) {
      if (this.#firstConns !== null) this.#firstConns.add(row, fields.startUs);
      else this.#starts.note(row, F.UID, fields.startUs);
    }
    this.records++;
    this.#counts.flows++;
    this.#sink.flow(fields);
  }

  #tellLooked(row: Row, log: 'dns' | 'ssl' | 'http', timeUs: number): void {
    const fields = this.#fields;
    const origin = { source: '', format: 'zeek', record: this.line };
    if (log !== 'dns') this.#settleFirst();
    const key = () => this.#starts.key(row, F.UID, fields, timeUs);
    const seen =
      log === 'dns'
        ? dnsOf(row, fields, timeUs, origin, this.#tsv.setSeparator)
        : log === 'ssl'
          ? tlsOf(row, fields, timeUs, origin, key())
          : httpOf(row, fields, timeUs, origin, key());
    if (seen === null) {
      this.#counts.noName++;
      return;
    }
    this.records++;
    this.#counts.looked++;
    this.#sink.observation(seen);
  }

  #settleFirst(): void {
    this.#firstConns?.noteIn(this.#starts);
    this.#firstConns = null;
  }

  #bad(code: string, what: Phrase): void {
    this.#counts.badLine++;
    this.#problems.add(code, this.#fed, phrase`line ${this.line} ${what}; such lines were left out`);
  }
}
