/** Feeds messages straight into the inspector, as the runner would. */
import { Counters } from '../../../../src/base/counters.js';
import type { WrapperHints } from '../../../../src/detect/inspect/inspector.js';
import { stratum } from '../../../../src/detect/inspect/stratum/index.js';
import type { Direction, OrientedBy } from '../../../../src/model/flow.js';
import type { NodeObservation, Observation, StratumObservation } from '../../../../src/model/observation.js';
import type { Session } from '../../../../src/model/session.js';

export interface Line {
  direction: Direction;
  atSeconds: number;
  bytes: Buffer;
}

export interface RunOptions {
  orientedBy?: OrientedBy;
  /** Client and server are the wrong way round at the start. */
  reversed?: boolean;
  hints?: Partial<WrapperHints>;
  /** Gaps (in bytes, any number above 0) before the message of this index. */
  gapBefore?: ReadonlySet<number>;
}

export interface Outcome {
  observations: Observation[];
  stratum: StratumObservation[];
  nodes: NodeObservation[];
  counters: Counters;
  /** Messages fed before the inspector said to stop. */
  fed: number;
}

const START_US = 1.7e15;
const FLIP = { 'to-server': 'to-client', 'to-client': 'to-server' } as const;

export function hintsOf(hints: Partial<WrapperHints> = {}): WrapperHints {
  return {
    wrappers: [],
    namedHosts: [],
    agents: [],
    logins: [],
    inner: [],
    marks: new Set(),
    path: null,
    ...hints,
  };
}

export function run(lines: readonly Line[], options: RunOptions = {}): Outcome {
  const observations: Observation[] = [];
  const counters = new Counters();
  let flipped = options.reversed ?? false;
  const ends = [
    { ip: '10.0.0.1', port: 40000 },
    { ip: '198.51.100.7', port: 3333 },
  ] as const;
  const session: Session = {
    protocol: 6,
    client: ends[flipped ? 1 : 0],
    server: ends[flipped ? 0 : 1],
    orientedBy: options.orientedBy ?? 'handshake',
    startUs: START_US,
    endUs: START_US,
    origin: { source: 'test', format: 'pcap', record: 1 },
    watched: false,
    bothDirections: new Set(lines.map((line) => line.direction)).size === 2,
  };
  const reader = stratum.start({
    session,
    hints: hintsOf(options.hints),
    counters,
    emit: (observation) => observations.push(observation),
    unwrap: () => {
      throw new Error('nothing to unwrap');
    },
    wantsName: () => false,
    swapSides: () => {
      if (session.orientedBy === 'handshake') return false;
      [session.client, session.server] = [session.server, session.client];
      session.orientedBy = 'content';
      flipped = !flipped;
      return true;
    },
  });
  let timeUs = START_US;
  let fed = 0;
  for (const [index, line] of lines.entries()) {
    timeUs = START_US + line.atSeconds * 1e6;
    session.endUs = timeUs;
    const direction = () => (flipped ? FLIP[line.direction] : line.direction);
    if (options.gapBefore?.has(index)) reader.gap(direction(), 10, timeUs);
    fed++;
    if (!reader.feed(direction(), line.bytes, timeUs)) break;
  }
  reader.end(timeUs);
  return {
    observations,
    stratum: observations.filter((observation) => observation.kind === 'stratum'),
    nodes: observations.filter((observation) => observation.kind === 'node'),
    counters,
    fed,
  };
}
