import type { Packet } from '../../model/packet.js';
import { Layer } from './layer.js';
import { MAX_OPTION_BLOCKS } from './limits.js';
import { Outcome } from './outcome.js';
import type { Walk } from './walk.js';

/** IEEE 802.11-2020 §9.2.4, §9.3.2. */
const WIFI = { SEQUENCE_CONTROL: 22, SIZE: 24, ADDRESS_4: 6, QOS: 2, HT_CONTROL: 4 } as const;
const Control = {
  DATA: 0x08,
  TYPE_MASK: 0x0c,
  NO_DATA: 0x40,
  QOS: 0x80,
  TO_DS: 0x01,
  FROM_DS: 0x02,
  PROTECTED: 0x40,
  ORDER: 0x80,
} as const;
const QOS_A_MSDU = 0x80;
/** Two addresses and a length before each frame inside an A-MSDU. Only the first is read. */
const A_MSDU_SUBHEADER = 14;
/** radiotap.org: version, padding, length, then presence words. Little-endian. */
const RADIOTAP = {
  LENGTH: 2,
  PRESENT: 4,
  SIZE: 8,
  HAS_TIMESTAMP: 1,
  HAS_FLAGS: 2,
  MORE: 0x80000000,
} as const;
const RADIOTAP_FLAG_PADDED = 0x20;
const PRISM_SIZE = 144;
const AVS = { MAGIC: 0x80211000, LENGTH: 4, SIZE: 8 } as const;

/** An 802.11 frame: data in clear goes on to LLC, everything else is counted. */
export function wifi(packet: Packet, walk: Walk): number {
  return dataFrame(packet, walk, false);
}

/** The same where the adapter pads the header to a multiple of 4 bytes (radiotap flag). */
export function wifiPadded(packet: Packet, walk: Walk): number {
  return dataFrame(packet, walk, true);
}

function dataFrame(packet: Packet, walk: Walk, isPadded: boolean): number {
  const { view } = packet;
  const start = walk.at;
  if (walk.end - start < 2) return Outcome.TRUNCATED_LINK;
  const type = view.getUint8(start);
  const flags = view.getUint8(start + 1);
  if ((type & Control.TYPE_MASK) !== Control.DATA || (type & Control.NO_DATA) !== 0)
    return Outcome.NOT_IP_WIFI;
  if ((flags & Control.PROTECTED) !== 0) return Outcome.NOT_IP_WIFI_PROTECTED;
  const hasFourAddresses = (flags & Control.TO_DS) !== 0 && (flags & Control.FROM_DS) !== 0;
  const qosAt = WIFI.SIZE + (hasFourAddresses ? WIFI.ADDRESS_4 : 0);
  let length: number = qosAt;
  const isQos = (type & Control.QOS) !== 0;
  if (isQos) length += WIFI.QOS + ((flags & Control.ORDER) !== 0 ? WIFI.HT_CONTROL : 0);
  if (isPadded) length = (length + 3) & ~3;
  if (walk.end - start < length) return Outcome.TRUNCATED_LINK;
  // Fragment number: only the first piece of a frame begins with LLC.
  if ((view.getUint16(start + WIFI.SEQUENCE_CONTROL, true) & 15) !== 0) return Outcome.NOT_IP_WIFI_FRAGMENT;
  walk.at = start + length;
  if (isQos && (view.getUint8(start + qosAt) & QOS_A_MSDU) !== 0) walk.at += A_MSDU_SUBHEADER;
  return Layer.LLC;
}

export function radiotap(packet: Packet, walk: Walk): number {
  const { view } = packet;
  const at = walk.at;
  if (walk.end - at < RADIOTAP.SIZE) return Outcome.TRUNCATED_LINK;
  const length = view.getUint16(at + RADIOTAP.LENGTH, true);
  if (view.getUint8(at) !== 0 || length < RADIOTAP.SIZE) return Outcome.MALFORMED_LINK;
  if (walk.end - at < length) return Outcome.TRUNCATED_LINK;
  walk.at = at + length;
  return isPaddedFrame(packet, at, at + length) ? Layer.WIFI_PADDED : Layer.WIFI;
}

/** The flags field is the second that can be present; the first is an 8-byte, 8-aligned timestamp. */
function isPaddedFrame(packet: Packet, start: number, end: number): boolean {
  const { view } = packet;
  const present = view.getUint32(start + RADIOTAP.PRESENT, true);
  if ((present & RADIOTAP.HAS_FLAGS) === 0) return false;
  let word = present;
  let offset: number = RADIOTAP.SIZE;
  for (let words = 1; (word & RADIOTAP.MORE) !== 0; words++) {
    if (words === MAX_OPTION_BLOCKS || end - start - offset < 4) return false;
    word = view.getUint32(start + offset, true);
    offset += 4;
  }
  if ((present & RADIOTAP.HAS_TIMESTAMP) !== 0) offset = ((offset + 7) & ~7) + 8;
  return start + offset < end && (view.getUint8(start + offset) & RADIOTAP_FLAG_PADDED) !== 0;
}

/** LINKTYPE_IEEE802_11_PRISM holds AVS headers too; the magic number tells. */
export function prism(packet: Packet, walk: Walk): number {
  if (walk.end - walk.at < 4) return Outcome.TRUNCATED_LINK;
  if (isAvs(packet, walk.at)) return Layer.AVS;
  if (walk.end - walk.at < PRISM_SIZE) return Outcome.TRUNCATED_LINK;
  walk.at += PRISM_SIZE;
  return Layer.WIFI;
}

export function avs(packet: Packet, walk: Walk): number {
  if (walk.end - walk.at < AVS.SIZE) return Outcome.TRUNCATED_LINK;
  const length = packet.view.getUint32(walk.at + AVS.LENGTH);
  if (!isAvs(packet, walk.at) || length < AVS.SIZE) return Outcome.MALFORMED_LINK;
  if (length > walk.end - walk.at) return Outcome.TRUNCATED_LINK;
  walk.at += length;
  return Layer.WIFI;
}

/** The last four bits are the version. */
function isAvs(packet: Packet, at: number): boolean {
  return (packet.view.getUint32(at) & 0xfffffff0) >>> 0 === AVS.MAGIC;
}
