import type { KeptFrame } from './evidence-log.js';
import type { Direction, Endpoint, OrientedBy, Origin } from './flow.js';
import type { TcpStack } from './machines.js';

/** One conversation whose bytes are being read. `client`, `server` may be swapped once, by content (see orient). */
export interface Session {
  readonly protocol: number;
  client: Endpoint;
  server: Endpoint;
  orientedBy: OrientedBy;
  readonly startUs: number;
  endUs: number;
  readonly origin: Origin;
  /** The conversation's end will be told anyway: an address of it was of interest when it began (FlowHooks.opened). */
  readonly watched: boolean;
  /** Both directions carried payload so far. */
  bothDirections: boolean;
  /** Marks of the client's TCP packets so far; absent or null where the session was not read from packets. */
  readonly clientStack?: TcpStack | null;
  /** Keeps frames of the session as they were captured; absent or null where it was not read from frames. */
  readonly frames?: FrameKeeper | null;
}

/** The raw frames of one session, for an excerpt that can be shown. Bounded. */
export interface FrameKeeper {
  /** From now on the last few frames are at hand, the one that is being read among them. Costs a copy of each frame. */
  start(): void;
  /** What is at hand belongs to the excerpt; `note` says what the frame that is being read shows. */
  keep(note: string): void;
  /** The excerpt so far, in the order of capture. */
  readonly kept: readonly KeptFrame[];
}

/**
 * Reads the two byte streams of a session, in order. Implementations must bound what they keep.
 * `bytes` is only valid during the call. Direction is by the session's orientation at that moment.
 */
export interface StreamReader {
  /** Returns false to stop reading this session; its buffers are then freed. */
  feed(direction: Direction, bytes: Buffer, timeUs: number): boolean;
  /** This many bytes are missing at this point of the stream (loss, snap length, start in the middle). */
  gap(direction: Direction, byteCount: number, timeUs: number): void;
  /** What was read so far is about to be saved: tell it now if it can be told (live inputs); reading goes on. */
  tell?(): void;
  /** The session ended or was evicted, or input ended. Called once, whether or not feed returned false. */
  end(timeUs: number): void;
}
