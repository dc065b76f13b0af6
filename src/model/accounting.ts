/** A figure with what it is at least and at most. */
export interface Span {
  readonly low: number;
  readonly value: number;
  readonly high: number;
}

/** Figures of one group. What adds up over addresses of which only some are known says how many those are. */
export interface AccountRow {
  /** Id or word of the group; null: not known. */
  readonly key: string | null;
  readonly name: string | null;
  readonly ips: number;
  readonly confirmed: number;
  readonly probable: number;
  readonly suspected: number;
  readonly units: number;
  /** Over the addresses whose number of machines is known. */
  readonly miners: { readonly low: number; readonly high: number; readonly ips: number } | null;
  /** Addresses by coin; an address with two coins counts under both. */
  readonly coins: Readonly<Record<string, number>>;
  /** Kilowatt-hours a day: measured (energy of the verdicts by their days), and assumed for the other addresses. */
  readonly measuredKwhPerDay: (Span & { readonly ips: number }) | null;
  readonly assumedKwhPerDay: { readonly value: number; readonly ips: number } | null;
  /** Both together; null where neither is known. */
  readonly kwhPerDay: Span | null;
  readonly coalKgPerDay: Span | null;
  readonly co2KgPerYear: Span | null;
}
