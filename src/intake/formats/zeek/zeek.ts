import { phrase } from '../../../base/phrase.js';
import { createFlowFields } from '../../../model/flow-fields.js';
import type { InputFormat, Probe } from '../format.js';
import { LogReader } from '../log-reader.js';
import { SessionStarts } from '../log-text.js';
import { Kind, ObjectScan, type Row } from '../ndjson.js';
import { wholeLines } from '../records/lines.js';
import { readConn, readEnds, readTime, TCP } from './conn.js';
import { ConnLine } from './conn-line.js';
import { F, type LogName, logOf, SLOT_OF, SLOTS } from './fields.js';
import { FirstConns } from './first-conns.js';
import { dnsOf, httpOf, tlsOf } from './looked.js';
import { TsvRow } from './tsv.js';

const HASH = 35;
const OPEN_BRACE = 123;
const MAX_HEADER_BYTES = 65_536;

/** Zeek's conn, dns, ssl and http logs, as TSV (with header lines) or JSON, also mixed in one input; others are passed over. */
export const zeek: InputFormat = {
  name: 'zeek',
  probe,
  resumeHead: wholeLines,
  open: (sink, counters) => new ZeekReader('zeek', sink, counters),
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

class ZeekReader extends LogReader {
  readonly #tsv = new TsvRow();
  readonly #json = new ObjectScan(SLOT_OF, SLOTS);
  readonly #conn = new ConnLine();
  readonly #fields = createFlowFields();
  readonly #starts = new SessionStarts();
  /** Null once a line asked for them. */
  #firstConns: FirstConns | null = new FirstConns();
  readonly #hasJson = (slot: number) => this.#json.kind[slot] !== Kind.ABSENT;
  readonly #counts = { otherLog: 0, noTime: 0, noName: 0 };

  protected readLine(bytes: Buffer, from: number, end: number): void {
    const first = bytes[from];
    if (first === OPEN_BRACE) {
      if (this.#conn.read(bytes, from, end, this.#fields)) this.#tellConn(this.#conn);
      else this.#readObject(bytes, from, end);
    } else if (first === HASH) {
      if (end - from <= MAX_HEADER_BYTES) this.#tsv.header(bytes.toString('utf8', from, end));
    } else if (this.#tsv.log === null) this.bad(phrase`comes before any #fields line`);
    else if (!this.#tsv.read(bytes, from, end)) this.bad(phrase`has not the columns of its #fields line`);
    else this.#tell(this.#tsv, this.#tsv.log);
  }

  protected finish() {
    const { otherLog, noTime, noName } = this.#counts;
    return { 'other-log': otherLog, 'no-time': noTime, 'no-name': noName };
  }

  #readObject(bytes: Buffer, from: number, end: number): void {
    if (!this.#json.read(bytes, from, end)) {
      this.bad(phrase`is no JSON object`);
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
      this.bad(phrase`has a time that is none`);
      return;
    }
    if (!readEnds(row, fields)) {
      this.bad(phrase`has an address or port that is none`);
      return;
    }
    if (timeUs === 0) this.#counts.noTime++;
    if (log !== 'conn') this.#tellLooked(row, log, timeUs);
    else if (readConn(row, fields, timeUs)) this.#tellConn(row);
    else this.bad(phrase`has a counter that is none`);
  }

  #tellConn(row: Row): void {
    const fields = this.#fields;
    // Only what ssl.log or http.log may tell more of is worth remembering.
    if (row.kind[F.SERVICE] !== Kind.ABSENT && fields.protocol === TCP) {
      if (this.#firstConns !== null) this.#firstConns.add(row, fields.startUs);
      else this.#starts.note(row, F.UID, fields.startUs);
    }
    this.tellFlow(fields);
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
    this.observe(seen);
  }

  #settleFirst(): void {
    this.#firstConns?.noteIn(this.#starts);
    this.#firstConns = null;
  }
}
