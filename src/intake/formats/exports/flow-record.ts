/** One data record of NetFlow v9 or IPFIX into the reused flow record. Hot: no allocation. */
import type { FlowFields } from '../../../model/flow-fields.js';
import { type BootClock, readTimes } from './clock.js';
import { Slot } from './elements.js';
import { type Message, readUint } from './message.js';
import type { Template } from './template.js';

/** biflowDirection (IANA): the source of the record is the one that answered. */
const REVERSE_INITIATOR = 2;
const INITIATOR = 1;

const ICMP = 1;
const ICMP_V6 = 58;

/** Fills `fields` from the record at `at`, but for the sampling interval. Returns whether its times are suspect. */
export function readFlow(
  template: Template,
  message: Message,
  at: number,
  clock: BootClock,
  fields: FlowFields,
): boolean {
  const { view } = message;
  const { offsets, widths, layout } = template;
  readAddresses(template, message, at, fields);
  fields.protocol = readSlot(template, view, at, Slot.PROTOCOL) & 255;
  const { srcPort, dstPort } = layout;
  fields.srcPort = srcPort < 0 ? 0 : readUint(view, at + offsets[srcPort]!, widths[srcPort]!) & 0xffff;
  fields.dstPort = dstPort < 0 ? 0 : readUint(view, at + offsets[dstPort]!, widths[dstPort]!) & 0xffff;
  if (fields.dstPort === 0 && (fields.protocol === ICMP || fields.protocol === ICMP_V6))
    fields.dstPort =
      readSlot(template, view, at, fields.protocol === ICMP ? Slot.ICMP_V4 : Slot.ICMP_V6) & 0xffff;
  fields.tcpFlags = offsets[Slot.TCP_FLAGS]! < 0 ? -1 : readSlot(template, view, at, Slot.TCP_FLAGS) & 255;
  fields.octets = readSlot(template, view, at, layout.octets);
  fields.packets = readSlot(template, view, at, layout.packets);
  readReverse(template, message, at, fields);
  return readTimes(template, message, at, clock, fields);
}

/** 0 where the template has no such field. */
function readSlot(template: Template, view: DataView, at: number, slot: number): number {
  if (slot < 0) return 0;
  const offset = template.offsets[slot]!;
  return offset < 0 ? 0 : readUint(view, at + offset, template.widths[slot]!);
}

/** Procera sends IPv4 and IPv6 addresses in every record, those not used as zeros. */
function readAddresses(template: Template, message: Message, at: number, fields: FlowFields): void {
  const { offsets, layout } = template;
  fields.bytes = message.bytes;
  let version = layout.srcV4 >= 0 ? 4 : layout.srcV6 >= 0 ? 6 : 0;
  if (layout.srcV4 >= 0 && layout.srcV6 >= 0) {
    const { view } = message;
    const isEmpty =
      view.getInt32(at + offsets[Slot.SRC_V4]!) === 0 && view.getInt32(at + offsets[Slot.DST_V4]!) === 0;
    const src = at + offsets[Slot.SRC_V6]!;
    if (isEmpty && (view.getBigUint64(src) | view.getBigUint64(src + 8)) !== 0n) version = 6;
  }
  fields.ipVersion = version;
  fields.srcOffset = version === 0 ? 0 : at + offsets[version === 4 ? Slot.SRC_V4 : Slot.SRC_V6]!;
  fields.dstOffset = version === 0 ? 0 : at + offsets[version === 4 ? Slot.DST_V4 : Slot.DST_V6]!;
}

function readReverse(template: Template, message: Message, at: number, fields: FlowFields): void {
  const { offsets, widths, layout } = template;
  const { reverseOctets, reversePackets } = layout;
  fields.reverseOctets = -1;
  fields.reversePackets = -1;
  fields.isOriented = false;
  if (reverseOctets < 0 && reversePackets < 0) return;
  const { view } = message;
  const octets = reverseOctets < 0 ? 0 : readUint(view, at + offsets[reverseOctets]!, widths[reverseOctets]!);
  const packets =
    reversePackets < 0 ? 0 : readUint(view, at + offsets[reversePackets]!, widths[reversePackets]!);
  if (layout.isInOut) {
    const isSame =
      (reverseOctets < 0 || octets === fields.octets) && (reversePackets < 0 || packets === fields.packets);
    if (!isSame) template.hasDirections = true;
    if (!template.hasDirections) return;
  }
  fields.reverseOctets = octets;
  fields.reversePackets = packets;
  if (layout.isInOut) return;
  const direction = offsets[Slot.BIFLOW_DIRECTION]!;
  const told = direction < 0 ? INITIATOR : view.getUint8(at + direction);
  fields.isOriented = told === INITIATOR || told === REVERSE_INITIATOR;
  if (told === REVERSE_INITIATOR) turnRound(fields);
}

/** Source and destination change places, and with them what each sent. */
function turnRound(fields: FlowFields): void {
  const { srcOffset, srcPort, octets, packets } = fields;
  fields.srcOffset = fields.dstOffset;
  fields.dstOffset = srcOffset;
  fields.srcPort = fields.dstPort;
  fields.dstPort = srcPort;
  fields.octets = fields.reverseOctets;
  fields.packets = fields.reversePackets;
  fields.reverseOctets = octets;
  fields.reversePackets = packets;
}
