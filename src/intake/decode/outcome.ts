/** What decode() made of a frame. Numbers: a capture may be malformed a million times over. */
export const Decoded = {
  /** A TCP or UDP header was read. */
  TRANSPORT: 0,
  /** IP, but another protocol; ports are 0. */
  OTHER: 1,
  /** A fragment, kept until its datagram is whole. */
  PENDING: 2,
  NOT_IP: 3,
  /** The frame ends inside a header. */
  TRUNCATED: 4,
  MALFORMED: 5,
  /** A link layer or nesting that rigwatch does not read. */
  UNSUPPORTED: 6,
} as const;
export type Decoded = (typeof Decoded)[keyof typeof Decoded];

/** How the walk over a frame ended, finer than Decoded. Each frame ends in exactly one, and each has a counter. */
export const Outcome = {
  TCP: 0,
  UDP: 1,
  OTHER: 2,
  PENDING: 3,
  NOT_IP_ARP: 4,
  NOT_IP_LLC: 5,
  NOT_IP_ETHER_TYPE: 6,
  NOT_IP_PPP: 7,
  NOT_IP_WIFI: 8,
  NOT_IP_WIFI_PROTECTED: 9,
  NOT_IP_WIFI_FRAGMENT: 10,
  NOT_IP_MPLS: 11,
  NOT_IP_MACSEC: 12,
  NOT_IP_LINK: 13,
  TRUNCATED_LINK: 14,
  TRUNCATED_TUNNEL: 15,
  TRUNCATED_MPLS: 16,
  TRUNCATED_IPV4: 17,
  TRUNCATED_IPV6: 18,
  TRUNCATED_FRAGMENT: 19,
  TRUNCATED_TCP: 20,
  TRUNCATED_UDP: 21,
  MALFORMED_LINK: 22,
  MALFORMED_TUNNEL: 23,
  MALFORMED_MPLS: 24,
  MALFORMED_IPV4: 25,
  MALFORMED_IPV6: 26,
  MALFORMED_FRAGMENT: 27,
  MALFORMED_TCP: 28,
  MALFORMED_UDP: 29,
  DEPTH: 30,
  UNSUPPORTED_LINK_TYPE: 31,
} as const;
export type Outcome = (typeof Outcome)[keyof typeof Outcome];

/** Counter name (after `decode.`) and status of each outcome. */
const MEANINGS: Record<keyof typeof Outcome, readonly [Decoded, string]> = {
  TCP: [Decoded.TRANSPORT, 'tcp'],
  UDP: [Decoded.TRANSPORT, 'udp'],
  OTHER: [Decoded.OTHER, 'other'],
  PENDING: [Decoded.PENDING, 'fragment.kept'],
  NOT_IP_ARP: [Decoded.NOT_IP, 'not-ip.arp'],
  NOT_IP_LLC: [Decoded.NOT_IP, 'not-ip.llc'],
  NOT_IP_ETHER_TYPE: [Decoded.NOT_IP, 'not-ip.ethertype'],
  NOT_IP_PPP: [Decoded.NOT_IP, 'not-ip.ppp'],
  NOT_IP_WIFI: [Decoded.NOT_IP, 'not-ip.wifi'],
  NOT_IP_WIFI_PROTECTED: [Decoded.NOT_IP, 'not-ip.wifi-protected'],
  NOT_IP_WIFI_FRAGMENT: [Decoded.NOT_IP, 'not-ip.wifi-fragment'],
  NOT_IP_MPLS: [Decoded.NOT_IP, 'not-ip.mpls'],
  NOT_IP_MACSEC: [Decoded.NOT_IP, 'not-ip.macsec'],
  NOT_IP_LINK: [Decoded.NOT_IP, 'not-ip.link'],
  TRUNCATED_LINK: [Decoded.TRUNCATED, 'truncated.link'],
  TRUNCATED_TUNNEL: [Decoded.TRUNCATED, 'truncated.tunnel'],
  TRUNCATED_MPLS: [Decoded.TRUNCATED, 'truncated.mpls'],
  TRUNCATED_IPV4: [Decoded.TRUNCATED, 'truncated.ipv4'],
  TRUNCATED_IPV6: [Decoded.TRUNCATED, 'truncated.ipv6'],
  TRUNCATED_FRAGMENT: [Decoded.TRUNCATED, 'truncated.fragment'],
  TRUNCATED_TCP: [Decoded.TRUNCATED, 'truncated.tcp'],
  TRUNCATED_UDP: [Decoded.TRUNCATED, 'truncated.udp'],
  MALFORMED_LINK: [Decoded.MALFORMED, 'malformed.link'],
  MALFORMED_TUNNEL: [Decoded.MALFORMED, 'malformed.tunnel'],
  MALFORMED_MPLS: [Decoded.MALFORMED, 'malformed.mpls'],
  MALFORMED_IPV4: [Decoded.MALFORMED, 'malformed.ipv4'],
  MALFORMED_IPV6: [Decoded.MALFORMED, 'malformed.ipv6'],
  MALFORMED_FRAGMENT: [Decoded.MALFORMED, 'malformed.fragment'],
  MALFORMED_TCP: [Decoded.MALFORMED, 'malformed.tcp'],
  MALFORMED_UDP: [Decoded.MALFORMED, 'malformed.udp'],
  DEPTH: [Decoded.UNSUPPORTED, 'depth'],
  UNSUPPORTED_LINK_TYPE: [Decoded.UNSUPPORTED, 'unsupported.linktype'],
};

const KEYS = Object.keys(Outcome) as (keyof typeof Outcome)[];
const STATUS = new Map<number, Decoded>(KEYS.map((key) => [Outcome[key], MEANINGS[key][0]]));

export const OUTCOME_COUNT = KEYS.length;
/** Name of each outcome's counter, by number. */
export const OUTCOME_NAMES = new Map<number, string>(KEYS.map((key) => [Outcome[key], MEANINGS[key][1]]));

export function statusOf(outcome: number): Decoded {
  return STATUS.get(outcome) ?? Decoded.UNSUPPORTED;
}
