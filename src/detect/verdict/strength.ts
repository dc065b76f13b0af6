import type { Evidence, Strength } from '../../model/evidence.js';

/** Items that can confirm, if the server's answer was seen on the same session (docs/verdicts.md). */
const CONFIRMING: ReadonlySet<string> = new Set(['P1', 'P2', 'P3', 'P4', 'P5', 'P7']);

const RANK: Readonly<Record<Strength, number>> = { decisive: 3, strong: 2, weak: 1, against: 0 };

export function rankOf(strength: Strength): number {
  return RANK[strength];
}

/** The wire itself showed mining, in clear, with both sides speaking. */
export function isDecisive(evidence: Evidence): boolean {
  return (
    evidence.strength === 'decisive' &&
    evidence.group === 'P' &&
    CONFIRMING.has(evidence.item) &&
    evidence.bothDirections &&
    !evidence.encrypted
  );
}
