/** Every bound of the decoder. A frame that goes past one is counted, never followed further. */

/** Longest frame believed on the wire, bytes; segmentation by network cards makes at most half of that. */
export const MAX_WIRE_BYTES = 1024 * 1024;
/** Layers of one frame, link layers and tunnels together. */
export const MAX_LAYERS = 24;
/** VLAN and other tags between the MAC addresses and the EtherType of one Ethernet header. */
export const MAX_TAGS = 8;
export const MAX_MPLS_LABELS = 16;
/** IPv6 extension headers of one packet. */
export const MAX_EXTENSION_HEADERS = 16;
/** Option blocks skipped inside one header: GTP-U extensions, GRE routes, ERF extensions, NFLOG fields. */
export const MAX_OPTION_BLOCKS = 32;

/** Unfinished fragmented datagrams that are kept. */
export const MAX_DATAGRAMS = 4096;
/** Memory of all unfinished datagrams together, bytes. */
export const MAX_FRAGMENT_BYTES = 16 * 1024 * 1024;
/** Separate pieces of one datagram: it takes gaps to make them, neighbours melt into one. */
export const MAX_PIECES = 256;
/** Largest IP payload (RFC 791 §3.1). */
export const MAX_DATAGRAM_BYTES = 65535;
/** Capture time after which an unfinished datagram is given up, microseconds. */
export const FRAGMENT_TIMEOUT_US = 30e6;

/** Distinct link types that are counted by number; the rest share one counter. */
export const MAX_COUNTED_LINK_TYPES = 64;
