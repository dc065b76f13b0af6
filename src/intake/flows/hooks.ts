import type { FlowRecord } from '../../model/flow.js';
import type { Packet } from '../../model/packet.js';
import type { Session, StreamReader } from '../../model/session.js';

/** What the flow table asks of, and tells to, the rest of the program. It knows nothing of mining itself. */
export interface FlowHooks {
  /** 256 entries, OR of WAKE_* (model/wake.ts): which first payload bytes make a TCP conversation worth reading. */
  readonly wake: Uint8Array;
  /**
   * Once per new conversation, with its first packet; true: closed() is wanted at its end. Asked again at the end of
   * others, with a packet that has only addresses, ports, protocol and time.
   */
  opened(packet: Packet): boolean;
  /** Optional. A sender's first payload, whose first byte the wake table does not know: is it to be read all the same? */
  invites?(packet: Packet): boolean;
  /** A TCP conversation became worth reading. Null: it is not, after all. */
  session(session: Session): StreamReader | null;
  /** Every UDP packet with payload from or to port 53 (first fragments reassembled). */
  datagram(packet: Packet, record: number): void;
  /**
   * Optional. One of the first payloads of a sender in a UDP conversation on other ports (EARLY_PAYLOADS of them each).
   * `isWatched`: opened() wants closed() for it.
   */
  opening?(packet: Packet, record: number, isWatched: boolean): void;
  /** A conversation ended, idled out or was evicted: if opened() said so, or a reader asked for its client or server. */
  closed(record: FlowRecord): void;
}
