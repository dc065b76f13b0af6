import type { Packet } from '../../model/packet.js';
import { FragmentTable } from './fragments.js';
import { Tally } from './tally.js';

/** Where the walk over one frame stands. One object for all frames; offsets are absolute in packet.bytes. */
export interface Walk {
  /** First byte of the layer to be read. */
  at: number;
  /** End of this layer's captured bytes, exclusive. Never beyond the frame. */
  end: number;
  /** Where this layer ended on the wire: beyond `end` where the snap length cut the frame. */
  wireEnd: number;
  /** The link type last looked up: of the frame, or named inside a capture header such as PPI. */
  linkType: number;
  readonly tally: Tally;
  readonly fragments: FragmentTable;
  /** The UDP datagram that was taken for a tunnel, to fall back on; `at` is -1 where there is none. */
  readonly outer: OuterUdp;
  /** The frame's memory while the packet points to a reassembled datagram. */
  borrowed: BorrowedFrame | null;
}

export interface BorrowedFrame {
  readonly bytes: Buffer;
  readonly view: DataView;
  /** What packet.bytes was set to instead. */
  readonly datagram: Buffer;
}

export interface OuterUdp {
  at: number;
  end: number;
  wireEnd: number;
  ipVersion: number;
  srcOffset: number;
  dstOffset: number;
  ttl: number;
}

/**
 * Reads one header at `walk.at`, moves `walk` past it and says what comes next: a Layer, or an Outcome.
 * Reads nothing at or beyond `walk.end`.
 */
export type Step = (packet: Packet, walk: Walk) => number;

export function createWalk(): Walk {
  const tally = new Tally();
  return {
    at: 0,
    end: 0,
    wireEnd: 0,
    linkType: 0,
    tally,
    fragments: new FragmentTable(tally),
    outer: { at: -1, end: 0, wireEnd: 0, ipVersion: 0, srcOffset: 0, dstOffset: 0, ttl: 0 },
    borrowed: null,
  };
}
