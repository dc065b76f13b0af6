import type { AddressRange } from '../../base/address-range.js';
import { parseIpWords } from '../../base/ip-words.js';
import { type Phrase, phrase } from '../../base/phrase.js';
import { formatTime, MINUTE_US } from '../../base/time.js';
import type { Declaration } from '../../model/declaration.js';
import type { SuspectSession, Verdict } from '../../model/verdict.js';

const DAY_MINUTES = 1440;
/** A session may overrun the declared hours by this much: nobody works to the minute. */
const HOURS_GRACE_MINUTES = 10;
/** Sessions longer than this lie outside any declared hours somewhere; they are not walked hour by hour. */
const MAX_SESSION_DAYS = 2;

/** A declaration that covers an address at a time, as detect/verdict takes it (Clearance). */
export interface DeclaredClearance {
  readonly declaration: Declaration;
  /** What is declared is judged beforehand: evidence up to here is covered. */
  readonly atUs: number;
  readonly untilUs: number | null;
  readonly reason: string;
}

/** The declaration that covers the address at that time; null: none. Of several the one that lasts longest. */
export type Registry = (ip: string, timeUs: number) => DeclaredClearance | null;

export function createRegistry(
  declarations: readonly Declaration[],
  ownerAt: (ip: string, timeUs: number) => string | null,
): Registry {
  return (ip, timeUs) => {
    const covering = declarations.filter(
      (one) =>
        one.fromUs <= timeUs && (one.toUs === null || timeUs < one.toUs) && covers(one, ip, timeUs, ownerAt),
    );
    if (covering.length === 0) return null;
    const declaration = covering.reduce((a, b) => (endOf(b) > endOf(a) ? b : a));
    return {
      declaration,
      atUs: endOf(declaration),
      untilUs: declaration.toUs,
      reason: reasonOf(declaration).toString(),
    };
  };
}

function reasonOf({ reference, purpose, approver, toUs }: Declaration): Phrase {
  const declared = phrase`declared as ${reference} (${purpose}), approved by ${approver}`;
  return toUs === null ? declared : phrase`${declared}, until ${formatTime(toUs) ?? '?'}`;
}

function endOf({ toUs }: Declaration): number {
  return toUs ?? Number.MAX_SAFE_INTEGER;
}

function covers(
  { unitId, range }: Declaration,
  ip: string,
  timeUs: number,
  ownerAt: (ip: string, timeUs: number) => string | null,
): boolean {
  if (range !== null && !isInRange(ip, range)) return false;
  return unitId === null ? range !== null : ownerAt(ip, timeUs) === unitId;
}

function isInRange(ip: string, { first, last }: AddressRange): boolean {
  const [a, low, high] = [new Uint32Array(4), new Uint32Array(4), new Uint32Array(4)];
  const version = parseIpWords(ip, a);
  if (version === null || version !== parseIpWords(first, low) || version !== parseIpWords(last, high))
    return false;
  return compare(low, a) <= 0 && compare(a, high) <= 0;
}

function compare(a: Uint32Array, b: Uint32Array): number {
  for (const [at, word] of a.entries()) if (word !== b[at]) return word < (b[at] ?? 0) ? -1 : 1;
  return 0;
}

/** What goes beyond a declaration: then it does not cover the address, and the verdict stands as if it were not there. */
export interface Excess {
  readonly code: 'not-covered' | 'other-coin' | 'more-miners' | 'outside-hours';
  readonly text: Phrase;
}

/**
 * `uncovered`: times of evidence, enough for a referral, at which nothing was declared (forerunners count). The limits
 * are those of the declaration that covers the last evidence, and its hours are asked of sessions from its time.
 */
export function excessesOf(
  declaration: Declaration,
  verdict: Pick<Verdict, 'coins' | 'miners'>,
  sessions: readonly SuspectSession[],
  uncovered: readonly number[],
): Excess[] {
  const excesses: Excess[] = [];
  const earliest = uncovered.reduce((first, timeUs) => Math.min(first, timeUs), Number.POSITIVE_INFINITY);
  if (uncovered.length > 0)
    excesses.push({
      code: 'not-covered',
      text: phrase`evidence of ${formatTime(earliest) ?? '?'}, when nothing was declared`,
    });
  const { coins, maxMiners, hours } = declaration;
  const others = verdict.coins.map(({ ticker }) => ticker).filter((ticker) => !coins.includes(ticker));
  if (coins.length > 0 && others.length > 0)
    excesses.push({
      code: 'other-coin',
      text: phrase`coin ${[...new Set(others)].join(' ')}, declared ${coins.join(' ')}`,
    });
  if (maxMiners !== null && verdict.miners !== null && verdict.miners.low > maxMiners)
    excesses.push({
      code: 'more-miners',
      text: phrase`at least ${verdict.miners.low} miners, declared ${maxMiners}`,
    });
  if (hours !== null) {
    const outside = sessions.filter(
      (session) => session.firstUs >= declaration.fromUs && !isWithinHours(session, declaration),
    );
    if (outside.length > 0)
      excesses.push({
        code: 'outside-hours',
        text: phrase`${outside.length} session(s) outside the declared hours`,
      });
  }
  return excesses;
}

function isWithinHours(
  { firstUs, lastUs }: SuspectSession,
  { hours, utcOffsetMinutes }: Declaration,
): boolean {
  if (hours === null) return true;
  const length = hours.to > hours.from ? hours.to - hours.from : hours.to - hours.from + DAY_MINUTES;
  if (length >= DAY_MINUTES) return true;
  const startMinute = firstUs / MINUTE_US + utcOffsetMinutes;
  const minutes = (lastUs - firstUs) / MINUTE_US;
  if (minutes > MAX_SESSION_DAYS * DAY_MINUTES) return false;
  // Minutes since the declared beginning of that day's hours, with the grace before them.
  const into = modulo(startMinute - hours.from + HOURS_GRACE_MINUTES, DAY_MINUTES);
  return into + minutes <= length + 2 * HOURS_GRACE_MINUTES;
}

function modulo(value: number, by: number): number {
  return ((value % by) + by) % by;
}
