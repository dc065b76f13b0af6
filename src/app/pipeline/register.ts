import type { Store } from '../../deliver/store/index.js';
import { createRegistry, type Registry } from '../../detect/cases/registry.js';
import { type Ownership, UnitMap } from '../../detect/units/unit-map.js';
import { toUnitRef } from '../../model/unit.js';
import type { SuspectSession, Verdict } from '../../model/verdict.js';

/** The register of units and the registry of declarations, as the database holds them. */
export interface Register {
  readonly units: UnitMap;
  readonly registry: Registry;
  ownerAt(ip: string, timeUs: number): string | null;
}

/** Null where neither is kept: then nothing is loaded. A million ranges take a few seconds. */
export function loadRegister(store: Store): Register | null {
  const declarations = store.office.declarations();
  if (declarations.length === 0 && !store.office.hasUnits()) return null;
  const { units, ranges } = store.office.loadUnits();
  const map = new UnitMap(units, ranges);
  const ownerAt = (ip: string, timeUs: number) => map.ownerAt(ip, timeUs).unit?.id ?? null;
  return { units: map, registry: createRegistry(declarations, ownerAt), ownerAt };
}

/** The verdict with the owner of its address at the time of its last evidence. */
export function withUnit(
  verdict: Verdict,
  sessions: readonly SuspectSession[],
  { units }: Register,
): Verdict {
  const { unit } = ownerOf(verdict.ip, verdict.lastUs, () => sessions, units);
  return { ...verdict, unit: unit === null ? null : toUnitRef(unit) };
}

/**
 * The owner at that time. Where a carrier shares the address by source port, the sessions' ports decide, if all of them are
 * the same subscriber's.
 */
export function ownerOf(
  ip: string,
  timeUs: number,
  sessionsOf: () => readonly SuspectSession[],
  units: UnitMap,
): Ownership {
  const owner = units.ownerAt(ip, timeUs);
  if (owner.hint?.kind !== 'port-needed') return owner;
  const byPort = new Map<string, Ownership>();
  for (const { suspectPort, lastUs } of sessionsOf()) {
    const one = units.ownerAt(ip, lastUs, suspectPort);
    byPort.set(one.unit?.id ?? '', one);
  }
  const [only] = byPort.values();
  return byPort.size === 1 && only !== undefined ? only : owner;
}
