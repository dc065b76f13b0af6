import { createPacket, type Packet } from '../../model/packet.js';
import { ADDRESS_A, type FlowStore, IPV6, META, PORTS, ROW_WORDS, TCP } from './flow-store.js';

/** A packet that has only what a row of the table remembers: addresses, ports, protocol, time. Reused. */
export class EndsProbe {
  /** Of the same hidden class as packets with a frame: who is asked about both stays fast. */
  readonly #packet = createPacket();

  constructor() {
    const packet = this.#packet;
    packet.bytes = Buffer.alloc(32);
    packet.view = new DataView(packet.bytes.buffer, packet.bytes.byteOffset, packet.bytes.byteLength);
    packet.srcOffset = 0;
    packet.dstOffset = 16;
  }

  of(store: FlowStore, id: number): Packet {
    const packet = this.#packet;
    const row = id * ROW_WORDS;
    const meta = store.words[row + META]!;
    const isIpv6 = (meta & IPV6) !== 0;
    for (let side = 0; side < 2; side++) {
      const address = store.words[row + ADDRESS_A + side]!;
      if (isIpv6) store.addresses.write(address, packet.view, side * 16);
      else packet.view.setInt32(side * 16, address);
    }
    const ports = store.words[row + PORTS]!;
    packet.ipVersion = isIpv6 ? 6 : 4;
    packet.protocol = meta & TCP ? 6 : 17;
    packet.srcPort = ports >>> 16;
    packet.dstPort = ports & 0xffff;
    packet.timeUs = store.lastUs(id);
    return packet;
  }
}
