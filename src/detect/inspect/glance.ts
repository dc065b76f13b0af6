import { Glance, type NameGlance } from '../../model/glance.js';
import type { Packet } from '../../model/packet.js';
import { dismissesHello } from './glance-hello.js';
import { dismissesRequest } from './glance-request.js';

/**
 * A look at the first payload of a TCP conversation, in its place: nearly all of real traffic is TLS and web requests
 * to hosts that no rule names. Says the same as a session with the inspectors `tls` or `http` would have come to, or
 * `READ`; tests/detect/inspect/glance.test.ts holds the two against each other.
 */
export function glanceAt(packet: Packet, isWatched: boolean, mayInterest: NameGlance): Glance {
  if (isWatched) return Glance.READ;
  const { bytes, payloadOffset: start } = packet;
  const end = start + packet.payloadLength;
  switch (bytes[start]) {
    case 0x16:
      return dismissesHello(bytes, start, end, mayInterest) ? Glance.DISMISS_CLIENT : Glance.READ;
    case 0x47: // GET
    case 0x48: // HEAD
      return dismissesRequest(bytes, start, end, mayInterest) ? Glance.DISMISS_CLIENT : Glance.READ;
    default:
      return Glance.READ;
  }
}
