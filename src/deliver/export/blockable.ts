import { isIPv6 } from 'node:net';
import { parseIp } from '../../base/ip.js';
import type { Level } from '../../model/verdict.js';
import type { Selection } from './exporter.js';

/** An address for a list that other tools act on. */
export interface ListedAddress {
  readonly ip: string;
  readonly isIpv6: boolean;
  /** Our own words alone: level, score, number of suspects. */
  readonly note: string;
  readonly level: Level;
  readonly score: number;
  /** Epoch milliseconds; null where not known. */
  readonly lastMs: number | null;
}

/** Each address once: of pools those that are fit for it, their ports joined; of suspects all. */
export function* listedAddresses(selection: Selection): Generator<ListedAddress> {
  if (selection.of === 'suspects') {
    for (const { ip, level, score, last_seen } of selection.verdicts()) {
      const listed = toListed(ip, level, score, last_seen, `${level} ${score}`);
      if (listed !== null) yield listed;
    }
    return;
  }
  let last: ListedAddress | null = null;
  // They come by address.
  for (const { address, level, score, last_seen, suspects, held_back } of selection.pools()) {
    if (held_back !== null) continue;
    const note = `${level} ${score} suspects ${suspects}`;
    const next: ListedAddress | null = toListed(address, level, score, last_seen, note);
    if (next === null) continue;
    if (last !== null && last.ip !== next.ip) yield last;
    last = last !== null && last.ip === next.ip ? stronger(last, next) : next;
  }
  if (last !== null) yield last;
}

function toListed(
  text: string,
  level: Level,
  score: number,
  seen: string | null,
  note: string,
): ListedAddress | null {
  const ip = parseIp(text);
  if (ip === null) return null;
  return { ip, isIpv6: isIPv6(ip), note, level, score, lastMs: seen === null ? null : Date.parse(seen) };
}

function stronger(a: ListedAddress, b: ListedAddress): ListedAddress {
  const lastMs =
    a.lastMs === null || b.lastMs === null ? (a.lastMs ?? b.lastMs) : Math.max(a.lastMs, b.lastMs);
  return { ...(b.score > a.score ? b : a), lastMs };
}

/** Seconds that an entry still holds, at least 1; null: for ever. */
export function secondsLeft(
  { lastMs }: Pick<ListedAddress, 'lastMs'>,
  { nowMs, maxAgeSeconds }: { readonly nowMs: number; readonly maxAgeSeconds: number | null },
): number | null {
  if (maxAgeSeconds === null || lastMs === null) return maxAgeSeconds;
  return Math.max(1, Math.round(maxAgeSeconds - (nowMs - lastMs) / 1000));
}
