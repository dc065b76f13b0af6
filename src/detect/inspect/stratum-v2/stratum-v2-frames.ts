import { printableBytes } from '../../../base/text.js';
import type { Direction } from '../../../model/flow.js';
import type { RoleCounts } from '../../../model/observation.js';

/**
 * Frames of Stratum V2 in clear (sv2-spec 03, 05): extension u16 (top bit: channel message), type u8, length u24,
 * all little-endian. Only the mining protocol and the common messages are known; others are passed over.
 */
export const FRAME_HEADER = 6;
/** Templates with a coinbase are under 4 KiB; anything longer is not what we look for. */
const MAX_FRAME = 64 * 1024;

export interface FrameType {
  readonly name: string;
  readonly sentBy: Direction;
  /** Whether the message belongs to a channel (bit 15 of the extension field). */
  readonly channel: boolean;
  /** Least and greatest payload length. */
  readonly lengths: readonly [number, number];
  readonly role: keyof RoleCounts | null;
}

const SERVER = 'to-client';
const CLIENT = 'to-server';

function type(
  name: string,
  sentBy: Direction,
  channel: boolean,
  lengths: readonly [number, number],
  role: keyof RoleCounts | null,
): FrameType {
  return { name, sentBy, channel, lengths, role };
}

/** STR0_255 takes up to 256 bytes, B0_32 up to 33. */
const FRAME_TYPES: ReadonlyMap<number, FrameType> = new Map([
  [0x00, type('SetupConnection', CLIENT, false, [16, 16 + 5 * 255], 'hello')],
  [0x01, type('SetupConnection.Success', SERVER, false, [6, 6], 'loginAccepted')],
  [0x02, type('SetupConnection.Error', SERVER, false, [5, 5 + 255], 'loginRejected')],
  [0x10, type('OpenStandardMiningChannel', CLIENT, false, [41, 41 + 255], 'login')],
  [0x11, type('OpenStandardMiningChannel.Success', SERVER, false, [45, 45 + 32], 'loginAccepted')],
  [0x12, type('OpenMiningChannel.Error', SERVER, false, [5, 5 + 255], 'loginRejected')],
  [0x13, type('OpenExtendedMiningChannel', CLIENT, false, [43, 43 + 255], 'login')],
  [0x14, type('OpenExtendedMiningChannel.Success', SERVER, false, [43, 51 + 32], 'loginAccepted')],
  [0x15, type('NewMiningJob', SERVER, true, [45, 49], 'job')],
  [0x16, type('UpdateChannel', CLIENT, true, [40, 40], 'liveness')],
  [0x1a, type('SubmitSharesStandard', CLIENT, true, [24, 24], 'share')],
  [0x1b, type('SubmitSharesExtended', CLIENT, true, [25, 25 + 32], 'share')],
  [0x1c, type('SubmitShares.Success', SERVER, true, [20, 20], 'shareAccepted')],
  [0x1d, type('SubmitShares.Error', SERVER, true, [9, 9 + 255], 'shareRejected')],
  [0x1f, type('NewExtendedMiningJob', SERVER, true, [18, MAX_FRAME], 'job')],
  [0x20, type('SetNewPrevHash', SERVER, true, [48, 48], null)],
  [0x21, type('SetTarget', SERVER, true, [36, 36], 'target')],
  [0x25, type('SetGroupChannel', SERVER, false, [8, 8 + 4 * 1024], null)],
]);

export interface Frame {
  readonly type: number;
  readonly payload: number;
  readonly known: FrameType | null;
}

/** Header at `at`. `bad`: a known type with a length, side or channel bit it cannot have, or an unlikely frame. */
export function readFrame(bytes: Buffer, at: number, direction: Direction): Frame | 'more' | 'bad' {
  if (bytes.length - at < FRAME_HEADER) return 'more';
  const extension = bytes.readUInt16LE(at);
  const code = bytes[at + 2] ?? 0;
  const payload = bytes.readUIntLE(at + 3, 3);
  const number = extension & 0x7fff;
  if (payload > MAX_FRAME || number > 0x00ff || code > 0x7f) return 'bad';
  const known = number === 0 ? (FRAME_TYPES.get(code) ?? null) : null;
  if (known === null) return { type: code, payload, known };
  const [least, most] = known.lengths;
  const fits = payload >= least && payload <= most && direction === known.sentBy;
  return fits && extension >= 0x8000 === known.channel ? { type: code, payload, known } : 'bad';
}

export interface SetupConnection {
  /** 0 mining, 1 job declaration, 2 template distribution. */
  readonly protocol: number;
  readonly host: string;
  readonly port: number;
  readonly vendor: string;
  readonly hardware: string;
  readonly firmware: string;
  readonly device: string;
}

/** Payload of SetupConnection; `null` where the strings do not fill it exactly. */
export function readSetupConnection(payload: Buffer): SetupConnection | null {
  if (payload.length < 16) return null;
  const protocol = payload[0] ?? 9;
  const [least, most] = [payload.readUInt16LE(1), payload.readUInt16LE(3)];
  if (protocol > 2 || least < 2 || most < least || most > 16) return null;
  const texts = new TextReader(payload, 9);
  const host = texts.next();
  const portAt = texts.at;
  texts.at += 2;
  const [vendor, hardware, firmware, device] = [texts.next(), texts.next(), texts.next(), texts.next()];
  if (host === null || vendor === null || hardware === null || firmware === null || device === null)
    return null;
  if (texts.at !== payload.length) return null;
  return { protocol, host, port: payload.readUInt16LE(portAt), vendor, hardware, firmware, device };
}

/** `user_identity` and `nominal_hash_rate` (H/s) of a request for a channel. */
export function readOpenChannel(
  payload: Buffer,
): { readonly user: string; readonly hps: number | null } | null {
  const texts = new TextReader(payload, 4);
  const user = texts.next();
  if (user === null || texts.at + 4 > payload.length) return null;
  const hps = payload.readFloatLE(texts.at);
  return { user, hps: Number.isFinite(hps) && hps > 0 ? hps : null };
}

/** Strings of one length byte each (STR0_255). */
class TextReader {
  readonly #payload: Buffer;
  at: number;

  constructor(payload: Buffer, at: number) {
    this.#payload = payload;
    this.at = at;
  }

  /** Printable; `null` where it runs over the end. */
  next(): string | null {
    const length = this.#payload[this.at];
    if (length === undefined || this.at + 1 + length > this.#payload.length) return null;
    const text = printableBytes(this.#payload.subarray(this.at + 1, this.at + 1 + length));
    this.at += 1 + length;
    return text;
  }
}
