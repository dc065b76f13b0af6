/** The four time bases of exports, brought to epoch microseconds. */
import type { FlowFields } from '../../../model/flow-fields.js';
import { Slot } from './elements.js';
import { type Message, readUint } from './message.js';
import type { Age } from './sequence.js';
import type { Template } from './template.js';

/** NTP counts from 1900. */
const NTP_EPOCH_SECONDS = 2208988800;
const DAY_US = 86400e6;
const HOUR_US = 3600e6;
/** Year 2000: no export is older. */
const EARLIEST_US = 946684800e6;
/** Uptime in 32-bit milliseconds cannot tell longer flows. */
const MAX_DURATION_US = 2 ** 32 * 1000;

/** Of an exporter that tells uptimes, but never its own: MikroTik RouterOS 6, SonicWall (IPFIX). */
export interface BootClock {
  /** Latest that the exporter can have started, epoch milliseconds; NaN: not known. */
  bootMs: number;
}

/** Epoch microseconds of an uptime: signed differences, for both may wrap, and `last` may lie after the header's. */
export function fromUptime(message: Message, uptimeMs: number): number {
  return message.exportUs - ((message.uptimeMs - uptimeMs) | 0) * 1000;
}

/** How old the exporter is by the header of a v5 or v9 message. */
export function ageOf({ exportUs, uptimeMs }: Message): Age {
  return { bootMs: Math.floor(exportUs / 1000) - uptimeMs, uptimeMs };
}

/** No flow ends after its export: each uptime is an upper bound of when the exporter started. */
export function boundBoot(clock: BootClock, exportUs: number, lastMs: number): void {
  const boot = exportUs / 1000 - lastMs;
  // A much earlier or later one is a restart or a wrap of the uptime: begin again.
  if (!(boot > clock.bootMs) || boot - clock.bootMs > DAY_US / 1000) clock.bootMs = boot;
}

/** NTP's 64 bits (RFC 7011 §6.1.9); before 1970 by that count, it is plain `perSecond` units since 1970 after all. */
function fromNtp(view: DataView, at: number, width: number, perSecond: number): number {
  if (width !== 8) return 0;
  const seconds = view.getUint32(at);
  const fraction = view.getUint32(at + 4);
  if (seconds >= NTP_EPOCH_SECONDS)
    return (seconds - NTP_EPOCH_SECONDS) * 1e6 + Math.floor((fraction * 1e6) / 4294967296);
  return Math.floor((seconds * 4294967296 + fraction) / (perSecond / 1e6));
}

function readTime(template: Template, slot: number, message: Message, at: number, clock: BootClock): number {
  const { view } = message;
  const from = at + template.offsets[slot]!;
  const width = template.widths[slot]!;
  switch (slot) {
    case Slot.START_UPTIME:
    case Slot.END_UPTIME: {
      const uptime = readUint(view, from, width);
      const init = template.offsets[Slot.SYSTEM_INIT]!;
      if (init !== -1) return (readUint(view, at + init, template.widths[Slot.SYSTEM_INIT]!) + uptime) * 1000;
      return message.version === 9 ? fromUptime(message, uptime) : (clock.bootMs + uptime) * 1000;
    }
    case Slot.START_MS:
    case Slot.END_MS:
    case Slot.OBSERVED_MS:
      return readUint(view, from, width) * 1000;
    case Slot.START_SECONDS:
    case Slot.END_SECONDS:
    case Slot.OBSERVED_SECONDS:
      return readUint(view, from, width) * 1e6;
    case Slot.START_US:
    case Slot.END_US:
    case Slot.OBSERVED_US:
      return fromNtp(view, from, width, 1e6);
    case Slot.START_NS:
    case Slot.END_NS:
    case Slot.OBSERVED_NS:
      return fromNtp(view, from, width, 1e9);
    default:
      return message.exportUs - readUint(view, from, width);
  }
}

/** Sets startUs and endUs. Returns whether the exporter's clock is suspect; then only the duration is its own. */
export function readTimes(
  template: Template,
  message: Message,
  at: number,
  clock: BootClock,
  fields: FlowFields,
): boolean {
  const { start, end, duration } = template.layout;
  let lasted = 0;
  if (duration >= 0 && (start < 0 || end < 0)) {
    lasted = readUint(message.view, at + template.offsets[duration]!, template.widths[duration]!);
    if (duration === Slot.DURATION_MS) lasted *= 1000;
  }
  if (start >= 0) {
    fields.startUs = readTime(template, start, message, at, clock);
    fields.endUs = end >= 0 ? readTime(template, end, message, at, clock) : fields.startUs + lasted;
  } else {
    fields.endUs = end >= 0 ? readTime(template, end, message, at, clock) : message.exportUs;
    fields.startUs = fields.endUs - lasted;
  }
  const slot = end >= 0 ? end : start;
  const isUptime = slot === Slot.END_UPTIME || slot === Slot.START_UPTIME;
  return settleTimes(fields, message, !isUptime && slot >= 0);
}

/**
 * Holds the times against export and arrival; re-bases impossible ones on those, keeping the duration. Absolute times
 * long before the export are possible (a probe reading an old capture): they stay, but are suspect. Returns whether.
 */
export function settleTimes(fields: FlowFields, message: Message, isAbsolute: boolean): boolean {
  const { exportUs, arrivalUs } = message;
  const lasted = fields.endUs - fields.startUs;
  const isPossible = lasted >= 0 && lasted <= MAX_DURATION_US && fields.endUs <= arrivalUs + HOUR_US;
  if (isPossible && Math.abs(fields.endUs - exportUs) <= DAY_US) return false;
  if (isPossible && isAbsolute && fields.startUs >= EARLIEST_US && fields.endUs <= exportUs) return true;
  const kept = lasted >= 0 && lasted <= MAX_DURATION_US ? lasted : 0;
  const base = exportUs > arrivalUs + HOUR_US || exportUs < EARLIEST_US ? arrivalUs : exportUs;
  fields.endUs = base;
  fields.startUs = base - kept;
  return true;
}
