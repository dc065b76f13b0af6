/** What a glance at the first payload of a conversation says. Numbers: it is asked for most conversations. */
export const Glance = {
  /** Worth a session, or not to be told from these bytes alone. */
  READ: 0,
  /** Nobody's business: as if a reader had had enough of it after these bytes. */
  DISMISS: 1,
  /** The same, and the content says that whoever sent it is the client. */
  DISMISS_CLIENT: 2,
} as const;
export type Glance = (typeof Glance)[keyof typeof Glance];

/** Whether the rules could care for the host name that these bytes spell, in any letter case; yes when in doubt. */
export type NameGlance = (bytes: Buffer, start: number, end: number) => boolean;
