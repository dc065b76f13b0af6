/** Feeds sessions straight to the runner, without packets. */
import { Counters } from '../../../src/base/counters.js';
import type { Inspector } from '../../../src/detect/inspect/inspector.js';
import { inspect, type Runner } from '../../../src/detect/inspect/run.js';
import type { Direction, OrientedBy } from '../../../src/model/flow.js';
import type { Observation } from '../../../src/model/observation.js';
import type { Session, StreamReader } from '../../../src/model/session.js';
import type { Message } from '../../support/frames.js';
import { randomFrom } from '../../support/random.js';

export interface Run {
  readonly runner: Runner;
  readonly session: Session;
  readonly reader: StreamReader;
  readonly observations: Observation[];
}

export function startRun(
  inspectors: readonly Inspector[],
  options: {
    orientedBy?: OrientedBy;
    serverPort?: number;
    watched?: boolean;
    wantsName?: (name: string) => boolean;
  } = {},
): Run {
  const observations: Observation[] = [];
  const runner: Runner = {
    inspectors,
    counters: new Counters(),
    chosen: [],
    sessions: 0,
    unclaimed: 0,
    emit: (observation) => observations.push(observation),
    wantsName: options.wantsName ?? (() => true),
  };
  const session: Session = {
    protocol: 6,
    client: { ip: '10.0.0.1', port: 49152 },
    server: { ip: '198.51.100.7', port: options.serverPort ?? 3333 },
    orientedBy: options.orientedBy ?? 'handshake',
    startUs: 1.7e15,
    endUs: 1.7e15,
    origin: { source: 'test', format: 'test', record: 1 },
    watched: options.watched ?? false,
    bothDirections: false,
  };
  return { runner, session, reader: inspect(runner, session), observations };
}

/** Feeds until the reader has had enough; direction as the flow table would say it after a swap. */
export function feedAll(run: Run, messages: readonly Message[]): boolean {
  const client = run.session.client;
  const seen = new Set<Direction>();
  let wanted = true;
  let timeUs = run.session.startUs;
  for (const { direction, atSeconds, bytes } of messages) {
    timeUs = run.session.startUs + Math.round(atSeconds * 1e6);
    run.session.endUs = timeUs;
    seen.add(direction);
    run.session.bothDirections = seen.size === 2;
    const isSwapped = run.session.client !== client;
    const from = isSwapped ? (direction === 'to-server' ? 'to-client' : 'to-server') : direction;
    // Each piece in memory of its own, overwritten after the call: readers must not keep it.
    const lent = Buffer.from(bytes);
    if (wanted) wanted = run.reader.feed(from, lent, timeUs);
    lent.fill(0xee);
  }
  run.reader.end(timeUs);
  return wanted;
}

export function observe(
  inspectors: readonly Inspector[],
  messages: readonly Message[],
  options: { orientedBy?: OrientedBy; serverPort?: number } = {},
): Observation[] {
  const run = startRun(inspectors, options);
  feedAll(run, messages);
  return run.observations;
}

export function toServer(bytes: string | Buffer, atSeconds = 0): Message {
  return { direction: 'to-server', atSeconds, bytes: Buffer.from(bytes as string, 'latin1') };
}

export function toClient(bytes: string | Buffer, atSeconds = 0): Message {
  return { direction: 'to-client', atSeconds, bytes: Buffer.from(bytes as string, 'latin1') };
}

/** The same streams in smaller pieces, cut where the seed says; 1 to `most` bytes each. */
export function split(messages: readonly Message[], seed: number, most: number): Message[] {
  const random = randomFrom(seed);
  return messages.flatMap((message) => {
    const out: Message[] = [];
    for (let at = 0; at < message.bytes.length; ) {
      const length = 1 + Math.floor(random() * most);
      out.push({ ...message, bytes: message.bytes.subarray(at, at + length) });
      at += length;
    }
    return out;
  });
}

/** Messages of one direction that follow each other become one. */
export function joined(messages: readonly Message[]): Message[] {
  const out: Message[] = [];
  for (const message of messages) {
    const last = out.at(-1);
    if (last?.direction === message.direction) last.bytes = Buffer.concat([last.bytes, message.bytes]);
    else out.push({ ...message });
  }
  return out;
}

/** What must not depend on how the streams were cut. */
export function withoutTimes(observations: readonly Observation[]): unknown {
  return JSON.parse(
    JSON.stringify(observations, (key, value) => (/Us$|^bothDirections$/.test(key) ? undefined : value)),
  );
}

/** An inspector that takes JSON lines and remembers them: stands in for Stratum. */
export function lineKeeper(): Inspector & { readonly lines: { direction: Direction; text: string }[] } {
  const lines: { direction: Direction; text: string }[] = [];
  return {
    name: 'lines',
    lines,
    probe: (server, client) => {
      const first = server[0] ?? client[0];
      return first === 0x7b || first === 0x5b ? 'yes' : 'no';
    },
    start: () => {
      const waiting = { 'to-server': '', 'to-client': '' };
      return {
        feed(direction, bytes) {
          waiting[direction] += bytes.toString('latin1');
          const parts = waiting[direction].split('\n');
          waiting[direction] = parts.pop() ?? '';
          for (const text of parts) if (text !== '') lines.push({ direction, text });
          return true;
        },
        gap(direction) {
          waiting[direction] = '';
        },
        end() {},
      };
    },
  };
}
