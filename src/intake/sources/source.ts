import type { Phrase } from '../../base/phrase.js';
/** Damage met while bytes were fetched or decompressed; goes into the run summary beside the format's problems. */
export interface SourceProblem {
  /** `truncated-compression`, `damaged-compression`, `unsupported-compression` or `read-failed`. */
  readonly code: string;
  /** Offset in the decompressed bytes: all before it were handed on. */
  readonly atByte: number;
  readonly count: number;
  /** One sentence for a person. */
  readonly message: Phrase;
}

/** Where bytes come from. */
export interface Source {
  /** Path as given, or `-` for standard input. */
  readonly name: string;
  /** Bytes that chunks() will read of the underlying file (compressed size for .gz); null where not known. */
  readonly sizeBytes: number | null;
  /** Bytes read of the underlying file so far, for progress. */
  readonly bytesRead: number;
  /** What could not be read, as far as chunks() has come. */
  readonly problems: readonly SourceProblem[];
  /** Decompressed bytes, in order; once only. A chunk is reused: valid only until the next one is asked for. */
  chunks(): AsyncIterable<Buffer>;
  /** Ends chunks() at its next turn, even while it waits for a silent pipe; releases the file. */
  stop(): void;
  /** After chunks() ended: identifies the content whatever its name (see content-id.ts). */
  contentId(): string;
  /**
   * After chunks() ended: SHA-256 of the file's own bytes, lower-case hex; null where hashing was not wanted,
   * or where the file was not read to its end.
   */
  sha256(): Promise<string | null>;
}
