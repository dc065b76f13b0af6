import { type Direction, sessionKey } from '../../../model/flow.js';
import { NO_MACHINES } from '../../../model/machines.js';
import {
  NO_ROLES,
  type Quote,
  type RoleCounts,
  type ShareSum,
  type StratumObservation,
} from '../../../model/observation.js';
import type { StreamReader } from '../../../model/session.js';
import { ByteQueue } from '../byte-queue.js';
import { framesOf } from '../frames.js';
import { noteAgent, noteHost, noteLogin } from '../hints.js';
import type { Inspector, InspectorContext, Probe } from '../inspector.js';
import {
  FRAME_HEADER,
  type Frame,
  readFrame,
  readOpenChannel,
  readSetupConnection,
} from './stratum-v2-frames.js';

const SETUP_CONNECTION = 0x00;
const OPEN_STANDARD = 0x10;
const OPEN_STANDARD_SUCCESS = 0x11;
const OPEN_EXTENDED = 0x13;
const OPEN_EXTENDED_SUCCESS = 0x14;
const NEW_JOB = 0x15;
const UPDATE_CHANNEL = 0x16;
const SUBMIT_STANDARD = 0x1a;
const SUBMIT_EXTENDED = 0x1b;
const SUBMIT_SUCCESS = 0x1c;
const NEW_EXTENDED_JOB = 0x1f;
const SET_TARGET = 0x21;

const MINING_PROTOCOL = 0;
/** Well-formed frames in a row that make up for a beginning that was not captured. */
const FRAMES_TO_RECOGNISE = 3;
/** Jobs that shares are looked up in; a pool takes shares for the last few. */
const MAX_JOBS = 256;
const MAX_WORKERS = 64;
/** Channels with shares that are told apart. */
const MAX_CHANNELS = 4096;
const MAX_DIFFICULTIES = 32;
const MAX_QUOTES = 12;
const MAX_QUOTED_BYTES = 96;
/** A session that goes on is told of in parts of this length. */
const PART_US = 300 * 1e6;
/** Target of difficulty 1: 0xffff * 2^208. */
const DIFFICULTY_1 = 0xffff * 2 ** 208;

type Roles = { -readonly [Role in keyof RoleCounts]: number };

/** Stratum V2 in clear, as allowed inside one network (sv2-spec 03, 04 §4.2, 05). */
export const stratumV2: Inspector = {
  name: 'stratum-v2',
  keepsFrames: true,
  probe(toServer, toClient): Probe {
    const [sent, received] = [scan(toServer, 'to-server'), scan(toClient, 'to-client')];
    if (sent === 'bad' || received === 'bad') return 'no';
    return sent + received >= FRAMES_TO_RECOGNISE ? 'yes' : 'more';
  },
  start: (context) => new StratumV2Reader(context),
};

/** Known frames at the beginning; a whole SetupConnection for mining is worth as much as three. */
function scan(bytes: Buffer, direction: Direction): number | 'bad' {
  let count = 0;
  for (let at = 0; at < bytes.length; ) {
    const frame = readFrame(bytes, at, direction);
    if (frame === 'more') break;
    if (frame === 'bad' || frame.known === null) return 'bad';
    const end = at + FRAME_HEADER + frame.payload;
    if (end > bytes.length) break;
    if (frame.type === SETUP_CONNECTION) {
      const setup = readSetupConnection(bytes.subarray(at + FRAME_HEADER, end));
      if (setup === null || setup.protocol !== MINING_PROTOCOL) return 'bad';
      count += FRAMES_TO_RECOGNISE;
    } else count++;
    at = end;
  }
  return count;
}

