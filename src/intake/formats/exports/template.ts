/** Templates of NetFlow v9 (RFC 3954 §5.2, §6.1) and IPFIX (RFC 7011 §3.4), turned into tables of offsets. */
import { BASIC_LIST, LIST_SLOTS, NO_SLOT, SLOTS, Slot, slotOf, widestOf } from './elements.js';
import { MAX_TEMPLATE_FIELDS } from './limits.js';

/** Field length that says: the record itself tells (RFC 7011 §7). H3C uses it in v9, too. */
const VARIABLE = 65535;
const ENTERPRISE_BIT = 0x8000;

/** Which of the elements present stand for what; -1 (NO_SLOT) where none does. Chosen once, when the template comes. */
export interface Layout {
  readonly srcV4: number;
  readonly srcV6: number;
  readonly srcPort: number;
  readonly dstPort: number;
  readonly octets: number;
  readonly packets: number;
  readonly reverseOctets: number;
  readonly reversePackets: number;
  /** The reverse counters are NetFlow's OUT_* beside IN_*: FortiOS repeats the same numbers there. */
  readonly isInOut: boolean;
  readonly start: number;
  readonly end: number;
  readonly duration: number;
  readonly section: number;
  readonly hasContent: boolean;
  readonly hasLists: boolean;
  /** Has an element that tells the sampling interval, or which sampler it was. */
  readonly hasSampling: boolean;
}

/** Offsets of a template of the common kind (plain.ts). */
export interface Plan {
  // From the record's begin; -1: not there.
  readonly length: number;
  readonly ipVersion: number;
  readonly src: number;
  readonly dst: number;
  readonly srcPort: number;
  readonly dstPort: number;
  readonly icmp: number;
  readonly protocol: number;
  readonly flags: number;
  readonly octets: number;
  readonly packets: number;
  /** Counters of 8 bytes; else 4. */
  readonly hasWideOctets: boolean;
  readonly hasWidePackets: boolean;
  readonly start: number;
  readonly end: number;
  /** Times are uptimes of 4 bytes; else epoch milliseconds of 8. */
  readonly hasUptimes: boolean;
}

export interface Template {
  readonly id: number;
  /** Of the definition's bytes: the same template comes again and again. */
  readonly hash: number;
  readonly isOptions: boolean;
  /** As it was sent, so that it can be learnt again after a restart. */
  readonly definition: Buffer;
  /** Bytes of a record; of a variable one the fewest it can have. Never 0. */
  readonly length: number;
  readonly isVariable: boolean;
  /** By slot: where the field begins, from the record's begin; -1: not there. A variable record moves them. */
  readonly offsets: Int32Array;
  /** By slot: bytes of the field. */
  readonly widths: Uint16Array;
  /** All fields in order: lengths, and slots or NO_SLOT. Kept for variable records only. */
  readonly fieldLengths: Uint16Array;
  readonly fieldSlots: Int8Array;
  readonly layout: Layout;
  /** IN_* and OUT_* were seen to differ: then they are two directions. */
  hasDirections: boolean;
  /** How to read it fast; null: not of the common kind; undefined: not asked yet. */
  plan: Plan | null | undefined;
}

export interface FieldList {
  readonly lengths: number[];
  readonly slots: number[];
  /** Bytes of the definition. */
  size: number;
}

/**
 * Reads `count` field specifiers at `at`. `null` where they do not end before `end` or are too many. Without enterprises
 * (v9) the top bit is part of the number. The first `unread` fields are scopes of v9, numbered apart.
 */
export function readFields(
  view: DataView,
  at: number,
  end: number,
  count: number,
  hasEnterprises: boolean,
  unread: number,
): FieldList | null {
  if (count > MAX_TEMPLATE_FIELDS || at + count * 4 > end) return null;
  const fields: FieldList = { lengths: [], slots: [], size: 0 };
  let next = at;
  let lists = 0;
  for (let index = 0; index < count; index++) {
    if (next + 4 > end) return null;
    let element = view.getUint16(next);
    let enterprise = 0;
    const length = view.getUint16(next + 2);
    next += 4;
    if (hasEnterprises && (element & ENTERPRISE_BIT) !== 0) {
      if (next + 4 > end) return null;
      element &= ~ENTERPRISE_BIT;
      enterprise = view.getUint32(next);
      next += 4;
    }
    const isList = enterprise === 0 && element === BASIC_LIST;
    const slot = isList ? (LIST_SLOTS[lists++] ?? NO_SLOT) : slotOf(enterprise, element);
    fields.lengths.push(length);
    fields.slots.push(index < unread ? NO_SLOT : usableSlot(slot, length));
  }
  fields.size = next - at;
  return fields;
}

function usableSlot(slot: number, length: number): number {
  if (slot === NO_SLOT || length === 0) return NO_SLOT;
  const widest = widestOf(slot);
  if (widest === 0) return slot;
  if (slot <= Slot.DST_V6) return length === widest ? slot : NO_SLOT;
  return length <= widest ? slot : NO_SLOT;
}

