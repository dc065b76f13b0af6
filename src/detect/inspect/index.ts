import type { Counters } from '../../base/counters.js';
import type { Glance, NameGlance } from '../../model/glance.js';
import type { Observation } from '../../model/observation.js';
import type { Packet } from '../../model/packet.js';
import type { Session, StreamReader } from '../../model/session.js';
import { dns, readDnsDatagram } from './dns.js';
import { glanceAt } from './glance.js';
import { dismissesDns } from './glance-dns.js';
import { http } from './http.js';
import type { Inspector } from './inspector.js';
import { node } from './node.js';
import { proxyProtocol } from './proxy-protocol.js';
import { inspect, type Runner } from './run.js';
import { socks } from './socks.js';
import { stratum } from './stratum/index.js';
import { stratumV2 } from './stratum-v2.js';
import { stratumV2Noise } from './stratum-v2-noise.js';
import { tls } from './tls.js';
import { createWakeTable } from './wake.js';
import { websocket } from './websocket.js';

/** Every inspector, in the order of probing: the first that says yes reads the session. */
export const INSPECTORS = [
  websocket,
  tls,
  http,
  stratum,
  socks,
  proxyProtocol,
  dns,
  node,
  stratumV2,
  stratumV2Noise,
] as const satisfies readonly Inspector[];

export type InspectorName = (typeof INSPECTORS)[number]['name'];

/** Plugs into the flow table's hooks, and turns what is read into observations. */
export interface Inspection {
  /** 256 entries by first payload byte, OR of WAKE_* (model/wake.ts). */
  readonly wake: Uint8Array;
  /** Whether the first payload alone tells that session() need not be asked; see FlowHooks.glance. */
  glance(packet: Packet, isWatched: boolean): Glance;
  session(session: Session): StreamReader | null;
  /** A UDP packet from or to port 53; `record` is its frame number. */
  datagram(packet: Packet, record: number): void;
  /** Adds what was counted since the last report. */
  report(counters: Counters): void;
}

export interface InspectionOptions {
  /** Whether any rule could care for this DNS name (lower case); asked before answers are parsed. Default: all. */
  readonly isInteresting?: (name: string) => boolean;
  /** The same straight from the bytes of a name; must not say no where isInteresting says yes. Default: all. */
  readonly mayInterest?: NameGlance;
}

/** `origin` tells which input is being read, for datagrams; a session brings its own. */
export function createInspection(
  emit: (observation: Observation) => void,
  counters: Counters,
  origin: () => { source: string; format: string },
  options: InspectionOptions = {},
): Inspection {
  const wantsName = options.isInteresting ?? (() => true);
  const mayInterest = options.mayInterest ?? (() => true);
  const runner: Runner = {
    inspectors: INSPECTORS,
    counters,
    chosen: INSPECTORS.map(() => 0),
    sessions: 0,
    unclaimed: 0,
    emit,
    wantsName,
  };
  let [messages, malformed] = [0, 0];
  return {
    wake: createWakeTable(),
    glance: (packet, isWatched) => glanceAt(packet, isWatched, mayInterest, INSPECTORS),
    session: (session) => inspect(runner, session),
    datagram(packet, record) {
      messages++;
      const { bytes, payloadOffset, payloadLength } = packet;
      if (dismissesDns(bytes, payloadOffset, payloadOffset + payloadLength, mayInterest)) return;
      const found = readDnsDatagram(packet, () => ({ ...origin(), record }), wantsName);
      if (found === 'malformed') malformed++;
      else if (found !== 'unwanted') emit(found);
    },
    report(into) {
      into.add('inspect.sessions', runner.sessions);
      into.add('inspect.unclaimed', runner.unclaimed);
      INSPECTORS.forEach((inspector, at) => {
        into.add(`inspect.${inspector.name}`, runner.chosen[at] ?? 0);
      });
      into.add('dns.messages', messages);
      into.add('dns.malformed', malformed);
      runner.chosen.fill(0);
      [runner.sessions, runner.unclaimed, messages, malformed] = [0, 0, 0, 0];
    },
  };
}
