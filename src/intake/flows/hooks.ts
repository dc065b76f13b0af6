import type { FlowRecord } from '../../model/flow.js';
import type { Glance } from '../../model/glance.js';
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
  /**
   * Optional; only saves work. Looks at a TCP payload in its place, before a session would be made to begin with it:
   * packet.bytes from payloadOffset on, payloadLength of them, at least one. They are the next bytes of their sender's
   * stream as far as is known; the snap length may have cut them (payloadLength < payloadWireLength), and what they
   * begin may go on in later segments. `isWatched`: opened() wants closed() for this conversation.
   *
   * Any answer but READ must be one that session() and its reader would have come to after exactly these bytes, without
   * having told anything; or, where the snap length cut them, say that no reader could tell anything of what is left. No
   * session is made then (`session.glanced`), and the conversation is not looked at again but for bytes of WAKE_ALWAYS.
   * Must keep nothing of the packet and allocate nothing for what it dismisses.
   */
  glance?(packet: Packet, isWatched: boolean): Glance;
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
