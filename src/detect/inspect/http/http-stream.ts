import { ByteQueue } from '../byte-queue.js';
import { type BodyFraming, type HttpHead, MAX_HEAD, parseHead, probeStartLine } from './http-head.js';

/** Longest chunk-size line or trailer that is waited for. */
const MAX_CHUNK_LINE = 1024;

/** Chunks of one message; whoever sends more than these has something else in mind than a body of 64 KiB. */
const MAX_CHUNKS = 16_384;
/** An unfinished head whose first bytes are no start line is given up; so far into it one looks. */
const START_LINE_PROBED = 4096;

/** What happens after a head: a body of this framing, or bytes that are not HTTP any more. */
export type AfterHead = BodyFraming | { readonly kind: 'tunnel' } | { readonly kind: 'stop' };

export interface HttpEvents {
  head(head: HttpHead, timeUs: number): AfterHead;
  body(bytes: Buffer): void;
  /** The message is over. `isWhole`: no byte of its body is missing. False: stop reading. */
  done(isWhole: boolean, timeUs: number): boolean;
  /** Bytes behind a head that opened a tunnel. */
  tunnel(bytes: Buffer, timeUs: number): boolean;
}

type State =
  | 'head'
  | 'length'
  | 'until-close'
  | 'chunk-size'
  | 'chunk'
  | 'chunk-end'
  | 'trailer'
  | 'tunnel'
  | 'lost'
  | 'stopped';

/** Cuts the bytes of one direction of an HTTP/1.x connection into messages, in pieces of any size. */
export class HttpStream {
  readonly #wanted: 'request' | 'answer';
  readonly #events: HttpEvents;
  readonly #queue = new ByteQueue();
  #state: State = 'head';
  /** Bytes still to come of a body or a chunk. */
  #left = 0;
  #chunks = 0;
  #isWhole = true;
  /** Where the search for the head's end goes on. */
  #searched = 0;

  constructor(wanted: 'request' | 'answer', events: HttpEvents) {
    this.#wanted = wanted;
    this.#events = events;
  }

