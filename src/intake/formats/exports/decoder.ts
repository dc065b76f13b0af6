/** Flow exports of any exporter and version: datagrams in, flow records and sampled packets out. */
import type { Counters } from '../../../base/counters.js';
import { Exporter, type ExporterFigures } from './exporter.js';
import { FixedReader, fixedSize } from './fixed.js';
import { HeldSets } from './held.js';
import { MAX_EXPORTERS, MAX_TEMPLATES } from './limits.js';
import { createMessage, type Message, viewOf } from './message.js';
import { type DomainRecall, recallOf, restoreDomain } from './recall.js';
import { SflowReader, sflowHeaderSize } from './sflow.js';
import { createTally, type ExportSink, type Tally } from './sink.js';
import { TemplateReader } from './template-set.js';
import { TemplatedReader } from './templated.js';

const V9_HEADER = 20;
const IPFIX_HEADER = 16;

/** Stable names of what is counted. */
const COUNTERS: Readonly<Record<keyof Tally, string>> = {
  records: 'export.records',
  optionRecords: 'export.option-records',
  packetSamples: 'export.packet-samples',
  counterSamples: 'export.counter-samples',
  malformed: 'export.malformed',
  duplicates: 'export.duplicate-messages',
  templateMisses: 'export.template-misses',
  refusedTemplates: 'export.refused-templates',
  withoutAddresses: 'export.without-addresses',
  suspectTimes: 'export.suspect-times',
  unsupportedV8: 'export.netflow-8-unsupported',
  overLimit: 'export.over-limit',
  unsupportedHeaders: 'export.unsupported-headers',
  exportersForgotten: 'export.exporters-forgotten',
};

export class ExportDecoder {
  readonly #counters: Counters;
  readonly #tally = createTally();
  readonly #held = new HeldSets();
  readonly #templates = new TemplateReader(this.#tally);
  readonly #fixed: FixedReader;
  readonly #templated: TemplatedReader;
  readonly #sflow: SflowReader;
  readonly #exporters = new Map<string, Exporter>();
  readonly #message: Message = createMessage();
  /** What the counters have been told already, by name. */
  readonly #told = new Map<string, number>();

  constructor(sink: ExportSink, counters: Counters) {
    this.#counters = counters;
    this.#fixed = new FixedReader(sink, this.#tally);
    this.#templated = new TemplatedReader(sink, this.#tally, this.#held, this.#templates);
    this.#sflow = new SflowReader(sink, this.#tally);
  }

  /**
   * One datagram of `exporter` (its address) in bytes[offset, offset + length), come at epoch microseconds `arrivalUs`.
   * False: it is no flow export. What cannot be read of one is counted.
   */
  datagram(exporter: string, bytes: Buffer, offset: number, length: number, arrivalUs: number): boolean {
    return this.#read(exporter, bytes, offset, length, arrivalUs, false);
  }

  /** The same of a file or TCP stream: there, templates can be withdrawn. */
  message(exporter: string, bytes: Buffer, offset: number, length: number, arrivalUs: number): boolean {
    return this.#read(exporter, bytes, offset, length, arrivalUs, true);
  }

  /** The exporter's TCP connection is over: its templates are (RFC 7011 §8), and what waited for one will get none. */
  disconnected(exporter: string): void {
    const known = this.#exporters.get(exporter);
    if (known === undefined) return;
    this.#held.dropAll(known);
    for (const domain of known.domains.values()) this.#templates.forget(domain);
  }

  /** Changes when recall() would tell something new of templates. */
  get revision(): number {
    return this.#templates.revision;
  }

  /** Templates and sampling of all exporters, to be kept over a restart. */
  recall(): DomainRecall[] {
    return recallOf(this.#exporters.values());
  }

  /** Takes over what an earlier decoder recalls; its exporters count as heard at `nowUs`. */
  restore(recall: readonly DomainRecall[], nowUs: number): void {
    for (const domain of recall) restoreDomain(this.#known(domain.exporter, nowUs), domain, this.#templates);
  }

  /** Figures of each exporter; adds to the counters what was counted since the last report. */
  report(): ExporterFigures[] {
    for (const key of Object.keys(COUNTERS) as (keyof Tally)[]) this.#tell(COUNTERS[key], this.#tally[key]);
    this.#tell('export.held-dropped', this.#held.dropped);
    const all = [...this.#exporters.values()].map((exporter) => exporter.report());
    const sum = (pick: (figures: ExporterFigures) => number): number =>
      all.reduce((total, figures) => total + pick(figures), 0);
    this.#tell(
      'export.lost-records',
      sum((figures) => figures.lost),
    );
    this.#tell(
      'export.lost-messages',
      sum((figures) => figures.lostMessages),
    );
    this.#tell(
      'export.held-sets',
      sum((figures) => figures.held),
    );
    return all;
  }

