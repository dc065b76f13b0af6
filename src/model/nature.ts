/** A sign that somebody runs the miner on purpose, or unknowingly, or for research. Never a judgement of anybody. */
export interface Indication {
  /** Stable, kebab-case; the message catalogue has its sentence, and what would refute it. */
  readonly code: string;
  /** What the sentence names: texts from traffic, printable. */
  readonly values: Readonly<Record<string, string | number>>;
}

/** Lists to be weighed on site. They do not cancel each other out: one address may stand for several people. */
export interface Nature {
  readonly active: readonly Indication[];
  readonly passive: readonly Indication[];
  readonly research: readonly Indication[];
}
