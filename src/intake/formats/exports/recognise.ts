/** Whether bytes are a flow export: strict, for it is asked of any UDP payload. */
import { fixedSize } from './fixed.js';
import { viewOf } from './message.js';
import { sflowHeaderSize } from './sflow.js';

/** 2000 and 2100: exports with other dates are not recognised, though they can be read. */
const EARLIEST_SECONDS = 946684800;
const LATEST_SECONDS = 4102444800;
const V9_HEADER = 20;
const IPFIX_HEADER = 16;
const FIRST_DATA_SET = 256;
/** More records than this no datagram holds. */
const MAX_COUNT = 4096;

export function looksLikeExport(bytes: Buffer, offset: number, length: number): boolean {
  const end = offset + length;
  if (offset < 0 || length < IPFIX_HEADER || end > bytes.length) return false;
  const view = viewOf(bytes);
  switch (view.getUint16(offset)) {
    case 0:
      return isSflow(view, offset, end);
    case 1:
    case 5:
    case 7:
      return isFixed(view, offset, end);
    case 9:
      return isNetflow9(view, offset, end);
    case 10:
      return isIpfix(view, offset, end);
    default:
      return false;
  }
}

const isDate = (seconds: number): boolean => seconds >= EARLIEST_SECONDS && seconds < LATEST_SECONDS;

function isFixed(view: DataView, from: number, end: number): boolean {
  for (let at = from; at < end; ) {
    const size = fixedSize(view, at, end);
    // A tail after the first message: the next one, cut (raw dumps), or nothing that we know.
    if (size === 0) return at > from && end - at >= 2 && view.getUint16(at) === view.getUint16(from);
    if (!isDate(view.getUint32(at + 8)) || view.getUint32(at + 12) >= 1e9) return false;
    at += size;
  }
  return true;
}

function isNetflow9(view: DataView, from: number, end: number): boolean {
  if (end - from < V9_HEADER + 4) return false;
  const count = view.getUint16(from + 2);
  if (count === 0 || count > MAX_COUNT || !isDate(view.getUint32(from + 8))) return false;
  return areSets(view, from + V9_HEADER, end, 0, 1);
}

/** The message may end before the datagram does. */
function isIpfix(view: DataView, from: number, end: number): boolean {
  const length = view.getUint16(from + 2);
  if (length < IPFIX_HEADER || length > end - from || !isDate(view.getUint32(from + 4))) return false;
  return length === IPFIX_HEADER
    ? end - from === IPFIX_HEADER
    : areSets(view, from + IPFIX_HEADER, from + length, 2, 3);
}

/** Sets of known kinds, one after the other, up to the end or to zeros. */
export function areSets(
  view: DataView,
  from: number,
  end: number,
  templates: number,
  options: number,
): boolean {
  let at = from;
  while (end - at >= 4) {
    const id = view.getUint16(at);
    const length = view.getUint16(at + 2);
    if (id === 0 && length === 0) return at > from;
    if (id < FIRST_DATA_SET && id !== templates && id !== options) return false;
    if (length < 4 || length > end - at) return false;
    at += length;
  }
  return at > from;
}

function isSflow(view: DataView, from: number, end: number): boolean {
  const headerSize = sflowHeaderSize(view, from, end);
  if (headerSize === 0) return false;
  let at = from + headerSize;
  for (let left = view.getUint32(at - 4); left > 0; left--) {
    if (end - at < 8) return false;
    const length = view.getUint32(at + 4);
    if (length > end - at - 8 || (length & 3) !== 0) return false;
    at += 8 + length;
  }
  return at > from + headerSize && end - at < 4;
}
