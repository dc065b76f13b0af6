import type { Direction } from '../../../model/flow.js';
import { sessionKey } from '../../../model/flow.js';
import type { NodeObservation } from '../../../model/observation.js';
import type { StreamReader } from '../../../model/session.js';
import type { InspectorContext } from '../inspector.js';
import { recogniseFrame } from './btcagent.js';
import { contraryProtocol } from './contrary.js';
import type { Dialect } from './dialect.js';
import { type CutValue, JsonStream } from './json-stream.js';
import { type CutMessage, type Message, toMessage, toMessages } from './message.js';
import { isWorthTelling, nodeProtocolOf, toObservation } from './observe.js';
import { pathLogin, withoutQuery } from './path.js';
import { SessionState } from './session-state.js';
import { asFields } from './shapes.js';

/** A long session is told in parts of this length, seconds of its own time. */
export const PART_SECONDS = 600;
/** A session whose nature is not clear yet is told no earlier than this, seconds after it began. */
const UNCLEAR_SECONDS = 60;
/** JSON messages in a row without any role before the session is left. */
const MAX_SILENT = 16;
/** The same while a request that may be a login still waits for its answer. */
const MAX_SILENT_HELD = 64;
/** Bytes that are not JSON before the session is left. */
const MAX_JUNK_BYTES = 8192;

const GREETING = /^(?:mining\.(?:configure|subscribe|authorize|hello)|login|eth_submitLogin|eth_login)$/;
/** Well-formed binary frames before they count where no JSON was seen; the first of them do not. */
const MIN_FRAMES = 4;

/** Reads one session to its end, or until it is clearly something else. */
export class StratumReader implements StreamReader {
  readonly #context: InspectorContext;
  readonly #state: SessionState;
  readonly #overHttp: boolean;
  readonly #streams: Record<Direction, Side>;
  #partStartUs: number;
  #timeUs: number;
  #partIndex = 0;
  #silent = 0;
  #frames = 0;
  #stopped = false;
  /** Heard from its first byte, and nothing missed since. */
  #isWhole: boolean;

  constructor(context: InspectorContext, dialects: readonly Dialect[]) {
    this.#context = context;
    const wrapper = context.hints.wrappers.at(-1);
    this.#overHttp = wrapper === 'http';
    this.#state = new SessionState(
      dialects.filter((dialect) => dialect.carrier === (this.#overHttp ? 'http' : 'stream')),
    );
    const byLine = this.#overHttp || wrapper === 'websocket';
    this.#streams = {
      'to-server': this.#side('to-server', byLine),
      'to-client': this.#side('to-client', byLine),
    };
    this.#partStartUs = context.session.startUs;
    this.#timeUs = context.session.startUs;
    // By HTTP each call may have its own connection.
    this.#isWhole = !this.#overHttp && context.session.orientedBy === 'handshake';
  }

