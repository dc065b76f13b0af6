import type { OrientedBy } from '../../model/flow.js';
import { BY_CONTENT, CLIENT_IS_B, FIRST_FROM_B, SYN_ACK_FROM_A, SYN_FROM_A } from './flow-store.js';

/** Ports below this are given out by IANA to servers ("system ports", RFC 6335 §6). */
const SYSTEM_PORTS = 1024;
/**
 * Linux takes client ports from here (ip_local_port_range 32768–60999), Windows, macOS and BSD from 49152 (RFC 6335).
 * Pools listen below it almost always.
 */
const EPHEMERAL_PORTS = 32_768;

export interface Orientation {
  /** 0 is side A, 1 side B. */
  readonly clientSide: 0 | 1;
  readonly by: OrientedBy;
}

const oriented = (clientIsB: boolean, by: OrientedBy): Orientation => ({ clientSide: clientIsB ? 1 : 0, by });

/** Which end is the client, by the best evidence a row of the table holds: handshake, content, ports, first packet. */
export function orient(meta: number, portA: number, portB: number): Orientation {
  const synA = (meta & SYN_FROM_A) !== 0 || (meta & (SYN_ACK_FROM_A << 1)) !== 0;
  const synB = (meta & (SYN_FROM_A << 1)) !== 0 || (meta & SYN_ACK_FROM_A) !== 0;
  if (synA !== synB) return oriented(synB, 'handshake');
  if (meta & BY_CONTENT) return oriented((meta & CLIENT_IS_B) !== 0, 'content');
  const rankA = rank(portA);
  const rankB = rank(portB);
  if (rankA !== rankB) return oriented(rankB > rankA, 'port');
  return oriented((meta & FIRST_FROM_B) !== 0, 'first-packet');
}

/** 0 system port, 1 registered port, 2 ephemeral: of two ports the lower rank is the server's. */
export function rank(port: number): number {
  if (port < SYSTEM_PORTS) return 0;
  return port < EPHEMERAL_PORTS ? 1 : 2;
}
