import type { KeptFrame } from '../../model/evidence-log.js';
import type { Packet } from '../../model/packet.js';
import type { FrameKeeper } from '../../model/session.js';

/** Frames at hand: a message and what came just before it, both ways. */
const MAX_RECENT = 8;
/** Frames and bytes of the excerpt of one session. */
export const MAX_KEPT_FRAMES = 32;
export const MAX_KEPT_BYTES = 12_288;
/** Of one frame; jobs of a pool are shorter, offloaded segments are not. */
const MAX_FRAME_BYTES = 2048;

/** What did not fit into excerpts. */
export interface FrameTally {
  /** Frames left out: the excerpt was full, or the frame was put together from fragments. */
  framesLeftOut: number;
  /** Frames of which only the beginning was kept. */
  framesCut: number;
}

/**
 * The last few frames of a session, and those of them that are worth keeping. Nothing is copied before start(): nearly
 * all sessions never ask for it.
 */
export class FrameRing implements FrameKeeper {
  readonly kept: KeptFrame[] = [];
  readonly #tally: FrameTally;
  #recent: KeptFrame[] = [];
  #keptBytes = 0;
  #isStarted = false;
  /** Being read now; it changes with the next frame. */
  #packet: Packet | null = null;

  constructor(tally: FrameTally) {
    this.#tally = tally;
  }

  /** To be called around the reading of each frame of the session; null: none is being read. */
  reading(packet: Packet | null): void {
    this.#packet = packet;
    if (this.#isStarted && packet !== null) this.#add(packet);
  }

  start(): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    if (this.#packet !== null) this.#add(this.#packet);
  }

  keep(note: string): void {
    const last = this.#recent.at(-1) ?? this.kept.at(-1);
    for (const frame of this.#recent) this.#keep(frame === last ? noted(frame, note) : frame);
    // Several messages may come in one frame.
    if (this.#recent.length === 0 && last !== undefined && this.#packet?.timeUs === last.timeUs)
      this.kept[this.kept.length - 1] = noted(last, note);
    this.#recent = [];
  }

  /** Nothing more will come. */
  release(): void {
    this.#recent = [];
    this.#isStarted = false;
    this.#packet = null;
  }

  #add(packet: Packet): void {
    if (packet.isReassembled) {
      this.#tally.framesLeftOut++;
      return;
    }
    const { frameOffset, frameLength, timeUs, linkType, wireLength } = packet;
    const length = Math.min(frameLength, MAX_FRAME_BYTES);
    const bytes = Buffer.from(packet.bytes.subarray(frameOffset, frameOffset + length));
    this.#recent.push({ timeUs, linkType, wireLength, bytes, note: '' });
    if (this.#recent.length > MAX_RECENT) this.#recent.shift();
  }

  #keep(frame: KeptFrame): void {
    if (this.kept.length >= MAX_KEPT_FRAMES || this.#keptBytes + frame.bytes.length > MAX_KEPT_BYTES) {
      this.#tally.framesLeftOut++;
      return;
    }
    if (frame.bytes.length < frame.wireLength) this.#tally.framesCut++;
    this.#keptBytes += frame.bytes.length;
    this.kept.push(frame);
  }
}

function noted(frame: KeptFrame, note: string): KeptFrame {
  return { ...frame, note: frame.note === '' ? note : `${frame.note}, ${note}` };
}
