/** ipfixprobe's PSTATS: the first packets of a flow, as basicLists of CESNET elements (RFC 6313 §4.5.1). */
import { MAX_SEQUENCE, type PacketSequence } from '../../../model/flow.js';
import { CESNET_PEN, LIST_SLOTS } from './elements.js';
import { readUint } from './message.js';
import type { Template } from './template.js';

/** Semantic, element with the enterprise bit, length of a value, enterprise. */
const HEADER = { ELEMENT: 1, LENGTH: 3, ENTERPRISE: 5, SIZE: 9 } as const;
const ENTERPRISE_BIT = 0x8000;
/** Elements of enterprise 8057: sizes (payload bytes), times (epoch milliseconds), TCP flags, directions (1 or -1). */
const SIZES = 1013;
const TIMES = 1014;
const FLAGS = 1015;
const DIRECTIONS = 1016;
const WIDEST = 8;

/** The packets that the record at `at` lists, from the source positive; null where it lists none, or not wholly. */
export function readPackets(template: Template, view: DataView, at: number): PacketSequence | null {
  const lists = new Map<number, readonly number[]>();
  for (const slot of LIST_SLOTS) {
    const offset = template.offsets[slot]!;
    if (offset >= 0) readList(view, at + offset, template.widths[slot]!, lists);
  }
  const [sizes, times, directions] = [lists.get(SIZES), lists.get(TIMES), lists.get(DIRECTIONS)];
  if (sizes === undefined || times === undefined || directions === undefined || sizes.length === 0)
    return null;
  if (times.length !== sizes.length || directions.length !== sizes.length) return null;
  const flags = lists.get(FLAGS) ?? [];
  return {
    timesUs: times.map((time) => time * 1000),
    // Directions are signed bytes.
    sizes: sizes.map((size, index) => (directions[index]! > 127 ? -size : size)),
    flags: flags.length === sizes.length ? flags : [],
  };
}

function readList(view: DataView, from: number, length: number, into: Map<number, readonly number[]>): void {
  if (length < HEADER.SIZE || view.getUint32(from + HEADER.ENTERPRISE) !== CESNET_PEN) return;
  const width = view.getUint16(from + HEADER.LENGTH);
  if (width === 0 || width > WIDEST) return;
  const count = Math.min(MAX_SEQUENCE, Math.floor((length - HEADER.SIZE) / width));
  const first = from + HEADER.SIZE;
  const values = Array.from({ length: count }, (_, index) => readUint(view, first + index * width, width));
  into.set(view.getUint16(from + HEADER.ELEMENT) & ~ENTERPRISE_BIT, values);
}
