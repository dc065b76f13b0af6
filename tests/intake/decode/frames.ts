/** What the decode tests share: a Packet around bytes, and what decode made of it as plain data. */
import { Decoded, type Decoder } from '../../../src/intake/decode/index.js';
import { createPacket, type Packet } from '../../../src/model/packet.js';

export interface FrameOptions {
  linkType?: number;
  wireLength?: number;
  timeUs?: number;
  /** Bytes of the neighbours in the same buffer. */
  before?: Buffer;
  after?: Buffer;
}

/** Points a packet to a frame, as a format does. */
export function setFrame(packet: Packet, frame: Buffer, options: FrameOptions = {}): Packet {
  const before = options.before ?? Buffer.alloc(0);
  packet.bytes = Buffer.concat([before, frame, options.after ?? Buffer.alloc(0)]);
  packet.view = new DataView(packet.bytes.buffer, packet.bytes.byteOffset, packet.bytes.byteLength);
  packet.linkType = options.linkType ?? 1;
  packet.frameOffset = before.length;
  packet.frameLength = frame.length;
  packet.wireLength = options.wireLength ?? frame.length;
  packet.timeUs = options.timeUs ?? 1.7e15;
  return packet;
}

export const framePacket = (frame: Buffer, options: FrameOptions = {}): Packet =>
  setFrame(createPacket(), frame, options);

export interface Fields {
  status: Decoded;
  version: number;
  src: string;
  dst: string;
  ttl: number;
  protocol: number;
  ports: readonly [number, number];
  flags: number;
  seq: number;
  ack: number;
  payload: string;
  wire: number;
}

/** Everything decode filled, free of offsets. */
export function fieldsOf(packet: Packet, status: Decoded): Fields {
  const length = packet.ipVersion === 4 ? 4 : packet.ipVersion === 6 ? 16 : 0;
  const at = (offset: number, size: number) =>
    offset < 0 ? '' : packet.bytes.toString('hex', offset, offset + size);
  return {
    status,
    version: packet.ipVersion,
    src: at(packet.srcOffset, length),
    dst: at(packet.dstOffset, length),
    ttl: packet.ttl,
    protocol: packet.protocol,
    ports: [packet.srcPort, packet.dstPort],
    flags: packet.tcpFlags,
    seq: packet.tcpSeq,
    ack: packet.tcpAck,
    payload: at(packet.payloadOffset, packet.payloadLength),
    wire: packet.payloadWireLength,
  };
}

export function decodeFrame(decoder: Decoder, frame: Buffer, options: FrameOptions = {}): Fields {
  const packet = framePacket(frame, options);
  return fieldsOf(packet, decoder.decode(packet));
}

/** Decodes, and says what must hold of any packet whatever the frame was; `null` if all of it does. */
export function decodeFault(decoder: Decoder, packet: Packet): string | null {
  const own = packet.bytes;
  const status = decoder.decode(packet);
  if (status !== Decoded.TRANSPORT) {
    const isClear = packet.payloadLength === 0 && packet.srcPort === 0 && packet.payloadOffset === -1;
    return isClear ? null : `status ${status} with fields left`;
  }
  const isReassembled = packet.bytes !== own;
  const [start, end] = isReassembled
    ? [0, packet.bytes.length]
    : [packet.frameOffset, packet.frameOffset + packet.frameLength];
  const isWithin =
    packet.srcOffset >= start &&
    packet.dstOffset + (packet.ipVersion === 4 ? 4 : 16) <= packet.payloadOffset &&
    packet.payloadOffset + packet.payloadLength <= end;
  const isOrderly = packet.payloadLength >= 0 && packet.payloadWireLength >= packet.payloadLength;
  return isWithin && isOrderly ? null : `fields out of bounds: ${JSON.stringify(fieldsOf(packet, status))}`;
}
