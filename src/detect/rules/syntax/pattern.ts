import { type Phrase, phrase } from '../../../base/phrase.js';

/**
 * Regular expressions from rule files run on text from the wire. Before one is taken, the ways it can be tried on
 * one input are counted from above: each repeated part may end at any of its lengths. A pattern whose count stays
 * small cannot be made slow by any input, nested repetition included.
 */

const MAX_PATTERN_LENGTH = 256;
/** Ways to match that a pattern may try on one input of at most MAX_TRAFFIC_TEXT characters. */
export const MAX_WAYS = 1_000_000;
/** What `*`, `+` and `{n,}` can repeat at most on such an input. */
const UNBOUNDED = 512;

/** Why the pattern is refused, as `expected …, found …`; null where it is fine. */
export function patternFault(source: string): Phrase | null {
  if (source.length > MAX_PATTERN_LENGTH)
    return phrase`expected a pattern of at most ${MAX_PATTERN_LENGTH} characters, found ${source.length}`;
  if (/\\[1-9k]|\(\?(?!:)/.test(source))
    return phrase`expected no back-reference, look-around or named group`;
  try {
    new RegExp(source);
  } catch (error) {
    return phrase`expected a regular expression: ${error instanceof Error ? error.message : ''}`;
  }
  if (!splitAlternatives(source).every((part) => part.startsWith('^') && /(?<!\\)\$$/.test(part)))
    return phrase`expected a pattern anchored with ^ and $ (each alternative)`;
  const ways = countWays(source);
  return ways <= MAX_WAYS
    ? null
    : phrase`expected a pattern that cannot be slow (at most ${MAX_WAYS} ways to match); bound or remove repetitions`;
}

/** Parts between top-level bars. */
function splitAlternatives(source: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  let inClass = false;
  for (let at = 0; at < source.length; at++) {
    const char = source[at];
    if (char === '\\') at++;
    else if (inClass) inClass = char !== ']';
    else if (char === '[') inClass = true;
    else if (char === '(') depth++;
    else if (char === ')') depth--;
    else if (char === '|' && depth === 0) {
      parts.push(source.slice(start, at));
      start = at + 1;
    }
  }
  return [...parts, source.slice(start)];
}

function countWays(source: string): number {
  return splitAlternatives(source).reduce((sum, part) => sum + waysOfSequence(part), 0);
}

function waysOfSequence(source: string): number {
  let ways = 1;
  for (let at = 0; at < source.length; ) {
    const end = endOfAtom(source, at);
    const inner =
      source[at] === '('
        ? countWays(source.slice(source.startsWith('(?:', at) ? at + 3 : at + 1, end - 1))
        : 1;
    const repeat = /^(?:[*+?]|\{(\d+)(,?)(\d*)\})\??/.exec(source.slice(end));
    const [least, most] = repeat === null ? [1, 1] : bounds(repeat);
    let sum = 0;
    for (let times = least; times <= most && sum <= MAX_WAYS; times++) sum += inner ** times;
    ways *= sum;
    at = end + (repeat?.[0].length ?? 0);
    if (ways > MAX_WAYS) return Number.POSITIVE_INFINITY;
  }
  return ways;
}

function bounds([all, low, comma, high]: RegExpExecArray): [number, number] {
  if (all.startsWith('?')) return [0, 1];
  if (low === undefined) return [0, UNBOUNDED];
  const least = Number(low);
  const most = high ? Number(high) : comma ? Math.max(least, UNBOUNDED) : least;
  return [least, Math.min(most, least + UNBOUNDED)];
}

/** Position after one character, escape, class or group. */
function endOfAtom(source: string, start: number): number {
  if (source[start] === '\\') return start + 2;
  if (source[start] !== '[' && source[start] !== '(') return start + 1;
  let depth = 0;
  let inClass = false;
  for (let at = start; at < source.length; at++) {
    const char = source[at];
    if (char === '\\') at++;
    else if (inClass) inClass = char !== ']';
    else if (char === '[') inClass = true;
    else if (char === '(') depth++;
    else if (char === ')') depth--;
    if (!inClass && depth === 0) return at + 1;
  }
  return source.length;
}
