import type { Counters } from '../../base/counters.js';
import { MAX_COUNTED_LINK_TYPES } from './limits.js';
import { OUTCOME_COUNT, OUTCOME_NAMES, Outcome } from './outcome.js';

/** Things met on the way, beside the outcome: any number of them in one frame. */
export const Note = {
  TUNNEL_IPIP: 0,
  TUNNEL_6IN4: 1,
  TUNNEL_IN_IPV6: 2,
  TUNNEL_GRE: 3,
  TUNNEL_PPTP: 4,
  TUNNEL_ERSPAN: 5,
  TUNNEL_ETHER_IP: 6,
  TUNNEL_VXLAN: 7,
  TUNNEL_GENEVE: 8,
  TUNNEL_GTP_U: 9,
  TUNNEL_TEREDO: 10,
  TUNNEL_L2TP: 11,
  TUNNEL_MPLS: 12,
  TUNNEL_PPPOE: 13,
  TUNNEL_REJECTED: 14,
  LENGTH_IPV4: 15,
  LENGTH_IPV6: 16,
  LENGTH_UDP: 17,
  REASSEMBLED: 18,
  TIMEOUT: 19,
  OVERLAP: 20,
  DUPLICATE: 21,
  EVICTED: 22,
  UNFINISHED: 23,
} as const;
export type Note = (typeof Note)[keyof typeof Note];

const NOTE_NAMES: Record<keyof typeof Note, string> = {
  TUNNEL_IPIP: 'tunnel.ipip',
  TUNNEL_6IN4: 'tunnel.6in4',
  TUNNEL_IN_IPV6: 'tunnel.ip-in-ipv6',
  TUNNEL_GRE: 'tunnel.gre',
  TUNNEL_PPTP: 'tunnel.pptp',
  TUNNEL_ERSPAN: 'tunnel.erspan',
  TUNNEL_ETHER_IP: 'tunnel.etherip',
  TUNNEL_VXLAN: 'tunnel.vxlan',
  TUNNEL_GENEVE: 'tunnel.geneve',
  TUNNEL_GTP_U: 'tunnel.gtp-u',
  TUNNEL_TEREDO: 'tunnel.teredo',
  TUNNEL_L2TP: 'tunnel.l2tp',
  TUNNEL_MPLS: 'tunnel.mpls',
  TUNNEL_PPPOE: 'tunnel.pppoe',
  /** Looked like a tunnel by its UDP port; what it carried did not hold, so it stayed UDP. */
  TUNNEL_REJECTED: 'tunnel.rejected',
  /** The header says more than the frame had on the wire: clamped. */
  LENGTH_IPV4: 'length-lie.ipv4',
  LENGTH_IPV6: 'length-lie.ipv6',
  LENGTH_UDP: 'length-lie.udp',
  REASSEMBLED: 'fragment.reassembled',
  TIMEOUT: 'fragment.timeout',
  OVERLAP: 'fragment.overlap',
  DUPLICATE: 'fragment.duplicate',
  EVICTED: 'fragment.evicted',
  /** Datagrams that still lacked a piece when the input ended. */
  UNFINISHED: 'fragment.unfinished',
};

/** IP protocols worth a name; the rest are counted as `protocol-N`. */
const PROTOCOL_NAMES = new Map([
  [1, 'icmp'],
  [2, 'igmp'],
  [33, 'dccp'],
  [46, 'rsvp'],
  [47, 'gre'],
  [50, 'esp'],
  [58, 'icmp6'],
  [59, 'no-next-header'],
  [88, 'eigrp'],
  [89, 'ospf'],
  [103, 'pim'],
  [108, 'ipcomp'],
  [112, 'vrrp'],
  [115, 'l2tp'],
  [132, 'sctp'],
  [136, 'udplite'],
]);

const ANY_OTHER_LINK_TYPE = -1;

/** Plain numbers while frames are read; names only in report(). */
export class Tally {
  readonly outcomes = new Float64Array(OUTCOME_COUNT);
  readonly #notes = new Float64Array(Object.keys(Note).length);
  readonly #protocols = new Float64Array(256);
  readonly #linkTypes = new Map<number, number>();

  note(note: Note): void {
    this.#notes[note]! += 1;
  }

  other(protocol: number): void {
    this.#protocols[protocol]! += 1;
  }

  unsupported(linkType: number): void {
    const known = this.#linkTypes.has(linkType) || this.#linkTypes.size < MAX_COUNTED_LINK_TYPES;
    const key = known ? linkType : ANY_OTHER_LINK_TYPE;
    this.#linkTypes.set(key, (this.#linkTypes.get(key) ?? 0) + 1);
  }

  /** Adds everything to `counters` and starts again from zero. */
  report(counters: Counters): void {
    for (const [outcome, name] of OUTCOME_NAMES) {
      if (outcome === Outcome.OTHER || outcome === Outcome.UNSUPPORTED_LINK_TYPE) continue;
      counters.add(`decode.${name}`, this.outcomes[outcome]);
    }
    for (const [protocol, count] of this.#protocols.entries()) {
      counters.add(`decode.other.${PROTOCOL_NAMES.get(protocol) ?? `protocol-${protocol}`}`, count);
    }
    for (const [linkType, count] of this.#linkTypes) {
      const name = linkType === ANY_OTHER_LINK_TYPE ? 'linktype-other' : `linktype-${linkType}`;
      counters.add(`decode.unsupported.${name}`, count);
    }
    for (const key of Object.keys(Note) as (keyof typeof Note)[]) {
      counters.add(`decode.${NOTE_NAMES[key]}`, this.#notes[Note[key]]);
    }
    this.outcomes.fill(0);
    this.#notes.fill(0);
    this.#protocols.fill(0);
    this.#linkTypes.clear();
  }
}
