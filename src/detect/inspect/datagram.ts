import { formatIpv4, formatIpv6 } from '../../base/ip.js';
import type { Endpoint } from '../../model/flow.js';
import type { Packet } from '../../model/packet.js';

/** One end of a packet as text: its address lies at `offset`. */
export function endpointAt(packet: Packet, offset: number, port: number): Endpoint {
  const ip =
    packet.ipVersion === 4 ? formatIpv4(packet.bytes.readUInt32BE(offset)) : formatIpv6(packet.bytes, offset);
  return { ip, port };
}
