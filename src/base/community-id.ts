import { createHash } from 'node:crypto';
import ipaddr from 'ipaddr.js';

const TCP = 6;
const UDP = 17;
const SCTP = 132;

export interface FlowEnd {
  /** Canonical text. */
  readonly ip: string;
  readonly port: number;
}

/**
 * Community ID v1 of a flow of TCP, UDP or SCTP, the same whichever way round (Corelight, community-id-spec). Null
 * where an end is no address, the families differ, or the protocol has no ports.
 */
export function communityId(a: FlowEnd, b: FlowEnd, protocol: number, seed = 0): string | null {
  if (protocol !== TCP && protocol !== UDP && protocol !== SCTP) return null;
  if (!ipaddr.isValid(a.ip) || !ipaddr.isValid(b.ip)) return null;
  const [ours, theirs] = [bytesOf(a), bytesOf(b)];
  if (ours.address.length !== theirs.address.length) return null;
  const [low, high] = Buffer.compare(ours.whole, theirs.whole) <= 0 ? [ours, theirs] : [theirs, ours];
  const hash = createHash('sha1')
    .update(word(seed))
    .update(low.address)
    .update(high.address)
    .update(Buffer.of(protocol, 0))
    .update(low.port)
    .update(high.port);
  return `1:${hash.digest('base64')}`;
}

function bytesOf({ ip, port }: FlowEnd) {
  const address = Buffer.from(ipaddr.parse(ip).toByteArray());
  const ends = word(port);
  return { address, port: ends, whole: Buffer.concat([address, ends]) };
}

function word(value: number): Buffer {
  return Buffer.of((value >> 8) & 255, value & 255);
}
