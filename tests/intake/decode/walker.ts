/** Walks the records of a pcap or pcapng file in memory, just far enough to feed a Decoder with real frames. */
import { gunzipSync } from 'node:zlib';
import { createPacket, type Packet } from '../../../src/model/packet.js';

const PCAP_MAGICS = [0xa1b2c3d4, 0xa1b23c4d, 0xa1b2cd34];

/** Calls `frame` with each record; the packet is reused. Stops without complaint where the file makes no sense. */
export function walkCapture(file: Buffer, frame: (packet: Packet) => void): void {
  const bytes = file[0] === 0x1f && file[1] === 0x8b ? gunzipSync(file) : file;
  if (bytes.length < 24) return;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const packet = createPacket();
  const emit = (linkType: number, at: number, length: number, wireLength: number, timeUs: number) => {
    packet.bytes = bytes;
    packet.view = view;
    packet.linkType = linkType;
    packet.frameOffset = at;
    packet.frameLength = length;
    packet.wireLength = wireLength;
    packet.timeUs = timeUs;
    frame(packet);
  };
  if (PCAP_MAGICS.includes(view.getUint32(0, true))) walkPcap(view, true, emit);
  else if (PCAP_MAGICS.includes(view.getUint32(0))) walkPcap(view, false, emit);
  else if (view.getUint32(0) === 0x0a0d0d0a) walkPcapng(view, emit);
}

type Emit = (linkType: number, at: number, length: number, wireLength: number, timeUs: number) => void;

function walkPcap(view: DataView, isLittle: boolean, emit: Emit): void {
  const isModified = view.getUint32(0, isLittle) === 0xa1b2cd34;
  const linkType = view.getUint32(20, isLittle) & 0xffff;
  const header = isModified ? 24 : 16;
  for (let at = 24; at + header <= view.byteLength; ) {
    const length = view.getUint32(at + 8, isLittle);
    if (length > view.byteLength - at - header) return;
    const timeUs = view.getUint32(at, isLittle) * 1e6 + view.getUint32(at + 4, isLittle);
    emit(linkType, at + header, length, view.getUint32(at + 12, isLittle), timeUs);
    at += header + length;
  }
}

function walkPcapng(view: DataView, emit: Emit): void {
  let isLittle = true;
  let linkTypes: number[] = [];
  for (let at = 0; at + 12 <= view.byteLength; ) {
    if (view.getUint32(at) === 0x0a0d0d0a) {
      isLittle = view.getUint32(at + 8, true) === 0x1a2b3c4d;
      linkTypes = [];
    }
    const type = view.getUint32(at, isLittle);
    const length = view.getUint32(at + 4, isLittle);
    if (length < 12 || length > view.byteLength - at) return;
    if (type === 1) linkTypes.push(view.getUint16(at + 8, isLittle));
    if (type === 6 && length >= 32) {
      const captured = view.getUint32(at + 20, isLittle);
      const linkType = linkTypes[view.getUint32(at + 8, isLittle)];
      if (linkType === undefined || captured > length - 32) return;
      const timeUs = view.getUint32(at + 12, isLittle) * 2 ** 32 + view.getUint32(at + 16, isLittle);
      emit(linkType, at + 28, captured, view.getUint32(at + 24, isLittle), timeUs);
    }
    if (type === 3 && length >= 16 && linkTypes[0] !== undefined) {
      const wireLength = view.getUint32(at + 8, isLittle);
      emit(linkTypes[0], at + 12, Math.min(wireLength, length - 16), wireLength, 0);
    }
    at += length;
  }
}
