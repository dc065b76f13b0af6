import { constants, inflateRawSync } from 'node:zlib';
import type { Direction } from '../../../model/flow.js';
import type { StreamReader } from '../../../model/session.js';
import { mayInflateToJson } from '../deflated-json.js';
import type { Inspector, InspectorContext, Probe } from '../inspector.js';
import { opposite } from '../run.js';
import { FrameStream, firstFrame, MAX_MESSAGE } from './websocket-frames.js';

const OPEN_BRACE = 0x7b;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACE = 0x7d;
const CLOSE_BRACKET = 0x5d;
const LINE_FEED = 0x0a;

/** LZ77 window that permessage-deflate keeps from message to message (RFC 7692 §7.1). */
const WINDOW = 32 * 1024;
/** What the sender cuts from each deflated message (RFC 7692 §7.2.1). */
const TAIL = Buffer.from([0x00, 0x00, 0xff, 0xff]);

/** WebSocket frames (RFC 6455): behind an HTTP upgrade, or recognised by a JSON message in a session already running. */
export const websocket: Inspector = {
  name: 'websocket',
  keepsFrames: true,
  probe(toServer, toClient, hints): Probe {
    if (hints.marks.has('upgrade')) return 'yes';
    // Clients mask, servers do not; but sides may be guessed wrongly, so either form can come from either side.
    if (isJsonFrame(toServer) || isJsonFrame(toClient)) return 'yes';
    return couldBeFrame(toServer) || couldBeFrame(toClient) ? 'more' : 'no';
  },
  start(context) {
    context.hints.marks.delete('upgrade');
    return new WebSocketReader(context);
  },
};

/** Text or binary, whole or the first of several fragments, deflated or not. */
const FIRST_BYTES: ReadonlySet<number> = new Set([0x81, 0x82, 0x01, 0x02, 0xc1, 0xc2, 0x41, 0x42]);

function couldBeFrame(bytes: Buffer): boolean {
  return FIRST_BYTES.has(bytes[0] ?? 0);
}

function isJsonFrame(bytes: Buffer): boolean {
  if (!couldBeFrame(bytes)) return false;
  const first = firstFrame(bytes);
  if (first === null) return false;
  if (!(first.compressed ? first.isWhole && mayInflateToJson(first.begin) : beginsJson(first.begin)))
    return false;
  const text = first.compressed ? inflateAlone(first.text()) : first.text();
  if (text === null || !beginsJson(text)) return false;
  // The end may be in the next fragment, or in the next message of a tunnel.
  if (text[1] === (text[0] === OPEN_BRACE ? 0x22 : OPEN_BRACE)) return true;
  if (!first.isWhole) return false;
  const close = text.toString('latin1').trimEnd().at(-1);
  return close === (text[0] === OPEN_BRACE ? '}' : ']');
}

function beginsJson(text: Buffer): boolean {
  return text[0] === OPEN_BRACE || text[0] === OPEN_BRACKET;
}

/** Ends as a line or a value does. */
function closes(text: Buffer): boolean {
  const last = text.at(-1);
  return last === LINE_FEED || last === CLOSE_BRACE || last === CLOSE_BRACKET;
}

/** A deflated message that refers to none before it; null: it does, or it is none. */
function inflateAlone(deflated: Buffer): Buffer | null {
  try {
    const options = { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: MAX_MESSAGE };
    return inflateRawSync(Buffer.concat([deflated, TAIL]), options);
  } catch {
    return null;
  }
}

class WebSocketReader implements StreamReader {
  readonly #context: InspectorContext;
  readonly #inner: StreamReader;
  readonly #frames: Record<Direction, FrameStream>;
  /** Last bytes of what was inflated; null once a message is missing, when the rest cannot be inflated either. */
  readonly #windows: Record<Direction, Buffer | null> = {
    'to-server': Buffer.alloc(0),
    'to-client': Buffer.alloc(0),
  };
  /** A value has begun in a message and goes on in the next. */
  readonly #isOpen: Record<Direction, boolean> = { 'to-server': false, 'to-client': false };
  #started = false;
  #timeUs = 0;

  constructor(context: InspectorContext) {
    this.#context = context;
    this.#inner = context.unwrap('websocket');
    this.#frames = { 'to-server': this.#stream('to-server'), 'to-client': this.#stream('to-client') };
  }

  feed(direction: Direction, bytes: Buffer, timeUs: number): boolean {
    let from = direction;
    this.#timeUs = timeUs;
    if (!this.#started) {
      this.#started = true;
      // Clients mask, servers do not (RFC 6455 §5.1). Behind an upgrade the sides are known and this does nothing.
      const first = firstFrame(bytes);
      if (first !== null && first.masked !== (from === 'to-server') && this.#context.swapSides()) {
        from = opposite(from);
      }
    }
    return this.#frames[from].feed(bytes, timeUs);
  }

  gap(direction: Direction, byteCount: number): void {
    this.#frames[direction].gap(byteCount);
  }

  tell(): void {
    this.#inner.tell?.();
  }

  end(timeUs: number): void {
    this.#inner.end(timeUs);
  }

  #stream(direction: Direction): FrameStream {
    return new FrameStream({
      message: (bytes, compressed, timeUs) => this.#message(direction, bytes, compressed, timeUs),
      skipped: (reason) => {
        this.#windows[direction] = null;
        if (this.#isOpen[direction]) this.#inner.gap(direction, 0, this.#timeUs);
        this.#isOpen[direction] = false;
        this.#context.counters.add(`websocket.message-${reason}`);
      },
    });
  }

  #message(direction: Direction, bytes: Buffer, compressed: boolean, timeUs: number): boolean {
    const text = compressed ? this.#inflate(direction, bytes) : bytes;
    if (text === null) return true;
    // A tunnel of bytes cuts its messages anywhere: what began as JSON is no whole line before it closes.
    const isOpen = (this.#isOpen[direction] || beginsJson(text)) && !closes(text);
    this.#isOpen[direction] = isOpen;
    return this.#inner.feed(direction, isOpen ? text : Buffer.concat([text, LINE_END]), timeUs);
  }

  /** Without context takeover the window is not referred to, so it does no harm to offer it always. */
  #inflate(direction: Direction, bytes: Buffer): Buffer | null {
    const window = this.#windows[direction];
    if (window !== null) {
      try {
        const text = inflateRawSync(Buffer.concat([bytes, TAIL]), {
          finishFlush: constants.Z_SYNC_FLUSH,
          maxOutputLength: MAX_MESSAGE,
          ...(window.length === 0 ? {} : { dictionary: window }),
        });
        this.#windows[direction] = Buffer.concat([window, text]).subarray(-WINDOW);
        return text;
      } catch {
        this.#windows[direction] = null;
      }
    }
    this.#context.counters.add('websocket.not-inflated');
    return null;
  }
}

const LINE_END = Buffer.from('\n');
