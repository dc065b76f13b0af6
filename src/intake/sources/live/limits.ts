/** Bounds of live inputs; docs/inputs.md lists them. */

/** Codes of trouble that a source keeps apart. */
export const MAX_PROBLEM_CODES = 32;

/** Receive buffer that a UDP socket asks for, in bytes; the system gives at most its net.core.rmem_max. */
export const RECEIVE_BUFFER_BYTES = 32 << 20;
export const MAX_RECEIVE_BUFFER_BYTES = 1 << 30;

/** Texts of exporter addresses that are kept in canonical form. */
export const MAX_KNOWN_ADDRESSES = 4096;

/** TCP connections at once, in all and of one address. Each holds at most one unfinished message (64 KiB). */
export const MAX_CONNECTIONS = 256;
export const MAX_CONNECTIONS_PER_ADDRESS = 16;
/** A connection that says nothing for so long is closed, in seconds; `?idle=` changes it. */
export const IDLE_SECONDS = 1800;
export const MAX_IDLE_SECONDS = 604_800;

/** How often followed files are looked at, in milliseconds; `?poll=` changes it. */
export const POLL_MS = 200;
export const MAX_POLL_MS = 60_000;
/** Files that one file:// input follows; what lies beyond is counted. */
export const MAX_FOLLOWED_FILES = 16_384;
/** Folders below a followed one. */
export const MAX_FOLDER_DEPTH = 16;
/** Descriptors, and readers behind them, that one input holds open; the longest quiet are put away. */
export const MAX_OPEN_FILES = 128;
/** Ended streams that are remembered, so that they are known again under another name or compressed. */
export const MAX_REMEMBERED = 4096;
/** First bytes of a file that tell it from others. */
export const FINGERPRINT_BYTES = 1024;
/** Files beside an ended one that are looked through for the rest of it. */
export const MAX_SIBLINGS = 256;
/** Files that have not changed for FollowTiming.sleepyMs are looked at in one poll of so many. */
export const SLEEPY_POLLS = 10;

/** Longest capture filter, in characters. */
export const MAX_FILTER_LENGTH = 4096;
/** Largest packet, as in libpcap (MAXIMUM_SNAPLEN). */
export const MAX_SNAPLEN = 262_144;
/** The capture program must say that it listens, or end, within this. */
export const CAPTURE_START_MS = 10_000;
/** It must end after being asked to within this; then it is killed. */
export const CAPTURE_STOP_MS = 2000;
/** A program that ended by itself has failed, unless we are stopped within this. */
export const CAPTURE_END_GRACE_MS = 300;
/** How often tcpdump is asked for its counts. */
export const CAPTURE_COUNTS_MS = 10_000;
/** Kept of what the capture program says, in characters. */
export const MAX_CAPTURE_WORDS = 2000;

/** How long followed files are waited for, in milliseconds. */
export interface FollowTiming {
  /** A file that was replaced at its path ends when it has not grown for so long: who writes it may not know yet. */
  readonly lingerMs: number;
  /** One that was moved away and not replaced: its writer may go on for long. */
  readonly movedAwayMs: number;
  /** One that is gone from its path without having been open is given this time to show up elsewhere. */
  readonly movingMs: number;
  /** One that could not be opened is tried again after this. */
  readonly retryMs: number;
  /** One that has not changed for so long is looked at less often. */
  readonly sleepyMs: number;
  /** A compressed file is tried when it has not changed for so long; one whose content is still followed, after as long again. */
  readonly settledMs: number;
  /** A compressed file that still breaks off after so long without change is damaged, and read as far as it goes. */
  readonly stalledMs: number;
}

export const FOLLOW_TIMING: FollowTiming = {
  lingerMs: 10_000,
  movedAwayMs: 600_000,
  movingMs: 1000,
  retryMs: 10_000,
  sleepyMs: 30_000,
  settledMs: 1000,
  stalledMs: 60_000,
};
