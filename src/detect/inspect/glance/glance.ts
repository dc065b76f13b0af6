import { Glance, type NameGlance } from '../../../model/glance.js';
import type { Packet } from '../../../model/packet.js';
import { createHints, type Inspector } from '../inspector.js';
import { dismissesHello } from './glance-hello.js';
import { dismissesRequest } from './glance-request.js';

const NOTHING = Buffer.alloc(0);
const NO_HINTS = createHints();

/**
 * A look at the first payload of a TCP conversation, in its place: nearly all of real traffic is TLS and web requests
 * to hosts that no rule names, or binary data that begins with `{` by chance. Says the same as a session with these
 * inspectors would have come to, or `READ`; tests/detect/inspect/glance.test.ts holds the two against each other.
 */
export function glanceAt(
  packet: Packet,
  isWatched: boolean,
  mayInterest: NameGlance,
  inspectors: readonly Inspector[],
): Glance {
  if (isWatched) return Glance.READ;
  const { bytes, payloadOffset: start } = packet;
  const end = start + packet.payloadLength;
  const isCut = packet.payloadLength < packet.payloadWireLength;
  switch (bytes[start]) {
    case 0x16:
      return dismissesHello(bytes, start, end, isCut, mayInterest) ? Glance.DISMISS_CLIENT : Glance.READ;
    case 0x47: // GET
    case 0x48: // HEAD
      return dismissesRequest(bytes, start, end, isCut, mayInterest) ? Glance.DISMISS_CLIENT : Glance.READ;
    default:
      return isUnclaimed(bytes.subarray(start, end), inspectors) ? Glance.DISMISS : Glance.READ;
  }
}

/** No inspector wants it, whichever side it came from. */
function isUnclaimed(payload: Buffer, inspectors: readonly Inspector[]): boolean {
  return inspectors.every(
    (inspector) =>
      inspector.probe(payload, NOTHING, NO_HINTS) === 'no' &&
      inspector.probe(NOTHING, payload, NO_HINTS) === 'no',
  );
}
