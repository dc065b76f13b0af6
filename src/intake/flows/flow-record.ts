import { formatIpv4 } from '../../base/ip.js';
import type { Endpoint, FlowRecord, Origin, Traffic } from '../../model/flow.js';
import type { TcpStack } from '../../model/machines.js';
import {
  ADDRESS_A,
  BYTES,
  BYTES_HIGH,
  FLAGS_SHIFT,
  type FlowStore,
  IPV6,
  META,
  PACKETS,
  PAYLOADS,
  PORTS,
  RARE_WORDS,
  ROW_WORDS,
  SYN_FROM_A,
  TCP,
} from './flow-store.js';
import { type Orientation, orient } from './orient.js';
import { hasTimestampsIn, type SynBook } from './syn-book.js';

/** One end of a conversation as text; 0 is side A. */
export function endpointOf(store: FlowStore, id: number, side: 0 | 1): Endpoint {
  const row = id * ROW_WORDS;
  const address = store.words[row + ADDRESS_A + side]!;
  const ports = store.words[row + PORTS]!;
  return {
    ip: store.words[row + META]! & IPV6 ? store.addresses.text(address) : formatIpv4(address),
    port: side === 0 ? ports >>> 16 : ports & 0xffff,
  };
}

/** Which end of a row is the client, as far as the table knows. */
export function orientationOf(store: FlowStore, id: number): Orientation {
  const row = id * ROW_WORDS;
  const ports = store.words[row + PORTS]!;
  return orient(store.words[row + META]!, ports >>> 16, ports & 0xffff);
}

/** What the table knows of a conversation, client first. */
export function flowRecordOf(
  store: FlowStore,
  id: number,
  origin: Origin,
  syns: SynBook,
  { clientSide, by }: Orientation = orientationOf(store, id),
): FlowRecord {
  const meta = store.words[id * ROW_WORDS + META]!;
  const serverSide = clientSide === 0 ? 1 : 0;
  const clientStack = synStackOf(store, id, clientSide, syns);
  return {
    kind: 'flow',
    origin,
    startUs: store.startUs(id),
    endUs: Math.max(store.startUs(id), store.lastUs(id)),
    protocol: meta & TCP ? 6 : 17,
    client: endpointOf(store, id, clientSide),
    server: endpointOf(store, id, serverSide),
    orientedBy: by,
    toServer: trafficOf(store, id, clientSide),
    toClient: trafficOf(store, id, serverSide),
    tcpFlags: meta & TCP ? (meta >>> FLAGS_SHIFT) & 255 : null,
    samplingInterval: 1,
    ...(clientStack === null ? {} : { clientStack }),
  };
}

/** The TCP implementation of one end by the SYN that it sent; null where none was seen. */
export function synStackOf(store: FlowStore, id: number, side: 0 | 1, syns: SynBook): TcpStack | null {
  const sent = store.words[id * ROW_WORDS + META]! & (SYN_FROM_A | (SYN_FROM_A << 1));
  const syn = sent === SYN_FROM_A << side ? syns.text(store.synKind(id)) : null;
  if (syn === null) return null;
  const hasTimestamps = hasTimestampsIn(syn);
  return { ttl: store.synTtl(id), hasTimestamps, clockHz: null, clockZeroUs: null, syn };
}

function trafficOf(store: FlowStore, id: number, side: 0 | 1): Traffic {
  const row = id * ROW_WORDS;
  const bytesHigh = store.rare[id * RARE_WORDS + BYTES_HIGH + side]! >>> 0;
  return {
    packets: store.words[row + PACKETS + side]! >>> 0,
    bytes: bytesHigh * 2 ** 32 + (store.words[row + BYTES + side]! >>> 0),
    payloadPackets: store.words[row + PAYLOADS + side]! >>> 0,
  };
}
