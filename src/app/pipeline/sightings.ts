import type { Store, StoredVerdict } from '../../deliver/store/index.js';
import type { Sighting } from '../../detect/cases/follow-up.js';
import { marksOf } from '../../detect/cases/identity.js';
import type { RuleSet } from '../../detect/rules/index.js';
import type { Knowledge } from '../../detect/verdict/context.js';
import type { UnitRange } from '../../model/unit.js';
import type { SuspectFile, Verdict } from '../../model/verdict.js';
import { judge } from './judge.js';
import { partsByOwner } from './owned-facts.js';
import type { Register } from './register.js';

export function isFlagged({ level }: Pick<Verdict, 'level'>): boolean {
  return level === 'confirmed' || level === 'probable';
}

/**
 * Flagged addresses, as cases follow them: each with its owner. Where an address changed hands while it was seen, or
 * subscribers share it, each owner's part is judged by itself: what was seen in the time of one is not another's.
 */
export class Sightings {
  readonly #store: Store;
  readonly #rules: RuleSet;
  readonly #register: Register | null;
  readonly #known: Knowledge;
  /** Addresses of several owners. */
  readonly #parted = new Set<string>();

  constructor(store: Store, rules: RuleSet, register: Register | null) {
    this.#store = store;
    this.#rules = rules;
    this.#register = register;
    this.#known = { learned: store.learnedServers(), poolServers: store.poolServers() };
  }

  *all(): Generator<Sighting> {
    // One that is cleared may have been another's before, to whom the declaration says nothing.
    for (const verdict of this.#store.listVerdicts({ levels: ['confirmed', 'probable', 'cleared'] })) {
      const unitId = verdict.unit?.id ?? null;
      const parts = this.#partsOf(verdict);
      if (parts === null) {
        if (isFlagged(verdict)) yield sightingOf(verdict, unitId, true);
        continue;
      }
      this.#parted.add(verdict.ip);
      for (const [owner, part] of parts) {
        // What is nobody's for certain speaks against none of them.
        if (owner === null && unitId !== null) continue;
        const found = this.#judged(part, owner, owner === unitId);
        if (found !== null) yield found;
      }
    }
  }

  /** The same judged on what was seen after that time alone: what had not ended by then; null: that is not flagged. */
  since({ ip, unitId, isCurrent }: Sighting, sinceUs: number): Sighting | null {
    const whole = this.#store.loadSuspect(ip);
    const units = this.#register?.units;
    const file =
      whole !== null && units !== undefined && this.#parted.has(ip)
        ? partsByOwner(whole, units).get(unitId)
        : whole;
    if (file == null) return null;
    const isLater = ({ lastUs }: { readonly lastUs: number }) => lastUs > sinceUs;
    const later = { ip, sessions: file.sessions.filter(isLater), evidence: file.evidence.filter(isLater) };
    return this.#judged(later, unitId, isCurrent);
  }

  #judged(file: SuspectFile, unitId: string | null, isCurrent: boolean): Sighting | null {
    const [verdict] = judge([file], this.#rules, this.#known, { register: this.#register });
    return verdict === undefined || !isFlagged(verdict) ? null : sightingOf(verdict, unitId, isCurrent);
  }

  /** Null where all of it is of one owner, who is the verdict's, or of nobody. */
  #partsOf(verdict: StoredVerdict): ReadonlyMap<string | null, SuspectFile> | null {
    const units = this.#register?.units;
    if (units === undefined || !mayBeShared(units.history(verdict.ip), verdict)) return null;
    const file = this.#store.loadSuspect(verdict.ip);
    if (file === null) return null;
    const parts = partsByOwner(file, units);
    const owners = [...parts.keys()].filter((owner) => owner !== null);
    return owners.every((owner) => owner === verdict.unit?.id) ? null : parts;
  }
}

/** Whether ranges of several units hold the address, one of which begins or ends in that time or has ports of its own. */
function mayBeShared(ranges: readonly UnitRange[], { firstUs, lastUs }: Verdict): boolean {
  const isWithin = (timeUs: number | null) => timeUs !== null && firstUs < timeUs && timeUs <= lastUs;
  return ranges.some(({ fromUs, toUs, portFrom }) => portFrom !== null || isWithin(fromUs) || isWithin(toUs));
}

function sightingOf(verdict: Verdict, unitId: string | null, isCurrent: boolean): Sighting {
  const { ip, firstUs, lastUs } = verdict;
  return { ip, unitId, isCurrent, marks: marksOf(verdict), firstUs, lastUs };
}

/** When positive items were seen of an address, but for times in which it was certainly another unit's. */
export function positivesOf(
  { ip, unitId }: { readonly ip: string; readonly unitId: string | null },
  store: Store,
  register: Register | null,
): { readonly fromUs: number; readonly toUs: number }[] {
  const isOther = (timeUs: number) => {
    const owner = register?.ownerAt(ip, timeUs) ?? null;
    return unitId !== null && owner !== null && owner !== unitId;
  };
  return store.positiveTimes(ip).filter(({ fromUs, toUs }) => !(isOther(fromUs) && isOther(toUs)));
}
