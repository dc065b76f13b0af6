import { type Phrase, phrase } from '../../base/phrase.js';
import type { SuspectSession } from '../../model/verdict.js';

/**
 * Packets that a mining session sends a day, both ways with acknowledgements: 5 to 20 a minute each way
 * (detection.md §4.3).
 */
const PACKETS_PER_DAY = { low: 14_400, high: 57_600 } as const;

/**
 * What sampled records can and cannot show, in one sentence with its figures; null where some session was counted
 * packet by packet. A day without a sampled packet has the probability e^-x (Poisson, x packets expected).
 */
export function sampledText(sessions: readonly SuspectSession[]): Phrase | null {
  if (sessions.length === 0) return null;
  const interval = sessions.reduce(
    (least, { samplingInterval = 1 }) => Math.min(least, samplingInterval),
    Number.POSITIVE_INFINITY,
  );
  if (interval <= 1) return null;
  const [low, high] = [PACKETS_PER_DAY.low / interval, PACKETS_PER_DAY.high / interval];
  const seen = (expected: number) => `${(100 * (1 - Math.exp(-expected))).toFixed(expected < 0.1 ? 1 : 0)} %`;
  return phrase`The flow records count one packet in ${interval}: a mining session leaves ${shown(low)} to ${shown(high)} of its packets a day, and is seen on a day with ${seen(low)} to ${seen(high)} probability. Contact can be claimed; rhythm, block clock (B, C) and absence cannot.`;
}

function shown(packets: number): string {
  return packets < 10 ? packets.toFixed(1) : String(Math.round(packets));
}
