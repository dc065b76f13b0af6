/** NetFlow v9 (RFC 3954) and IPFIX (RFC 7011): messages of sets that templates describe. */
import { createFlowFields } from '../../../model/flow-fields.js';
import { createPacket } from '../../../model/packet.js';
import { ageOf, boundBoot } from './clock.js';
import { Slot } from './elements.js';
import type { Domain, Exporter } from './exporter.js';
import { readFlow } from './flow-record.js';
import type { HeldSets } from './held.js';
import { hashOf, type Message, readUint } from './message.js';
import { readPackets } from './packet-lists.js';
import { planOf, readPlain } from './plain.js';
import type { ExportSink, Tally } from './sink.js';
import { locateFields, type Plan, type Template } from './template.js';
import { FIRST_DATA_SET, isTemplateSet, type TemplateReader } from './template-set.js';

const V9 = { UPTIME: 4, SECONDS: 8, SEQUENCE: 12, SOURCE: 16, SIZE: 20 } as const;
const IPFIX = { LENGTH: 2, SECONDS: 4, SEQUENCE: 8, DOMAIN: 12, SIZE: 16 } as const;
const SET_HEADER = 4;
const NONE = Buffer.alloc(0);

const LINKTYPE_ETHERNET = 1;
const LINKTYPE_RAW = 101;

export class TemplatedReader {
  readonly #sink: ExportSink;
  readonly #tally: Tally;
  readonly #held: HeldSets;
  readonly #templates: TemplateReader;
  readonly #fields = createFlowFields();
  readonly #packet = createPacket();
  /** Data records of the message in hand, and whether some of its sets could not be counted. */
  #counted = 0;
  #flows = 0;
  #isUncounted = false;

  constructor(sink: ExportSink, tally: Tally, held: HeldSets, templates: TemplateReader) {
    this.#sink = sink;
    this.#tally = tally;
    this.#held = held;
    this.#templates = templates;
  }

  /** One message of v9 or IPFIX in [at, end). `canWithdraw`: not over UDP (RFC 7011 §8.4). */
  read(exporter: Exporter, message: Message, at: number, end: number, canWithdraw: boolean): void {
    const { view } = message;
    const isV9 = view.getUint16(at) === 9;
    message.version = isV9 ? 9 : 10;
    message.uptimeMs = isV9 ? view.getUint32(at + V9.UPTIME) : 0;
    message.exportUs = view.getUint32(at + (isV9 ? V9.SECONDS : IPFIX.SECONDS)) * 1e6;
    exporter.speaks(isV9 ? 'netflow-9' : 'ipfix');
    const domain = exporter.domain(message.version, view.getUint32(at + (isV9 ? V9.SOURCE : IPFIX.DOMAIN)));
    if (domain === null) {
      this.#tally.overLimit++;
      return;
    }
    const sequence = view.getUint32(at + (isV9 ? V9.SEQUENCE : IPFIX.SEQUENCE));
    if (domain.sequence.isDuplicate(sequence, hashOf(view, at, end))) {
      exporter.figures.duplicates++;
      this.#tally.duplicates++;
      return;
    }
    this.#counted = 0;
    this.#flows = 0;
    this.#isUncounted = false;
    const isWhole = this.#readSets(
      exporter,
      domain,
      message,
      at + (isV9 ? V9.SIZE : IPFIX.SIZE),
      end,
      canWithdraw,
    );
    if (!isWhole) {
      exporter.figures.malformed++;
      this.#tally.malformed++;
    }
    const units = isV9 ? 1 : this.#isUncounted || !isWhole ? -1 : this.#counted;
    domain.sequence.advance(sequence, units, isV9 ? 1 : this.#flows, isV9 ? ageOf(message) : undefined);
  }

