/**
 * The account of a soak. For each life of the watch and each exporter: what was sent = what it read + what it counted as lost, to the
 * record. A kill then loses what was read since the last checkpoint, and what was sent while nobody listened; what is in the
 * database is the rest. Nothing may be there twice: one row a conversation, and no more bytes than were sent.
 */
import { loadDriver } from '../../../dist/deliver/store/open.js';
import { OCTETS, RECORDS } from './encode.mjs';

const NAMES = ['NetFlow v5', 'NetFlow v9', 'IPFIX by UDP', 'IPFIX by TCP'];

export class Account {
  #path;
  #exporters;
  #log;
  #rows;
  /** What was sent up to where the life began, and what its metrics said last. */
  #from;
  #last = null;
  #committed = 0;
  #lines = [];
  #lostByKills = 0;
  #whileDown = 0;
  #dropped = 0;
  #isEven = true;

  constructor(path, udp, tcp, log) {
    this.#path = path;
    this.#exporters = [...udp, tcp];
    this.#log = log;
    this.#rows = NAMES.map((name) => ({ name, sent: 0, read: 0, lost: 0 }));
    this.#from = this.#exporters.map(({ tally }) => tally.sent);
  }

  /** The last figures of a life; everything sent has been read. */
  close(figures) {
    this.#last = figures;
    this.#dropped += figures.dropped;
    for (const [at, row] of this.#rows.entries()) {
      const { records, lost, lostMessages, malformed } = figures.of(`127.0.0.${at + 2}`);
      const sent = this.#exporters[at].tally.sent - this.#from[at];
      // A v9 message that was cut has a number of its own; its records are not known to the reader.
      const missing = lost + (at === 1 ? (lostMessages + malformed) * RECORDS : 0);
      row.sent += sent;
      row.read += records;
      row.lost += missing;
      if (sent !== records + missing) {
        this.#isEven = false;
        this.#lines.push(`NOT EVEN: ${row.name} sent ${sent}, read ${records}, counted as lost ${missing}`);
      }
    }
  }

  /** After the process is gone: what it left in the database. */
  endLife(how) {
    const committed = this.#query(
      `SELECT coalesce(sum(json_extract(summary, '$.flow_records')), 0) FROM inputs WHERE path NOT LIKE 'file:%'`,
    );
    const lost = this.#last.records - (committed - this.#committed);
    this.#committed = committed;
    this.#lostByKills += lost;
    this.#lines.push(`${how}: ${lost} records read and not saved`);
    if (lost < 0 || (how === 'SIGTERM' && lost !== 0)) this.#isEven = false;
    this.#from = this.#exporters.map(({ tally }) => tally.sent);
  }

  /** What was sent since endLife() went to nobody. */
  skip() {
    for (const [at, { tally }] of this.#exporters.entries()) this.#whileDown += tally.sent - this.#from[at];
    this.#from = this.#exporters.map(({ tally }) => tally.sent);
  }

  result() {
    const lines = [...this.#lines];
    const sum = (pick) => this.#exporters.reduce((total, { tally }) => total + tally[pick], 0);
    for (const { name, sent, read, lost } of this.#rows)
      lines.push(
        `${name}: sent ${sent} = read ${read} + counted as lost ${lost} (${sent - read - lost} unexplained)`,
      );
    const sent = sum('sent');
    const lost = this.#rows.reduce((total, row) => total + row.lost, 0);
    const rest = sent - this.#committed - lost - this.#lostByKills - this.#whileDown;
    lines.push(
      `records: sent ${sent} = in the database ${this.#committed} + counted as lost ${lost} + lost by kills ${this.#lostByKills} + sent while it was down ${this.#whileDown} (${rest} unexplained)`,
      `of the lost, ${sum('gone')} were never sent and ${sum('damaged')} were damaged on purpose; the kernel dropped ${this.#dropped} datagrams`,
      `also: ${sum('late')} messages late, ${sum('doubled')} twice, ${sum('restarts')} restarts of exporters, ${sum('changes')} template changes, ${sum('withdrawals')} withdrawals, ${this.#log.rotations} rotations`,
    );
    const isLogEven = this.#logResult(lines);
    const isOnce = this.#onceResult(lines);
    return { lines, isEven: this.#isEven && rest === 0 && isLogEven && isOnce };
  }

  #logResult(lines) {
    const read = this.#query(
      `SELECT sum(json_extract(summary, '$.flow_records')) FROM inputs WHERE path LIKE 'file:%'`,
    );
    const of = (what) =>
      this.#query(`SELECT ${what} FROM sightings JOIN inputs USING (input_id) WHERE path LIKE 'file:%'`);
    const [rows, bytes] = [of('count(*)'), of('sum(bytes_to_server)')];
    const { lines: written, miners, minerBytes } = this.#log;
    lines.push(
      `Zeek log: ${written} lines written, ${read} read; of ${miners} conversations with the pool ${rows} in the database, with ${bytes} of ${minerBytes} bytes`,
    );
    return read === written && rows === miners && bytes === minerBytes;
  }

  #onceResult(lines) {
    const from =
      "FROM sightings JOIN inputs USING (input_id) JOIN addresses USING (ip_id) WHERE path NOT LIKE 'file:%'";
    const rows = this.#query(`SELECT count(*) ${from}`);
    const distinct = this.#query(`SELECT count(DISTINCT ip || ' ' || sightings.port) ${from}`);
    const records = this.#query(`SELECT sum(bytes_to_server) ${from}`) / OCTETS;
    const sent = this.#exporters.reduce((total, { tally }) => total + tally.miners - tally.minersGone, 0);
    lines.push(
      `exporters: ${distinct} conversations with the pool in ${rows} rows; ${records} records in them, ${sent} arrived or were lost by kills or while it was down`,
    );
    return rows === distinct && records <= sent && records >= sent - this.#lostByKills - this.#whileDown;
  }

  #query(sql) {
    const db = new (loadDriver())(this.#path);
    try {
      return db.prepare(sql).pluck().get();
    } finally {
      db.close();
    }
  }
}
