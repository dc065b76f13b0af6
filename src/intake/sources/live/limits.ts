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
/** A file that is gone from its path without having been open is given this time to show up elsewhere. */
export const MOVING_MS = 1000;
/** Descriptors, and readers behind them, that one input holds open; the longest quiet are put away. */
export const MAX_OPEN_FILES = 128;
/** Ended streams that are remembered, so that they are known again under another name or compressed. */
export const MAX_REMEMBERED = 4096;
/** First bytes of a file that tell it from others. */
export const FINGERPRINT_BYTES = 1024;
/** A file that was replaced at its path ends when it has not grown for so long: who writes it may not know yet. */
export const LINGER_MS = 10_000;
/** One that was moved away and not replaced: its writer may go on for long. */
export const MOVED_AWAY_MS = 600_000;
/** Files beside an ended one that are looked through for the rest of it. */
export const MAX_SIBLINGS = 256;
/** A file that could not be opened is tried again after this. */
export const RETRY_MS = 10_000;
/** Files that have not changed for so long are looked at every SLEEPY_POLLS polls only. */
export const SLEEPY_MS = 60_000;
export const SLEEPY_POLLS = 10;
/** A compressed file whose content is still followed is looked at again after this. */
export const COPY_RETRY_MS = 1000;
/** A compressed file is tried when it has not changed for so long. */
export const SETTLED_MS = 1000;
/** One that still breaks off after so long without change is damaged, and read as far as it goes. */
export const STALLED_MS = 60_000;

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
