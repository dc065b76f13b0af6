/** Where bytes come from. */
export interface Source {
  /** Path as given, or `-` for standard input. */
  readonly name: string;
  /** Bytes that chunks() will read of the underlying file (compressed size for .gz); null where not known. */
  readonly sizeBytes: number | null;
  /** Bytes read of the underlying file so far, for progress. */
  readonly bytesRead: number;
  /** Decompressed bytes, in order. A chunk is reused: valid only until the next one is asked for. */
  chunks(): AsyncIterable<Buffer>;
  /** After chunks() ended: identifies the content whatever its name (see content-id.ts). */
  contentId(): string;
  /** After chunks() ended: SHA-256 of the file's own bytes, lower-case hex; null where hashing was not wanted. */
  sha256(): Promise<string | null>;
}
