import type { Probe } from '../inspector.js';

const QUOTE = 0x22;
const OPEN_BRACE = 0x7b;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACE = 0x7d;
const CLOSE_BRACKET = 0x5d;
const LINE_FEED = 0x0a;
/** BTCAgent frames of a session already running. */
const FRAME_MARK = 0x7f;
const FRAME_COMMANDS: ReadonlySet<number> = new Set([0x01, 0x02, 0x03, 0x04, 0x05, 0x12, 0x13]);
const FRAME_HEADER = 4;
const MAX_FRAME = 4096;
const MIN_FRAMES = 4;

/** One side that looks like JSON messages is enough; the other may be empty or binary (BTCAgent). */
export function probeDirections(toServer: Buffer, toClient: Buffer): Probe {
  const probes = [toServer, toClient].filter((bytes) => bytes.length > 0).map(probeJson);
  if (probes.includes('yes')) return 'yes';
  return probes.length > 0 && probes.every((probe) => probe === 'no') ? 'no' : 'more';
}

/**
 * Blanks, then an object with a key, or a batch of such objects; or the tail of a JSON message (the capture
 * began late) and then an object. A line that ends in anything but a closing bracket is no JSON.
 */
function probeJson(bytes: Buffer): Probe {
  let at = skipBlanks(bytes, 0);
  if (at === bytes.length) return 'more';
  if (bytes[at] === FRAME_MARK) return probeFrames(bytes, at);
  if (bytes[at] === OPEN_BRACKET) {
    at = skipBlanks(bytes, at + 1);
    if (at === bytes.length) return 'more';
    // A nested list is as good a tail as any.
    if (bytes[at] !== OPEN_BRACE) return probeTail(bytes, at);
  }
  return bytes[at] === OPEN_BRACE ? probeObject(bytes, at) : probeTail(bytes, at);
}

/** Frames `7F command length16`, end to end. */
function probeFrames(bytes: Buffer, from: number): Probe {
  let at = from;
  for (let frames = 0; frames < MIN_FRAMES; frames++) {
    if (at + FRAME_HEADER > bytes.length) return 'more';
    const length = bytes.readUInt16LE(at + 2);
    const isFrame = bytes[at] === FRAME_MARK && FRAME_COMMANDS.has(bytes[at + 1]!);
    if (!isFrame || length <= FRAME_HEADER || length > MAX_FRAME) return frames === 0 ? 'no' : 'more';
    at += length;
  }
  return 'yes';
}

function probeObject(bytes: Buffer, brace: number): Probe {
  const at = skipBlanks(bytes, brace + 1);
  if (at === bytes.length) return 'more';
  return bytes[at] === QUOTE ? 'yes' : 'no';
}

function probeTail(bytes: Buffer, from: number): Probe {
  let last = 0;
  for (let at = from; at < bytes.length; at++) {
    const byte = bytes[at]!;
    const closed = last === CLOSE_BRACE || last === CLOSE_BRACKET;
    if (byte === LINE_FEED && !closed) return 'no';
    if (isBlank(byte)) continue;
    if (byte >= 0x7f || byte < 0x20) return 'no';
    if (byte === OPEN_BRACE && closed) return probeObject(bytes, at);
    last = byte;
  }
  return 'more';
}

function skipBlanks(bytes: Buffer, from: number): number {
  let at = from;
  while (at < bytes.length && isBlank(bytes[at]!)) at++;
  return at;
}

/** Space, tab, line ends, the NUL that some clients append, and the bytes of a byte order mark. */
function isBlank(byte: number): boolean {
  if (byte === 0xef || byte === 0xbb || byte === 0xbf) return true;
  return byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d || byte === 0x00;
}