  /** False: stop reading this connection. */
  feed(bytes: Buffer, timeUs: number): boolean {
    if (this.#state === 'tunnel') return this.#events.tunnel(bytes, timeUs);
    if (this.#state === 'lost') {
      // Segments mostly begin where messages begin: the only place to start again.
      if (probeStartLine(bytes, this.#wanted) === 'no') return true;
      this.#state = 'head';
    }
    const joined = this.#queue.join(bytes);
    let at = 0;
    for (;;) {
      const used = this.#step(joined, at, timeUs);
      if (used < 0) break;
      at += used;
      if (this.#isStopped()) return false;
    }
    if (this.#isStopped()) return false;
    if (this.#isLost()) this.#queue.clear();
    else this.#queue.used(at);
    return true;
  }

  /** Bytes are missing here. A body of known length survives it; else the next start line is waited for. */
  gap(byteCount: number, timeUs: number): void {
    if (this.#state === 'tunnel' || this.#state === 'stopped') return;
    this.#isWhole = false;
    if (this.#state === 'until-close') return;
    if ((this.#state === 'length' || this.#state === 'chunk') && byteCount <= this.#left) {
      this.#left -= byteCount;
      if (this.#left > 0) return;
      if (this.#state === 'length') this.#stopUnless(this.#finish(timeUs));
      else this.#state = 'chunk-end';
      return;
    }
    this.#queue.clear();
    this.#searched = 0;
    if (this.#state === 'head' || this.#state === 'lost') this.#state = 'lost';
    else this.#lose(timeUs);
  }

  /** The stream ended: a body that runs until the close is complete. */
  end(timeUs: number): void {
    if (this.#state === 'until-close') this.#finish(timeUs);
  }

  /** The tunnel did not come about: HTTP goes on. */
  resume(): void {
    this.#state = 'head';
  }

  #isStopped(): boolean {
    return this.#state === 'stopped';
  }

  #isLost(): boolean {
    return this.#state === 'lost';
  }

  /** Bytes used from `at` on; -1 where more are needed (or nothing is left to do). */
  #step(bytes: Buffer, at: number, timeUs: number): number {
    const rest = bytes.length - at;
    switch (this.#state) {
      case 'head':
        return this.#head(bytes, at, timeUs);
      case 'length':
      case 'chunk':
      case 'until-close': {
        if (rest === 0) return -1;
        const count = this.#state === 'until-close' ? rest : Math.min(rest, this.#left);
        if (count > 0) this.#events.body(bytes.subarray(at, at + count));
        this.#left -= count;
        if (this.#state === 'length' && this.#left === 0) this.#stopUnless(this.#finish(timeUs));
        else if (this.#state === 'chunk' && this.#left === 0) this.#state = 'chunk-end';
        return count;
      }
      case 'chunk-size':
      case 'chunk-end':
      case 'trailer':
        return this.#chunkLine(bytes, at, timeUs);
      case 'tunnel':
        if (rest === 0) return -1;
        this.#stopUnless(this.#events.tunnel(bytes.subarray(at), timeUs));
        return rest;
      case 'lost':
      case 'stopped':
        return -1;
    }
  }

  #head(bytes: Buffer, at: number, timeUs: number): number {
    // Blank lines before a start line are skipped (RFC 9112 §2.2).
    let from = at;
    while (bytes[from] === 0x0d || bytes[from] === 0x0a) from++;
    if (from > at) {
      this.#searched = 0;
      return from - at;
    }
    const end = headEnd(bytes, at, at + Math.max(0, this.#searched - 3));
    if (end < 0) {
      const isNew = this.#searched < START_LINE_PROBED;
      this.#searched = bytes.length - at;
      if (this.#searched === 0) return -1;
      const head = bytes.subarray(at, at + START_LINE_PROBED);
      if (this.#searched > MAX_HEAD || (isNew && probeStartLine(head, this.#wanted) === 'no'))
        this.#state = 'lost';
      return -1;
    }
    this.#searched = 0;
    const head = end - at > MAX_HEAD ? null : parseHead(bytes.toString('latin1', at, end));
    if (head === null || (head.method === null) !== (this.#wanted === 'answer')) {
      this.#state = 'lost';
      return -1;
    }
    this.#isWhole = true;
    this.#enter(this.#events.head(head, timeUs), timeUs);
    return end - at;
  }

  #enter(after: AfterHead, timeUs: number): void {
    switch (after.kind) {
      case 'none':
        this.#stopUnless(this.#finish(timeUs));
        break;
      case 'length':
        this.#left = after.length;
        this.#state = 'length';
        if (after.length === 0) this.#stopUnless(this.#finish(timeUs));
        break;
      case 'chunked':
        this.#state = 'chunk-size';
        this.#chunks = 0;
        break;
      case 'until-close':
      case 'tunnel':
        this.#state = after.kind;
        break;
      case 'stop':
        this.#state = 'stopped';
        break;
    }
  }

  #chunkLine(bytes: Buffer, at: number, timeUs: number): number {
    const end = bytes.indexOf(0x0a, at);
    if (end < 0 || end - at > MAX_CHUNK_LINE) {
      if (bytes.length - at > MAX_CHUNK_LINE) this.#lose(timeUs);
      return -1;
    }
    const line = bytes.toString('latin1', at, end).trim();
    if (this.#state === 'chunk-end') {
      if (line === '') this.#state = 'chunk-size';
      else this.#lose(timeUs);
    } else if (this.#state === 'trailer') {
      if (line === '') this.#stopUnless(this.#finish(timeUs));
    } else {
      if (++this.#chunks > MAX_CHUNKS) {
        this.#state = 'stopped';
        return end + 1 - at;
      }
      const size = /^([0-9a-f]{1,8})\s*(;.*)?$/i.exec(line);
      if (size === null) this.#lose(timeUs);
      else {
        this.#left = Number.parseInt(size[1] ?? '0', 16);
        this.#state = this.#left === 0 ? 'trailer' : 'chunk';
      }
    }
    return end + 1 - at;
  }

  #lose(timeUs: number): void {
    this.#isWhole = false;
    this.#stopUnless(this.#finish(timeUs));
    if (!this.#isStopped()) this.#state = 'lost';
  }

  #finish(timeUs: number): boolean {
    this.#state = 'head';
    return this.#events.done(this.#isWhole, timeUs);
  }

  #stopUnless(wanted: boolean): void {
    if (!wanted) this.#state = 'stopped';
  }
}

/** End of the head, blank line included; -1 where it has not come. */
function headEnd(bytes: Buffer, at: number, from: number): number {
  for (let end = bytes.indexOf(0x0a, from); end >= 0; end = bytes.indexOf(0x0a, end + 1)) {
    if (end > at && bytes[end - 1] === 0x0a) return end + 1;
    if (end > at + 1 && bytes[end - 1] === 0x0d && bytes[end - 2] === 0x0a) return end + 1;
  }
  return -1;
}