  #tell(name: string, total: number): void {
    this.#counters.add(name, total - (this.#told.get(name) ?? 0));
    this.#told.set(name, total);
  }

  #read(
    name: string,
    bytes: Buffer,
    offset: number,
    length: number,
    arrivalUs: number,
    canWithdraw: boolean,
  ): boolean {
    const end = offset + length;
    if (offset < 0 || length < IPFIX_HEADER || end > bytes.length) return false;
    const message = this.#message;
    if (message.bytes !== bytes) {
      message.bytes = bytes;
      message.view = viewOf(bytes);
    }
    message.arrivalUs = arrivalUs;
    const { view } = message;
    const version = view.getUint16(offset);
    if (version === 0) {
      const headerSize = sflowHeaderSize(view, offset, end);
      if (headerSize === 0) return false;
      this.#sflow.read(this.#exporter(name, arrivalUs), message, offset, end, headerSize);
      return true;
    }
    if (version !== 1 && version !== 5 && (version < 7 || version > 10)) return false;
    const exporter = this.#exporter(name, arrivalUs);
    if (version === 8) this.#tally.unsupportedV8++;
    else if (version === 9) {
      if (length < V9_HEADER) this.#malformed(exporter);
      else this.#templated.read(exporter, message, offset, end, false);
    } else if (version === 10) this.#readIpfix(exporter, offset, end, canWithdraw);
    else this.#readFixed(exporter, offset, end);
    return true;
  }

  /** Several messages may stand in one datagram. */
  #readIpfix(exporter: Exporter, from: number, end: number, canWithdraw: boolean): void {
    const { view } = this.#message;
    let at = from;
    while (end - at >= IPFIX_HEADER && view.getUint16(at) === 10) {
      const length = view.getUint16(at + 2);
      if (length < IPFIX_HEADER || length > end - at) {
        this.#malformed(exporter);
        return;
      }
      this.#templated.read(exporter, this.#message, at, at + length, canWithdraw);
      at += length;
    }
  }

  #readFixed(exporter: Exporter, from: number, end: number): void {
    let at = from;
    while (at < end) {
      const size = fixedSize(this.#message.view, at, end);
      if (size === 0) {
        this.#malformed(exporter);
        return;
      }
      this.#fixed.read(exporter, this.#message, at, size);
      at += size;
    }
  }

  #malformed(exporter: Exporter): void {
    exporter.figures.malformed++;
    this.#tally.malformed++;
  }

  #exporter(name: string, arrivalUs: number): Exporter {
    const exporter = this.#known(name, arrivalUs);
    exporter.figures.datagrams++;
    exporter.figures.lastUs = arrivalUs;
    if (exporter.heldBytes > 0) this.#held.expire(exporter, arrivalUs);
    return exporter;
  }

  /** The exporter of this name; made where it is not known yet. */
  #known(name: string, arrivalUs: number): Exporter {
    let exporter = this.#exporters.get(name);
    if (exporter === undefined) {
      while (this.#exporters.size >= MAX_EXPORTERS || this.#templates.total >= MAX_TEMPLATES) {
        if (!this.#forgetSilent()) break;
      }
      exporter = new Exporter(name, arrivalUs);
      this.#exporters.set(name, exporter);
    }
    return exporter;
  }

  #forgetSilent(): boolean {
    let silent: Exporter | undefined;
    for (const exporter of this.#exporters.values())
      if (silent === undefined || exporter.figures.lastUs < silent.figures.lastUs) silent = exporter;
    if (silent === undefined) return false;
    this.#held.dropAll(silent);
    for (const domain of silent.domains.values()) this.#templates.forget(domain);
    this.#exporters.delete(silent.figures.exporter);
    this.#tally.exportersForgotten++;
    return true;
  }
}
