import type { Phrase } from '../../../base/phrase.js';
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
   * One datagram of a collector's socket, or one whole message of an IPFIX stream (`isStream`), from `exporter`: its
   * canonical address; `ADDRESS#2` … where an address holds several TCP connections at once, because each has templates
   * of its own (RFC 7011 §8). The bytes lie in bytes[offset, offset + length); `timeUs` is when they came.
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
  /** The TCP connection of `exporter` is over, and with it what was announced on it: templates (RFC 7011 §8). */
  disconnected(exporter: string): void;
  /** A byte stream begins: a followed file (each rotation of it), standard input, a capture. */
  open(source: LiveSource, stream: StreamInfo): StreamSink;
}

export interface StreamInfo {
  /** Path, `-` or the interface. */
  readonly name: string;
  /** Names the stream over restarts, renames and compression; opaque. Null where it cannot be read again. */
  readonly id: string | null;
  /** Compressed files are handed on decompressed, and only once they are whole. */
  readonly isCompressed: boolean;
  /** Bytes of the stream that became whole records before (StreamPosition.bytes); 0 for one never read. */
  readonly resumeAt: number;
  /**
   * The first bytes of a stream that is resumed, at most HEAD_BYTES and never more than `resumeAt`: enough to know the
   * format, and for a reader to learn what stands only there (Zeek's `#fields`, the header of a pcap file). Empty where
   * `resumeAt` is 0.
   */
  readonly head: Buffer;
}

/** Most that StreamInfo.head holds; more than any format asks for to be recognised. */
export const HEAD_BYTES = 65_536;

/**
 * Takes one byte stream.
 *
 * Resuming: a sink that understands the rest of a stream by its head alone (line formats, pcap) sets `from` to
 * `resumeAt` and lets its reader see the head first, muted. One that needs all before it (templates of an IPFIX file,
 * interfaces of a pcapng section) sets `from` to 0 and tells nothing of what lies before `resumeAt`. A stream may end with
 * `isFinal` false and be opened again within one run: quiet files of a large folder are put away like that.
 */
export interface StreamSink {
  /** Offset in the stream of the first byte that the sink wants: `resumeAt`, or less. Read once, after open(). */
  readonly from: number;
  /**
   * Bytes, from the very start of the stream, that became whole records; never inside a record. Read whenever
   * positions() is asked for, and after end().
   */
  readonly position: number;
  chunk(bytes: Buffer): void;
  /**
   * No more will come. `isFinal`: ever (rotated away, deleted, standard input at its end), so that a last record without
   * its line end counts and `position` is all there was. Not final: the source stops, puts the stream away, or its file
   * was cut short (`file-cut-short`) and a copy may hold the rest; an unfinished record is forgotten, and comes again
   * from `position` on if the stream is opened again.
   */
  end(isFinal: boolean, problems: readonly SourceProblem[]): void;
}

/** How far a stream was read. Saved with the facts in one transaction, and handed to start() after a restart. */
export interface StreamPosition {
  /** Unique among the positions of a source. */
  readonly id: string;
  /** Path by which it was known last. */
  readonly name: string;
  /** Bytes of the (decompressed) stream that became whole records. */
  readonly bytes: number;
  /** Device, inode, and length and hash of the first bytes; opaque. Grows with a young file: save what positions() says. */
  readonly fingerprint: string;
}

/** What a socket was given to hold datagrams that wait, in bytes. Less than `asked`: the system's limit. */
export interface ReceiveBuffer {
  readonly asked: number;
  readonly granted: number;
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
  /** Of a UDP socket; null for others. */
  readonly receiveBuffer: ReceiveBuffer | null;
  /** TCP connections, or followed files that are open now. */
  readonly open: number;
  /** One entry a code, counted; the message names the first that was met. */
  readonly problems: readonly SourceProblem[];
}

export interface LiveSource {
  readonly kind: LiveKind;
  /** The URL as given. */
  readonly url: string;
  /** Where it listens or what it reads, once started: `udp 0.0.0.0:2055`, a glob, an interface. */
  readonly where: Phrase;
  /**
   * Binds, opens, starts; rejects with a RigwatchError (port taken, no such interface …) in one clear line. `known`:
   * what positions() gave when the state was last saved; a source skips what they cover, and forgets those that are gone.
   */
  start(sink: LiveSink, known: readonly StreamPosition[]): Promise<void>;
  /**
   * Everything that must be saved with the facts: streams that are open, and those ended whose content may come again
   * under another name (rotated, compressed). Positions saved before that are no longer told can be deleted.
   */
  positions(): readonly StreamPosition[];
  /** Stops taking in; resolves once nothing more will be handed on. */
  stop(): Promise<void>;
  /** Settles when the source has ended by itself (stdin at its end, a capture that died: rejects). */
  readonly ended: Promise<void>;
  figures(): LiveFigures;
}
