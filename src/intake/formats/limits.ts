/** Largest frame taken from a capture, bytes: libpcap's own bound (MAXIMUM_SNAPLEN). Lengths above it are damage. */
export const MAX_RECORD_BYTES = 262144;

/** Largest pcapng block that is looked into; larger ones of no interest are passed over without a copy. */
export const MAX_BLOCK_BYTES = 16 * 1024 * 1024;

/** Interfaces of one pcapng section. */
export const MAX_INTERFACES = 65536;

/** How far after damage the next record is looked for, bytes. */
export const RESYNC_WINDOW_BYTES = 16 * 1024 * 1024;
