import type { SourceProblem } from '../source.js';

/**
 * Live inputs: sources that bring bytes for months. A source knows sockets, files and processes, and nothing of what the
 * bytes mean; whoever takes them is the LiveSink. Everything is handed on synchronously: bytes are valid during the call.
 */

/** What a live source is, by its URL. */
export type LiveKind = 'udp' | 'tcp' | 'file' | 'stdin' | 'interface';

/** Which exports a socket expects; `any` recognises the format datagram by datagram. */
export type ExportKind = 'any' | 'netflow' | 'ipfix' | 'sflow';

/** Takes what live sources bring. */
export interface LiveSink {
  /**
   * One datagram of a collector's socket, or one whole message of an IPFIX stream (`isStream`), from `exporter` (its
   * canonical address). The bytes lie in bytes[offset, offset + length); `timeUs` is when they came.
   */
  message(
    source: LiveSource,
    exporter: string,
    bytes: Buffer,
    offset: number,
    length: number,
    timeUs: number,
    isStream: boolean,
  ): void;
  /** A byte stream begins: a followed file (each rotation of it), standard input, a capture. */
  open(source: LiveSource, stream: StreamInfo): StreamSink;
}

export interface StreamInfo {
  /** Path, `-` or the interface. */
  readonly name: string;
  /**
   * Names the content over restarts and renames (device, inode and a fingerprint of the first bytes); null where it
   * cannot be read again.
   */
  readonly id: string | null;
  /** Compressed files are handed on decompressed, and only once they are whole. */
  readonly isCompressed: boolean;
}

/** Takes one byte stream. */
export interface StreamSink {
  chunk(bytes: Buffer): void;
  /** No more will come: rotated away, deleted, cut short (`truncated`), or the source stopped. */
  end(problems: readonly SourceProblem[]): void;
}

/** How far a stream was read when the state was last saved: what resume() is asked with. */
export interface StreamPosition {
  readonly id: string;
  readonly name: string;
  /** Bytes of the (decompressed) stream that became whole records. */
  readonly bytes: number;
}

/** What a source tells of itself, for health and metrics; all counts only grow. */
export interface LiveFigures {
  readonly bytes: number;
  /** Datagrams, messages or chunks. */
  readonly pieces: number;
  /** Lost before they reached us, as far as the system tells (kernel drops, dumpcap's or tcpdump's own count). */
  readonly dropped: number;
  /** Bytes that are there and not read yet (followed files); 0 for others. */
  readonly lagBytes: number;
  readonly problems: readonly SourceProblem[];
}

export interface LiveSource {
  readonly kind: LiveKind;
  /** The URL as given. */
  readonly url: string;
  /** Where it listens or what it reads, once started: `udp 0.0.0.0:2055`, a glob, an interface. */
  readonly where: string;
  /**
   * Binds, opens, starts; rejects with a RigwatchError (port taken, no such interface …) in one clear line. `known`:
   * streams read before a restart; a source skips what they cover, and forgets those that are gone.
   */
  start(sink: LiveSink, known: readonly StreamPosition[]): Promise<void>;
  /** Stops taking in; resolves once nothing more will be handed on. */
  stop(): Promise<void>;
  /** Settles when the source has ended by itself (stdin at its end, a capture that died: rejects). */
  readonly ended: Promise<void>;
  figures(): LiveFigures;
}