  feed(direction: Direction, bytes: Buffer, timeUs: number): boolean {
    if (this.#stopped) return false;
    this.#timeUs = Math.max(this.#timeUs, timeUs);
    if (this.#timeUs - this.#partStartUs >= PART_SECONDS * 1e6) this.#tell(timeUs);
    this.#streams[direction].stream.feed(bytes);
    if (!this.#state.anyCounted && this.#isElsewhere()) this.#stopped = true;
    return !this.#stopped;
  }

  gap(direction: Direction, _byteCount: number, timeUs: number): void {
    if (this.#stopped) return;
    this.#timeUs = Math.max(this.#timeUs, timeUs);
    this.#isWhole = false;
    this.#streams[direction].stream.gap();
  }

  /** Not before it is clear what the session is: what comes may yet refute it. */
  tell(): void {
    if (this.#stopped) return;
    const { shareLinked, loginAccepted, job } = this.#state.soFar;
    const isClear = shareLinked > 0 || (loginAccepted > 0 && job > 0) || this.#partIndex > 0;
    if (isClear || this.#timeUs - this.#partStartUs >= UNCLEAR_SECONDS * 1e6) this.#tell(this.#timeUs);
  }

  end(timeUs: number): void {
    if (this.#stopped) return;
    this.#timeUs = Math.max(this.#timeUs, timeUs);
    for (const { stream } of Object.values(this.#streams)) stream.end();
    if (this.#stopped) return;
    this.#stopped = true;
    this.#state.end();
    if (!this.#tell(this.#timeUs) && this.#partIndex === 0) {
      const protocol = nodeProtocolOf(this.#state);
      if (protocol !== null) this.#tellNode(protocol);
    }
  }

  #side(direction: Direction, byLine: boolean): Side {
    const side: Side = {
      direction,
      stream: new JsonStream(
        {
          value: (parsed, text, partial, cut) => this.#readValue(side, parsed, text, partial, cut),
          frame: (bytes) => this.#readFrame(side, bytes),
        },
        this.#context.counters,
        byLine,
      ),
    };
    return side;
  }

  #readValue(side: Side, parsed: unknown, text: string, partial: boolean, cut: CutValue | null): void {
    if (this.#stopped) return;
    const messages = toMessages(parsed, text, partial);
    const beginning = cut === null ? null : cutMessage(cut, text);
    if (partial) this.#isWhole = false;
    if (messages.length === 0) this.#silent++;
    for (const message of messages) {
      const protocol = this.#state.soFar.shareLinked > 0 ? null : contraryProtocol(message);
      if (protocol !== null) {
        this.#context.counters.add('stratum.contrary');
        this.#tellNode(protocol);
        this.#stopped = true;
        return;
      }
      let effect = this.#state.read(message, side.direction, this.#timeUs, beginning);
      if (effect === 'wrong-side' && this.#swap(message)) {
        effect = this.#state.read(message, side.direction, this.#timeUs, beginning);
      }
      this.#openedByPath();
      this.#keepFrames();
      if (effect === 'wrong-side') this.#context.counters.add('stratum.wrong-side');
      if (effect === 'counted' || effect === 'held') this.#silent = 0;
      else this.#silent++;
      if (partial && effect === 'counted') this.#context.counters.add('stratum.cut-counted');
    }
  }

  /** Once, at the first job. */
  #openedByPath(): void {
    const { soFar, dialect } = this.#state;
    if (soFar.job !== 1 || soFar.login > 0 || dialect === null) return;
    const login = pathLogin(dialect.name, this.#context.hints);
    if (login !== null) this.#state.opened(login, withoutQuery(this.#context.hints.path ?? ''), this.#timeUs);
  }

  #readFrame(side: Side, frame: Buffer): void {
    const fact = this.#stopped ? null : recogniseFrame(frame);
    if (fact === null) {
      this.#silent++;
    } else if (++this.#frames >= MIN_FRAMES || this.#state.anyCounted) {
      this.#state.readFact(fact, null, side.direction, this.#timeUs);
      if (side.direction === 'to-server') this.#state.machines.frame(frame);
      this.#keepFrames();
    }
  }

  /** Each first message of a role is worth its frames. */
  #keepFrames(): void {
    const { newRoles, dialect } = this.#state;
    if (newRoles.length === 0) return;
    this.#context.session.frames?.keep(`${dialect?.name ?? ''} ${newRoles.join(' ')}`);
    newRoles.length = 0;
  }

  /** The first message with a role came from the side taken for the other. */
  #swap(message: Message): boolean {
    if (this.#state.sidesAreKnown || this.#state.anyHeld) return false;
    if (!this.#context.swapSides()) return false;
    // A greeting alone tells too little to call the other side the client: it may be quoted.
    this.#state.swapped(GREETING.test(message.method ?? ''));
    const { 'to-server': left, 'to-client': right } = this.#streams;
    left.direction = 'to-client';
    right.direction = 'to-server';
    this.#streams['to-server'] = right;
    this.#streams['to-client'] = left;
    return true;
  }

  #isElsewhere(): boolean {
    const junk = this.#streams['to-server'].stream.junkBytes + this.#streams['to-client'].stream.junkBytes;
    if (junk <= MAX_JUNK_BYTES && this.#silent < MAX_SILENT) return false;
    if (this.#state.anyHeld && this.#silent < MAX_SILENT_HELD && junk <= MAX_JUNK_BYTES) return false;
    this.#context.counters.add('stratum.left');
    return true;
  }

  /** False where there is nothing to tell yet. */
  #tell(endUs: number): boolean {
    if (this.#isWhole && this.#state.isUnprompted) return false;
    if (!isWorthTelling(this.#state, this.#context.hints, this.#overHttp)) return false;
    this.#context.emit(
      toObservation(this.#state, this.#context, {
        index: this.#partIndex++,
        startUs: this.#partStartUs,
        endUs,
      }),
    );
    this.#state.nextPart();
    this.#partStartUs = endUs;
    return true;
  }

  #tellNode(protocol: string): void {
    const { session } = this.#context;
    const node: NodeObservation = {
      kind: 'node',
      timeUs: this.#timeUs,
      client: session.client,
      server: session.server,
      origin: session.origin,
      session: sessionKey(session.client, session.server, session.startUs),
      protocol,
      coin: protocol === 'monero-rpc' ? 'XMR' : null,
    };
    this.#context.emit(node);
  }
}

/** Batches are cut nowhere but in old captures of nodes: they are read as far as they are complete. */
function cutMessage({ parsed, endsInText }: CutValue, text: string): CutMessage | null {
  const root = asFields(parsed);
  return root === null ? null : { message: toMessage(root, text, true), endsInText };
}

/** One stream and the direction it has now. */
interface Side {
  direction: Direction;
  readonly stream: JsonStream;
}
