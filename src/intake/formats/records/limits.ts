/** Longest line of a record log, bytes; longer ones are left out and counted. */
export const MAX_LINE_BYTES = 1024 * 1024;

/** Largest JSON object taken for one record, bytes. */
export const MAX_OBJECT_BYTES = 1024 * 1024;

/** Most columns of a delimited log that are looked at. */
export const MAX_COLUMNS = 512;

/** How deep JSON values are followed; deeper ones spoil their record. */
export const MAX_JSON_DEPTH = 64;

/** Keys of one object whose order is remembered for the next. */
export const MAX_REMEMBERED_KEYS = 256;
/** Longest key that is remembered, bytes. */
export const MAX_KEY_BYTES = 128;

/** Quarter hours whose offset from UTC is remembered. */
export const MAX_ZONE_ENTRIES = 4096;