class StratumV2Reader implements StreamReader {
  readonly #context: InspectorContext;
  readonly #waiting = { 'to-server': new ByteQueue(), 'to-client': new ByteQueue() };
  readonly #isLost = { 'to-server': false, 'to-client': false };
  readonly #soFar: Roles = { ...NO_ROLES };
  readonly #jobs = new Set<number>();
  readonly #workers: string[] = [];
  /** Those that submitted shares: an end device has one of its own (sv2-spec 05), a proxy one for each device behind it. */
  readonly #channels = new Set<number>();
  #part = 0;
  #partStartUs = -1;
  #roles: Roles = { ...NO_ROLES };
  #quotes: Quote[] = [];
  #shares = new Map<number | null, { submitted: number; accepted: number; rejected: number }>();
  #difficulty: number | null = null;
  #reportedHps: number | null = null;
  #lastUs = 0;

  constructor(context: InspectorContext) {
    this.#context = context;
  }

  feed(direction: Direction, bytes: Buffer, timeUs: number): boolean {
    if (this.#partStartUs < 0) this.#partStartUs = timeUs;
    if (timeUs - this.#partStartUs > PART_US) this.#tell(timeUs);
    if (this.#isLost[direction]) {
      const frame = readFrame(bytes, 0, direction);
      if (typeof frame === 'string' || frame.known === null) return true;
      this.#isLost[direction] = false;
    }
    const queue = this.#waiting[direction];
    const joined = queue.join(bytes);
    let at = 0;
    for (;;) {
      const frame = readFrame(joined, at, direction);
      if (frame === 'bad') return false;
      if (frame === 'more' || joined.length - at < FRAME_HEADER + frame.payload) break;
      const end = at + FRAME_HEADER + frame.payload;
      this.#lastUs = timeUs;
      this.#frame(direction, frame, joined.subarray(at, end), timeUs);
      at = end;
    }
    queue.used(at);
    return true;
  }

  gap(direction: Direction): void {
    this.#waiting[direction].clear();
    this.#isLost[direction] = true;
  }

  end(): void {
    this.#tell(this.#lastUs);
  }

  #frame(direction: Direction, frame: Frame, bytes: Buffer, timeUs: number): void {
    const payload = bytes.subarray(FRAME_HEADER);
    const count = this.#read(frame.type, payload);
    const role = frame.known?.role ?? null;
    if (role === null || count === 0) return;
    if (role === 'shareAccepted' || role === 'shareRejected') {
      this.#sum()[role === 'shareAccepted' ? 'accepted' : 'rejected'] += count;
    }
    if (this.#soFar[role] === 0) this.#context.session.frames?.keep(`stratum-v2 ${role}`);
    if (this.#soFar[role] === 0 && this.#quotes.length < MAX_QUOTES) {
      const text = `${frame.known?.name} ${bytes.toString('hex', 0, MAX_QUOTED_BYTES)}`;
      this.#quotes.push({ timeUs, direction, role, text });
    }
    this.#count(role, count);
  }

  /** Notes what the message tells. How often its role counts: 0 where its fields make no sense. */
  #read(type: number, payload: Buffer): number {
    const { hints } = this.#context;
    switch (type) {
      case SETUP_CONNECTION: {
        const setup = readSetupConnection(payload);
        if (setup === null) return 0;
        if (setup.host !== '') noteHost(hints, setup.host, setup.port === 0 ? null : setup.port);
        noteAgent(
          hints,
          [setup.vendor, setup.hardware, setup.firmware].filter((text) => text !== '').join(' '),
        );
        return 1;
      }
      case OPEN_STANDARD:
      case OPEN_EXTENDED: {
        const channel = readOpenChannel(payload);
        if (channel === null) return 0;
        noteLogin(hints, channel.user);
        const worker = channel.user.slice(channel.user.indexOf('.') + 1);
        const isNew = channel.user.includes('.') && worker !== '' && !this.#workers.includes(worker);
        if (isNew && this.#workers.length < MAX_WORKERS) this.#workers.push(worker);
        this.#reportedHps = channel.hps;
        return 1;
      }
      case UPDATE_CHANNEL: {
        const hps = payload.readFloatLE(4);
        if (Number.isFinite(hps) && hps > 0) this.#reportedHps = hps;
        return 1;
      }
      case OPEN_STANDARD_SUCCESS:
      case OPEN_EXTENDED_SUCCESS:
        this.#difficulty = difficultyOf(payload, 8);
        return 1;
      case SET_TARGET:
        this.#difficulty = difficultyOf(payload, 4);
        return 1;
      case NEW_JOB:
      case NEW_EXTENDED_JOB:
        this.#noteJob(payload.readUInt32LE(4));
        return 1;
      case SUBMIT_STANDARD:
      case SUBMIT_EXTENDED:
        this.#sum().submitted++;
        if (this.#channels.size < MAX_CHANNELS) this.#channels.add(payload.readUInt32LE(0));
        if (this.#jobs.has(payload.readUInt32LE(8))) this.#count('shareLinked', 1);
        return 1;
      case SUBMIT_SUCCESS: {
        // One message may accept several shares; never more than were seen, but one at least (one-sided captures).
        const open = this.#soFar.share - this.#soFar.shareAccepted - this.#soFar.shareRejected;
        return Math.max(1, Math.min(payload.readUInt32LE(8), open));
      }
      default:
        return 1;
    }
  }

  #count(role: keyof RoleCounts, count: number): void {
    this.#roles[role] += count;
    this.#soFar[role] += count;
  }

  #noteJob(job: number): void {
    if (this.#jobs.size >= MAX_JOBS) {
      const [oldest] = this.#jobs;
      if (oldest !== undefined) this.#jobs.delete(oldest);
    }
    this.#jobs.add(job);
  }

  /** Shares at the present difficulty. */
  #sum(): { submitted: number; accepted: number; rejected: number } {
    const known = this.#shares.get(this.#difficulty);
    if (known !== undefined) return known;
    const sum = { submitted: 0, accepted: 0, rejected: 0 };
    if (this.#shares.size < MAX_DIFFICULTIES) this.#shares.set(this.#difficulty, sum);
    return sum;
  }

  #tell(endUs: number): void {
    if (Object.values(this.#roles).every((count) => count === 0)) return;
    const { session, hints } = this.#context;
    const shares: ShareSum[] = [...this.#shares].map(([difficulty, sum]) => ({ difficulty, ...sum }));
    const observation: StratumObservation = {
      kind: 'stratum',
      timeUs: this.#partStartUs,
      client: session.client,
      server: session.server,
      origin: session.origin,
      session: sessionKey(session.client, session.server, session.startUs),
      part: this.#part,
      startUs: this.#partStartUs,
      endUs,
      orientedBy: session.orientedBy,
      dialect: 'stratum-v2',
      wrappers: [...hints.wrappers],
      roles: { ...this.#roles },
      rolesSoFar: { ...this.#soFar },
      bothDirections: session.bothDirections,
      logins: [...hints.logins],
      workers: [...this.#workers],
      agents: [...hints.agents],
      options: [],
      algorithms: ['sha256d'],
      coins: [{ ticker: 'BTC', basis: 'handshake', confidence: 0.9 }],
      namedHosts: [...hints.namedHosts],
      shares,
      reportedHps: this.#reportedHps,
      quotes: this.#quotes,
      ...(this.#channels.size > 1 || hints.inner.length > 0
        ? { machines: { ...NO_MACHINES, devices: this.#channels.size, inner: [...hints.inner] } }
        : {}),
      ...framesOf(session),
    };
    this.#context.emit(observation);
    this.#part++;
    this.#partStartUs = endUs;
    this.#roles = { ...NO_ROLES };
    this.#quotes = [];
    this.#shares = new Map();
  }
}

/** Difficulty of a 256-bit little-endian target; `null` for one that no share could miss. */
function difficultyOf(payload: Buffer, at: number): number | null {
  let target = 0;
  for (let index = 31; index >= 0; index--) target = target * 256 + (payload[at + index] ?? 0);
  return target > 0 ? DIFFICULTY_1 / target : null;
}