  /** Whether every set ended where the message did. */
  #readSets(
    exporter: Exporter,
    domain: Domain,
    message: Message,
    from: number,
    end: number,
    canWithdraw: boolean,
  ): boolean {
    const { view } = message;
    let at = from;
    while (end - at >= SET_HEADER) {
      const id = view.getUint16(at);
      const length = view.getUint16(at + 2);
      // PAN-OS and Cisco ACI fill the rest of the datagram with zeros.
      if (id === 0 && length === 0) return true;
      if (length < SET_HEADER || length > end - at) return false;
      const body = at + SET_HEADER;
      at += length;
      if (isTemplateSet(domain.version, id)) {
        const learnt = this.#templates.read(exporter, domain, message, id, body, at, canWithdraw);
        for (const template of learnt) this.#readHeld(exporter, domain, template);
      } else if (id >= FIRST_DATA_SET) {
        const template = domain.templates.get(id);
        if (template !== undefined) this.#readData(exporter, domain, template, message, body, at);
        else this.#miss(exporter, domain, id, message, body, at);
      }
    }
    return true;
  }

  #miss(exporter: Exporter, domain: Domain, id: number, message: Message, from: number, end: number): void {
    this.#isUncounted = true;
    exporter.figures.templateMisses++;
    this.#tally.templateMisses++;
    this.#held.hold(exporter, domain, id, message, from, end);
  }

  #readHeld(exporter: Exporter, domain: Domain, template: Template): void {
    const counted = this.#counted;
    const flows = this.#flows;
    for (const set of this.#held.release(exporter, domain, template.id))
      this.#readData(exporter, domain, template, set.message, 0, set.message.bytes.length);
    this.#counted = counted;
    this.#flows = flows;
  }

  #readData(
    exporter: Exporter,
    domain: Domain,
    template: Template,
    message: Message,
    from: number,
    end: number,
  ): void {
    const { view } = message;
    if (domain.version !== 9) boundBootBySet(domain, template, message, from, end);
    const plan = this.#planOf(domain, template);
    if (plan !== null) {
      const interval = domain.sampling.interval || this.#deviceInterval(exporter, domain);
      if (interval > exporter.figures.samplingInterval) exporter.figures.samplingInterval = interval;
      this.#fields.samplingInterval = Math.max(interval, 1);
      const suspect = readPlain(plan, message, from, end, this.#fields, this.#sink);
      this.#count(exporter, Math.floor((end - from) / plan.length), suspect);
      return;
    }
    let at = from;
    let count = 0;
    let suspect = 0;
    // What is left and shorter than a record is padding.
    while (end - at >= template.length) {
      const length = template.isVariable ? locateFields(template, view, at, end) : template.length;
      if (length <= 0) break;
      count++;
      if (template.isOptions) domain.sampling.announce(template, message, at);
      else if (this.#readRecord(exporter, domain, template, message, at)) suspect++;
      at += length;
    }
    if (template.isOptions) {
      const { figures } = exporter;
      this.#counted += count;
      figures.optionRecords += count;
      this.#tally.optionRecords += count;
      figures.samplingInterval = Math.max(figures.samplingInterval, domain.sampling.interval);
      return;
    }
    this.#count(exporter, count, suspect);
  }

  /** Flow records read, and those of them with suspect times. */
  #count(exporter: Exporter, count: number, suspect: number): void {
    const { figures } = exporter;
    this.#counted += count;
    this.#flows += count;
    figures.records += count;
    this.#tally.records += count;
    figures.suspectTimes += suspect;
    this.#tally.suspectTimes += suspect;
  }

  #planOf(domain: Domain, template: Template): Plan | null {
    if (template.plan === undefined) template.plan = planOf(template, domain.version);
    return template.plan;
  }

  /** Whether the record's times are suspect. */
  #readRecord(exporter: Exporter, domain: Domain, template: Template, message: Message, at: number): boolean {
    const fields = this.#fields;
    const interval = domain.sampling.of(template, message, at) || this.#deviceInterval(exporter, domain);
    if (interval > exporter.figures.samplingInterval) exporter.figures.samplingInterval = interval;
    fields.samplingInterval = Math.max(interval, 1);
    const isSuspect = readFlow(template, message, at, domain, fields);
    fields.sequence = template.layout.hasLists ? readPackets(template, message.view, at) : null;
    if (template.layout.hasContent && fields.ipVersion !== 0) this.#readContent(template, message, at);
    if (fields.ipVersion !== 0) this.#sink.flow(fields);
    else if (template.layout.section >= 0) this.#readSection(template, message, at, fields.samplingInterval);
    else {
      exporter.figures.withoutAddresses++;
      this.#tally.withoutAddresses++;
    }
    return isSuspect;
  }

  /** What domain 0 announces holds for the whole device (RFC 7011 §3.1). */
  #deviceInterval(exporter: Exporter, domain: Domain): number {
    if (domain.id === 0 || exporter.domains.size === 1) return 0;
    return exporter.domains.get(domain.version * 2 ** 32)?.sampling.interval ?? 0;
  }

  /** dataLinkFrameSection, ipHeaderPacketSection: the record is a packet. */
  #readSection(template: Template, message: Message, at: number, interval: number): void {
    const { section } = template.layout;
    const packet = this.#packet;
    const size = template.offsets[Slot.FRAME_SIZE]!;
    packet.bytes = message.bytes;
    packet.view = message.view;
    packet.timeUs = this.#fields.endUs;
    packet.linkType = section === Slot.FRAME_SECTION ? LINKTYPE_ETHERNET : LINKTYPE_RAW;
    packet.frameOffset = at + template.offsets[section]!;
    packet.frameLength = template.widths[section]!;
    const wireLength = size < 0 ? 0 : readUint(message.view, at + size, template.widths[Slot.FRAME_SIZE]!);
    packet.wireLength = Math.max(packet.frameLength, wireLength);
    this.#tally.packetSamples++;
    this.#sink.sampledPacket(packet, interval);
  }

  #readContent(template: Template, message: Message, at: number): void {
    const [there, back] = [Slot.CONTENT, Slot.REVERSE_CONTENT].map((slot) => {
      const from = at + template.offsets[slot]!;
      return template.offsets[slot]! < 0 ? NONE : message.bytes.subarray(from, from + template.widths[slot]!);
    });
    if (there!.length + back!.length > 0) this.#sink.payload?.(this.#fields, there!, back!);
  }
}

/** Before a set with uptimes is read: the latest flow end in it bounds when the exporter started. */
function boundBootBySet(
  domain: Domain,
  template: Template,
  message: Message,
  from: number,
  end: number,
): void {
  const { offsets, widths, layout, length, isVariable } = template;
  const usesUptime = layout.end === Slot.END_UPTIME || layout.start === Slot.START_UPTIME;
  if (!usesUptime || offsets[Slot.SYSTEM_INIT]! >= 0 || isVariable) return;
  const slot = offsets[Slot.END_UPTIME]! >= 0 ? Slot.END_UPTIME : Slot.START_UPTIME;
  const offset = offsets[slot]!;
  let last = 0;
  for (let at = from; end - at >= length; at += length)
    last = Math.max(last, readUint(message.view, at + offset, widths[slot]!));
  boundBoot(domain, message.exportUs, last);
}