/** `null` for a record without bytes: it would never end a set. */
export function createTemplate(
  id: number,
  isOptions: boolean,
  fields: FieldList,
  hash: number,
  definition: Buffer,
): Template | null {
  const isVariable = fields.lengths.includes(VARIABLE);
  const offsets = new Int32Array(SLOTS).fill(-1);
  const widths = new Uint16Array(SLOTS);
  let length = 0;
  for (const [index, fieldLength] of fields.lengths.entries()) {
    const slot = fields.slots[index] ?? NO_SLOT;
    // The first of equal elements counts: later ones are inner or outer repetitions (RFC 7011 §8).
    if (slot !== NO_SLOT && offsets[slot] === -1) {
      offsets[slot] = length;
      widths[slot] = fieldLength;
    } else fields.slots[index] = NO_SLOT;
    length += fieldLength === VARIABLE ? 1 : fieldLength;
  }
  if (length === 0 || length > VARIABLE) return null;
  return {
    id,
    hash,
    isOptions,
    definition,
    length,
    isVariable,
    offsets,
    widths,
    fieldLengths: Uint16Array.from(isVariable ? fields.lengths : []),
    fieldSlots: Int8Array.from(isVariable ? fields.slots : []),
    layout: layoutOf(offsets),
    hasDirections: false,
    plan: undefined,
  };
}

/**
 * Puts the fields of the variable record at `at` into the template's tables. Returns its length; -1 where it does not
 * end before `end`.
 */
export function locateFields(template: Template, view: DataView, at: number, end: number): number {
  const { fieldLengths, fieldSlots, offsets, widths } = template;
  let next = at;
  for (let index = 0; index < fieldLengths.length; index++) {
    let length = fieldLengths[index]!;
    if (length === VARIABLE) {
      if (next >= end) return -1;
      length = view.getUint8(next++);
      if (length === 255) {
        if (next + 2 > end) return -1;
        length = view.getUint16(next);
        next += 2;
      }
    }
    if (length > end - next) return -1;
    const slot = fieldSlots[index]!;
    if (slot !== NO_SLOT) {
      offsets[slot] = next - at;
      widths[slot] = length;
    }
    next += length;
  }
  return next - at;
}

function layoutOf(offsets: Int32Array): Layout {
  const has = (slot: number): boolean => offsets[slot] !== -1;
  const first = (...slots: number[]): number => slots.find(has) ?? NO_SLOT;
  const pair = (one: number, other: number): boolean => has(one) && has(other);
  const isBiflow = has(Slot.REVERSE_OCTETS) || has(Slot.REVERSE_PACKETS);
  const isTotalBiflow = has(Slot.REVERSE_TOTAL_OCTETS) || has(Slot.REVERSE_TOTAL_PACKETS);
  // Huawei sends responderOctets alone, always 0: no biflow.
  const isInitiated = pair(Slot.INITIATOR_OCTETS, Slot.RESPONDER_OCTETS);
  const isInOut = pair(Slot.OCTETS, Slot.OUT_OCTETS) || pair(Slot.PACKETS, Slot.OUT_PACKETS);
  const reverse = (delta: number, total: number, responder: number, out: number): number => {
    if (isBiflow) return first(delta);
    if (isTotalBiflow) return first(total);
    if (isInitiated) return first(responder);
    return isInOut ? first(out) : NO_SLOT;
  };
  // Delta counters before totals: Open vSwitch's totals run over the life of the bridge.
  const octets = first(
    Slot.OCTETS,
    Slot.INITIATOR_OCTETS,
    Slot.OUT_OCTETS,
    Slot.TOTAL_OCTETS,
    Slot.LAYER2_OCTETS,
  );
  const packets = first(Slot.PACKETS, Slot.INITIATOR_PACKETS, Slot.OUT_PACKETS, Slot.TOTAL_PACKETS);
  const { START_MS, START_US, START_NS, START_SECONDS, START_DELTA, START_UPTIME } = Slot;
  const { END_MS, END_US, END_NS, END_SECONDS, END_DELTA, END_UPTIME } = Slot;
  const observed = first(Slot.OBSERVED_MS, Slot.OBSERVED_US, Slot.OBSERVED_NS, Slot.OBSERVED_SECONDS);
  const end = first(END_MS, END_US, END_NS, END_SECONDS, END_DELTA, END_UPTIME);
  return {
    srcV4: pair(Slot.SRC_V4, Slot.DST_V4) ? Slot.SRC_V4 : NO_SLOT,
    srcV6: pair(Slot.SRC_V6, Slot.DST_V6) ? Slot.SRC_V6 : NO_SLOT,
    srcPort: first(Slot.SRC_PORT, Slot.TCP_SRC_PORT, Slot.UDP_SRC_PORT),
    dstPort: first(Slot.DST_PORT, Slot.TCP_DST_PORT, Slot.UDP_DST_PORT, Slot.ICMP_V4, Slot.ICMP_V6),
    octets,
    packets,
    reverseOctets: reverse(
      Slot.REVERSE_OCTETS,
      Slot.REVERSE_TOTAL_OCTETS,
      Slot.RESPONDER_OCTETS,
      Slot.OUT_OCTETS,
    ),
    reversePackets: reverse(
      Slot.REVERSE_PACKETS,
      Slot.REVERSE_TOTAL_PACKETS,
      Slot.RESPONDER_PACKETS,
      Slot.OUT_PACKETS,
    ),
    isInOut: isInOut && !isBiflow && !isTotalBiflow && !isInitiated,
    start: first(START_MS, START_US, START_NS, START_SECONDS, START_DELTA, START_UPTIME),
    end: end === NO_SLOT ? observed : end,
    duration: first(Slot.DURATION_MS, Slot.DURATION_US),
    section: first(Slot.FRAME_SECTION, Slot.IP_SECTION),
    hasContent: has(Slot.CONTENT) || has(Slot.REVERSE_CONTENT),
    hasLists: has(Slot.LIST_1),
    hasSampling:
      has(Slot.SAMPLING_INTERVAL) ||
      has(Slot.SAMPLER_ID) ||
      has(Slot.SAMPLER_INTERVAL) ||
      has(Slot.SELECTOR_ID) ||
      has(Slot.SAMPLING_PACKETS) ||
      has(Slot.SAMPLING_POPULATION),
  };
}
