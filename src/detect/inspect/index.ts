import type { Counters } from '../../base/counters.js';
import { type Origin, sessionKey } from '../../model/flow.js';
import type { Glance, NameGlance } from '../../model/glance.js';
import type { NodeObservation, Observation } from '../../model/observation.js';
import type { Packet } from '../../model/packet.js';
import type { Session, StreamReader } from '../../model/session.js';
import { endpointAt } from './datagram.js';
import { looksLikeDiscv4 } from './devp2p.js';
import { DNS_PORT, dns, readDnsDatagram } from './dns/dns.js';
import { type NeighbourSink, tellNeighbours } from './dns/dns-neighbours.js';
import { glanceAt } from './glance/glance.js';
import { dismissesDns } from './glance/glance-dns.js';
import { http } from './http/http.js';
import type { Inspector } from './inspector.js';
import { node } from './node.js';
import { proxyProtocol } from './proxy-protocol.js';
import { QuicReader } from './quic/quic.js';
import { inspect, type Runner } from './run.js';
import { socks } from './socks.js';
import { stratum } from './stratum/index.js';
import { stratumV2 } from './stratum-v2/stratum-v2.js';
import { NOISE_ACT_1, stratumV2Noise } from './stratum-v2/stratum-v2-noise.js';
import { tls } from './tls/tls.js';
import { createWakeTable } from './wake.js';
import { websocket } from './websocket/websocket.js';

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

/** Plugs into the flow table's hooks, and turns what is read into observations. */
export interface Inspection {
  /** 256 entries by first payload byte, OR of WAKE_* (model/wake.ts). */
  readonly wake: Uint8Array;
  /** Whether the first payload alone tells that session() need not be asked; see FlowHooks.glance. */
  glance(packet: Packet, isWatched: boolean): Glance;
  session(session: Session): StreamReader | null;
  /** A UDP packet from or to port 53; `record` is its frame number. */
  datagram(packet: Packet, record: number): void;
  /** One of the first UDP payloads of a conversation on other ports. `isWatched`: an address of it is of interest. */
  opening(packet: Packet, record: number, isWatched: boolean): void;
  /** Whether a first payload is to be read whatever its first byte is: Stratum V2 under Noise begins with any. */
  invites(packet: Packet): boolean;
  /** Input is over: tells what still waited for an answer. */
  end(): void;
  /** Adds what was counted since the last report. */
  report(counters: Counters): void;
}

export interface InspectionOptions {
  /** Whether any rule could care for this DNS name (lower case); asked before answers are parsed. Default: all. */
  readonly isInteresting?: (name: string) => boolean;
  /** The same straight from the bytes of a name; must not say no where isInteresting says yes. Default: all. */
  readonly mayInterest?: NameGlance;
  /** Told of the answers about names that are not interesting. */
  readonly neighbours?: NeighbourSink;
}

const anyName = () => true;
/** Conversations of node discovery that are told apart. */
const MAX_DISCOVERED = 16_384;

function discv4(packet: Packet, origin: Origin): NodeObservation {
  const client = endpointAt(packet, packet.srcOffset, packet.srcPort);
  const server = endpointAt(packet, packet.dstOffset, packet.dstPort);
  const session = sessionKey(client, server, packet.timeUs);
  return {
    kind: 'node',
    timeUs: packet.timeUs,
    client,
    server,
    origin,
    session,
    protocol: 'ethereum-discv4',
    coin: null,
  };
}

/** `origin` tells which input is being read, for datagrams; a session brings its own. */
export function createInspection(
  emit: (observation: Observation) => void,
  counters: Counters,
  origin: () => { source: string; format: string },
  options: InspectionOptions = {},
): Inspection {
  const wantsName = options.isInteresting ?? anyName;
  const mayInterest = options.mayInterest ?? anyName;
  const { neighbours } = options;
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
  const quic = new QuicReader(emit, wantsName);
  const discovered = new Set<string>();
  return {
    wake: createWakeTable(),
    glance: (packet, isWatched) => glanceAt(packet, isWatched, mayInterest, INSPECTORS),
    session: (session) => inspect(runner, session),
    datagram(packet, record) {
      messages++;
      const { bytes, payloadOffset, payloadLength } = packet;
      const isOfUse = packet.srcPort === DNS_PORT && neighbours?.answered(packet) === true;
      if (!isOfUse && dismissesDns(bytes, payloadOffset, payloadOffset + payloadLength, mayInterest)) {
        if (neighbours !== undefined) tellNeighbours(packet, neighbours);
        return;
      }
      const wants = isOfUse ? anyName : wantsName;
      const found = readDnsDatagram(packet, () => ({ ...origin(), record }), wants);
      if (found === 'malformed') malformed++;
      else if (found !== 'unwanted') emit(found);
      else if (neighbours !== undefined) tellNeighbours(packet, neighbours);
    },
    opening(packet, record, isWatched) {
      const { bytes, payloadOffset, payloadLength } = packet;
      if (looksLikeDiscv4(bytes, payloadOffset, payloadLength)) {
        const node = discv4(packet, { ...origin(), record });
        const ends = [node.client, node.server]
          .map(({ ip, port }) => `${ip}|${port}`)
          .sort()
          .join('|');
        // Each conversation is told of once, as far as that can be remembered.
        if (discovered.has(ends)) return;
        if (discovered.size >= MAX_DISCOVERED) discovered.clear();
        discovered.add(ends);
        emit(node);
      } else if (quic.wants(packet)) quic.read(packet, record, isWatched, () => ({ ...origin(), record }));
    },
    invites: ({ payloadWireLength }) => payloadWireLength === NOISE_ACT_1,
    end: () => quic.end(),
    report(into) {
      quic.report(into);
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
