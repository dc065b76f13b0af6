/** Interface Description Block (draft-ietf-opsawg-pcapng §4.2), in bytes from the start of its body. */
const INTERFACE = { LINK_TYPE: 0, SNAP_LENGTH: 4, OPTIONS: 8 } as const;
/** Option: code, length, value padded to 32 bits (§3.5). */
const OPTION = { CODE: 0, LENGTH: 2, VALUE: 4 } as const;
const OptionCode = { END: 0, TIME_RESOLUTION: 9, TIME_OFFSET: 14 } as const;

const DEFAULT_RESOLUTION = 6;
const BINARY_RESOLUTION = 0x80;
/** Largest divisor for which the long division below stays exact in doubles. */
const MAX_EXACT_DIVISOR = 2 ** 20;

/** What an interface says of its frames. */
export interface Interface {
  readonly linkType: number;
  /** 0: not limited. */
  readonly snapLength: number;
  /** Ticks in a microsecond where that is a whole number small enough to divide by exactly; else 0. */
  readonly ticksPerUs: number;
  /** Microseconds in a tick. */
  readonly usPerTick: number;
  /** Added to every time. */
  readonly offsetUs: number;
}

/** Reads what there is of the block's body in [at, end). Missing fields are 0, unreadable options end the list. */
export function readInterface(view: DataView, at: number, end: number, little: boolean): Interface {
  const isWhole = end - at >= INTERFACE.OPTIONS;
  let resolution = DEFAULT_RESOLUTION;
  let offsetSeconds = 0;
  for (let option = at + INTERFACE.OPTIONS; end - option >= OPTION.VALUE; ) {
    const code = view.getUint16(option + OPTION.CODE, little);
    const length = view.getUint16(option + OPTION.LENGTH, little);
    const value = option + OPTION.VALUE;
    if (code === OptionCode.END || length > end - value) break;
    if (code === OptionCode.TIME_RESOLUTION && length >= 1) resolution = view.getUint8(value);
    if (code === OptionCode.TIME_OFFSET && length >= 8) offsetSeconds = readInt64(view, value, little);
    option = value + length + ((4 - (length % 4)) % 4);
  }
  const exponent = resolution & ~BINARY_RESOLUTION;
  const ticksPerSecond = resolution & BINARY_RESOLUTION ? 2 ** exponent : 10 ** exponent;
  const ticksPerUs = ticksPerSecond / 1e6;
  return {
    linkType: isWhole ? view.getUint16(at + INTERFACE.LINK_TYPE, little) : 0,
    snapLength: isWhole ? view.getUint32(at + INTERFACE.SNAP_LENGTH, little) : 0,
    ticksPerUs: Number.isInteger(ticksPerUs) && ticksPerUs <= MAX_EXACT_DIVISOR ? ticksPerUs : 0,
    usPerTick: 1e6 / ticksPerSecond,
    offsetUs: offsetSeconds * 1e6,
  };
}

function readInt64(view: DataView, at: number, little: boolean): number {
  const high = view.getInt32(little ? at + 4 : at, little);
  return high * 2 ** 32 + view.getUint32(little ? at : at + 4, little);
}

/** Epoch microseconds of a 64-bit tick count. Nanoseconds since 1970 do not fit a double, so they are divided in two steps. */
export function timeOf(source: Interface, high: number, low: number): number {
  const divisor = source.ticksPerUs;
  if (divisor === 1) return high * 2 ** 32 + low + source.offsetUs;
  if (divisor === 0) return Math.floor((high * 2 ** 32 + low) * source.usPerTick) + source.offsetUs;
  const rest = high % divisor;
  const quotient = (high - rest) / divisor;
  return quotient * 2 ** 32 + Math.floor((rest * 2 ** 32 + low) / divisor) + source.offsetUs;
}
