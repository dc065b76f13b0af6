/** Where new and raised verdicts are sent. */
export interface NotifyTarget {
  /** For people and logs: no path, query or credentials of a web address. */
  readonly name: string;
  /** Names the target over restarts, without giving it away. */
  readonly key: string;
  /**
   * Delivers messages, each one JSON object on one line, in order; rejects where it is not certain that all arrived. They
   * are then sent again: a receiver may see a message twice, never not at all.
   */
  send(bodies: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

/** How long one delivery may take, milliseconds. */
export const SEND_TIMEOUT_MS = 10_000;
