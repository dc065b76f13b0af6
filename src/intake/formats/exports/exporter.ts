/** What is known of one exporter, and of each of its observation domains. */
import type { BootClock } from './clock.js';
import { MAX_DOMAINS } from './limits.js';
import type { Message } from './message.js';
import { Sampling } from './sampling.js';
import { Sequence } from './sequence.js';
import type { Template } from './template.js';

/** Scope of templates and sequence numbers: exporter, version, source id or observation domain. */
export interface Domain extends BootClock {
  readonly version: number;
  readonly id: number;
  readonly templates: Map<number, Template>;
  readonly sequence: Sequence;
  readonly sampling: Sampling;
}

/** A data set that came before its template. */
export interface Held {
  readonly domain: Domain;
  readonly templateId: number;
  /** Header facts of the set's message, over a copy of the set's records. */
  readonly message: Message;
}

/** Figures of one exporter since it was first heard. */
export interface ExporterFigures {
  readonly exporter: string;
  /** `netflow-5`, `netflow-9`, `ipfix`, `sflow-5` … */
  readonly formats: readonly string[];
  datagrams: number;
  /** Flow records and packet samples, those without addresses too. */
  records: number;
  optionRecords: number;
  /** Missing by the sequence numbers: `lostMessages` of NetFlow v9 and sFlow, `lost` records of the others. */
  lost: number;
  lostMessages: number;
  duplicates: number;
  malformed: number;
  /** Data sets that came without a template known. */
  templateMisses: number;
  /** Sets that wait for their template now, and their bytes. */
  held: number;
  heldBytes: number;
  waiting: readonly { readonly domain: number; readonly template: number; readonly sinceUs: number }[];
  templates: number;
  /** The largest that was told; 0: nobody told. */
  samplingInterval: number;
  /** Records whose times were impossible and stand on export or arrival time. */
  suspectTimes: number;
  withoutAddresses: number;
  firstUs: number;
  lastUs: number;
}

export class Exporter {
  readonly figures: ExporterFigures;
  readonly domains = new Map<number, Domain>();
  readonly formats: string[] = [];
  readonly held: Held[] = [];
  heldBytes = 0;
  /** Sequences of formats without templates: v5 engines, sFlow agents. */
  readonly sequences = new Map<number | string, Sequence>();

  constructor(name: string, arrivalUs: number) {
    this.figures = {
      exporter: name,
      formats: this.formats,
      datagrams: 0,
      records: 0,
      optionRecords: 0,
      lost: 0,
      lostMessages: 0,
      duplicates: 0,
      malformed: 0,
      templateMisses: 0,
      held: 0,
      heldBytes: 0,
      waiting: [],
      templates: 0,
      samplingInterval: 0,
      suspectTimes: 0,
      withoutAddresses: 0,
      firstUs: arrivalUs,
      lastUs: arrivalUs,
    };
  }

  speaks(format: string): void {
    if (!this.formats.includes(format)) this.formats.push(format);
  }

  /** `null` above the limit. */
  domain(version: number, id: number): Domain | null {
    const key = version * 2 ** 32 + id;
    const known = this.domains.get(key);
    if (known !== undefined) return known;
    if (this.domains.size >= MAX_DOMAINS) return null;
    const domain: Domain = {
      version,
      id,
      templates: new Map(),
      sequence: new Sequence(),
      sampling: new Sampling(),
      bootMs: Number.NaN,
    };
    this.domains.set(key, domain);
    return domain;
  }

  /** `null` above the limit. */
  sequence(key: number | string): Sequence | null {
    const known = this.sequences.get(key);
    if (known !== undefined) return known;
    if (this.sequences.size >= MAX_DOMAINS) return null;
    const sequence = new Sequence();
    this.sequences.set(key, sequence);
    return sequence;
  }

  report(): ExporterFigures {
    const { figures } = this;
    figures.lost = 0;
    figures.lostMessages = 0;
    figures.templates = 0;
    for (const domain of this.domains.values()) {
      if (domain.version === 9) figures.lostMessages += domain.sequence.lost;
      else figures.lost += domain.sequence.lost;
      figures.templates += domain.templates.size;
    }
    for (const [key, sequence] of this.sequences) {
      if (typeof key === 'string') figures.lostMessages += sequence.lost;
      else figures.lost += sequence.lost;
    }
    figures.held = this.held.length;
    figures.heldBytes = this.heldBytes;
    const waiting = new Map<string, ExporterFigures['waiting'][number]>();
    for (const { domain, templateId, message } of this.held) {
      const key = `${domain.version}/${domain.id}/${templateId}`;
      if (!waiting.has(key))
        waiting.set(key, { domain: domain.id, template: templateId, sinceUs: message.arrivalUs });
    }
    figures.waiting = [...waiting.values()];
    return figures;
  }
}
