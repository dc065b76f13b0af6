/** Where the fields stand that both the straight path (plain.ts) and the walk read, in bytes from the header's start. */

/** IEEE 802.3 §3.2. */
export const ETHERNET = { ETHER_TYPE: 12, SIZE: 14 } as const;
/** A VLAN tag's two bytes (802.1Q), then the next type. */
export const VLAN_TAG = { TYPE: 2, SIZE: 4 } as const;
/** RFC 791 §3.1. */
export const IPV4 = {
  TOTAL_LENGTH: 2,
  FRAGMENT: 6,
  TTL: 8,
  PROTOCOL: 9,
  SRC: 12,
  DST: 16,
  SIZE: 20,
  /** More-fragments bit and fragment offset; the don't-fragment bit says nothing here. */
  FRAGMENT_BITS: 0x3fff,
} as const;
/** RFC 8200 §3. */
export const IPV6 = { PAYLOAD_LENGTH: 4, NEXT_HEADER: 6, HOP_LIMIT: 7, SRC: 8, DST: 24, SIZE: 40 } as const;
/** RFC 9293 §3.1. */
export const TCP = { SRC_PORT: 0, DST_PORT: 2, SEQ: 4, ACK: 8, OFFSET_FLAGS: 12, SIZE: 20 } as const;
/** RFC 768. */
export const UDP = { SRC_PORT: 0, DST_PORT: 2, LENGTH: 4, SIZE: 8 } as const;

/** IANA ieee-802-numbers, and what vendors use beside them. */
export const EtherType = {
  IPV4: 0x0800,
  ARP: 0x0806,
  RARP: 0x8035,
  TRANSPARENT_BRIDGING: 0x6558,
  VLAN: 0x8100,
  IPV6: 0x86dd,
  MPLS: 0x8847,
  MPLS_MULTICAST: 0x8848,
  PPPOE_SESSION: 0x8864,
  SERVICE_VLAN: 0x88a8,
  MACSEC: 0x88e5,
  /** 802.1ah: a customer's Ethernet frame behind a 4-byte service tag. */
  BACKBONE_SERVICE: 0x88e7,
  CISCO_META: 0x8909,
  NSH: 0x894f,
  VN_TAG: 0x8926,
  E_TAG: 0x893f,
  OLD_QINQ: 0x9100,
  OLD_QINQ_2: 0x9200,
  OLD_QINQ_3: 0x9300,
} as const;

/** IP protocol numbers (IANA). */
export const Protocol = {
  HOP_BY_HOP: 0,
  IPIP: 4,
  TCP: 6,
  UDP: 17,
  IPV6: 41,
  ROUTING: 43,
  FRAGMENT: 44,
  GRE: 47,
  AUTHENTICATION: 51,
  DESTINATION: 60,
  ETHER_IP: 97,
  MOBILITY: 135,
  MPLS: 137,
  HOST_IDENTITY: 139,
  SHIM6: 140,
  ETHERNET: 143,
} as const;
