/**
 * One captured frame. Reused: valid only until the next frame is read. Offsets are absolute in `bytes`
 * (and in `view`, which covers the same memory); -1 says that the layer is not there.
 */
export interface Packet {
  /** Epoch microseconds; sub-microsecond digits of nanosecond captures are dropped. */
  timeUs: number;
  /** Always a Buffer, never a plain Uint8Array: hot functions stay monomorphic. */
  bytes: Buffer;
  view: DataView;
  /** LINKTYPE_ value (tcpdump.org/linktypes.html). */
  linkType: number;
  frameOffset: number;
  /** Captured bytes. The frame ends, exclusively, at frameOffset + frameLength. */
  frameLength: number;
  /** Bytes on the wire; larger than frameLength where the snap length cut the frame. */
  wireLength: number;

  /** `bytes` is a datagram put together from fragments: the frame itself is no longer there. */
  isReassembled: boolean;

  // Filled by decode. After tunnels: the innermost IP header.
  /** 4, 6, or 0 where no IP header was found. */
  ipVersion: number;
  /** Offset of the source address: 4 bytes for IPv4, 16 for IPv6; the destination follows directly in both. */
  srcOffset: number;
  dstOffset: number;
  ttl: number;
  /** IP protocol number: 6 TCP, 17 UDP. */
  protocol: number;
  srcPort: number;
  dstPort: number;
  /** TCP header bits as on the wire: FIN 1, SYN 2, RST 4, PSH 8, ACK 16. 0 for UDP. */
  tcpFlags: number;
  /** Unsigned 32-bit. */
  tcpSeq: number;
  tcpAck: number;
  payloadOffset: number;
  /** Captured payload bytes. */
  payloadLength: number;
  /** Payload bytes on the wire, by the IP and UDP lengths: more than payloadLength where the frame was cut. */
  payloadWireLength: number;
}

export function createPacket(): Packet {
  const bytes = Buffer.alloc(0);
  return {
    timeUs: 0,
    bytes,
    view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    linkType: 0,
    frameOffset: 0,
    frameLength: 0,
    wireLength: 0,
    isReassembled: false,
    ipVersion: 0,
    srcOffset: -1,
    dstOffset: -1,
    ttl: 0,
    protocol: 0,
    srcPort: 0,
    dstPort: 0,
    tcpFlags: 0,
    tcpSeq: 0,
    tcpAck: 0,
    payloadOffset: -1,
    payloadLength: 0,
    payloadWireLength: 0,
  };
}
