/** Marks of a wake table (256 entries, by a payload's first byte): which TCP conversations are worth reading. */

/** Read a session if one of its first payloads (per direction) begins with this byte. */
export const WAKE_EARLY = 1;
/** Read a session if any payload begins with this byte, however late. */
export const WAKE_ALWAYS = 2;
