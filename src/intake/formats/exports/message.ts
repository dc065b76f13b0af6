/** What the header of an export message tells, for the records inside. One object, reused. */
export interface Message {
  bytes: Buffer;
  view: DataView;
  /** 5, 9, 10 … */
  version: number;
  /** Epoch microseconds by the exporter's clock. */
  exportUs: number;
  /** Epoch microseconds by ours. */
  arrivalUs: number;
  /** Milliseconds since the exporter started, modulo 2^32. v5 and v9 only. */
  uptimeMs: number;
}

export function createMessage(): Message {
  const bytes = Buffer.alloc(0);
  return { bytes, view: viewOf(bytes), version: 0, exportUs: 0, arrivalUs: 0, uptimeMs: 0 };
}

export function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** A big-endian unsigned integer of 1 to 8 bytes (reduced-size encoding, RFC 7011 §6.2); exact up to 2^53. */
export function readUint(view: DataView, at: number, width: number): number {
  switch (width) {
    case 4:
      return view.getUint32(at);
    case 8:
      return view.getUint32(at) * 4294967296 + view.getUint32(at + 4);
    case 2:
      return view.getUint16(at);
    case 1:
      return view.getUint8(at);
    default: {
      let value = 0;
      for (let index = 0; index < width; index++) value = value * 256 + view.getUint8(at + index);
      return value;
    }
  }
}

/** FNV-1a over 32-bit words, the rest by bytes: tells datagrams and templates apart, keeps nobody out. */
export function hashOf(view: DataView, from: number, end: number): number {
  let hash = 0x811c9dc5 | 0;
  let at = from;
  for (; at + 4 <= end; at += 4) {
    hash = Math.imul(hash ^ view.getInt32(at, true), 0x01000193);
    hash ^= hash >>> 15;
  }
  for (; at < end; at++) hash = Math.imul(hash ^ view.getUint8(at), 0x01000193);
  return hash;
}
