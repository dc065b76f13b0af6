/** The evidence log: one line of canonical JSON (RFC 8785) an entry, each naming the hash of the one before, each signed. */

export const ENTRY_SCHEMA = 'rigwatch.evidence/1';
export const PACKAGE_SCHEMA = 'rigwatch.evidence-package/1';
export const ANCHOR_SCHEMA = 'rigwatch.evidence-anchor/1';

/** `previous` of the first entry. */
export const NO_HASH = '0'.repeat(64);

/**
 * `start`: a log begins. `verdict`: what was concluded of an address. `repair`: a write was torn, and what of it stood
 * there was cut off. `break`: the log is not as the database knew it: entries are missing or are others. `segment`: the log
 * goes on in a new file.
 */
export type EntryKind = 'start' | 'verdict' | 'repair' | 'break' | 'segment';

/** What an entry says, before it gets its place in the chain. */
export interface EntryContent {
  readonly kind: EntryKind;
  /** UTC ISO 8601, by the clock of the machine that wrote it. */
  readonly time: string;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Entry extends EntryContent {
  readonly schema: typeof ENTRY_SCHEMA;
  /** Random name of the log, from its first entry. */
  readonly log: string;
  /** From 1, without a gap. */
  readonly seq: number;
  /** `hash` of the entry before; NO_HASH in the first. */
  readonly previous: string;
  /** SHA-256 of the canonical JSON of the entry without `hash` and `signature`, lower-case hex. */
  readonly hash: string;
  /** Ed25519 (RFC 8032) over the same bytes, base64. */
  readonly signature: string;
}

/** How far a log goes: enough to tell whether it was cut or changed up to there. */
export interface LogHead {
  readonly log: string;
  readonly seq: number;
  readonly hash: string;
}

/** A head with the key it was signed with, kept outside. */
export interface Anchor extends LogHead {
  readonly schema: typeof ANCHOR_SCHEMA;
  readonly time: string;
  /** SHA-256 of the public key (SubjectPublicKeyInfo, DER), lower-case hex. */
  readonly key: string;
  /** PEM. */
  readonly public_key: string;
  /** Ed25519 over the canonical JSON of the anchor without it, base64. */
  readonly signature: string;
}

/** One captured frame, copied; `bytes` may be cut short of what was captured. */
export interface KeptFrame {
  readonly timeUs: number;
  /** LINKTYPE_ value. */
  readonly linkType: number;
  readonly wireLength: number;
  readonly bytes: Buffer;
  /** What the frame shows: roles of the protocol, `login` …; empty where it only belongs to the rest. */
  readonly note: string;
}

/** The decisive frames of one session as a capture of their own. */
export interface PacketExcerpt {
  readonly session: string;
  /** Rules that gave the session weight. */
  readonly rules: readonly string[];
  /** Weight of the heaviest of them, bans. */
  readonly weight: number;
  readonly firstUs: number;
  readonly lastUs: number;
  readonly frames: number;
  /** A whole pcapng file. */
  readonly pcapng: Buffer;
}

/** An excerpt and whose session it is. */
export interface SuspectExcerpt extends PacketExcerpt {
  readonly ip: string;
}
