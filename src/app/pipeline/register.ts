import type { Store } from '../../deliver/store/index.js';
import { createRegistry, type Registry } from '../../detect/cases/registry.js';
import { UnitMap } from '../../detect/units/unit-map.js';
import { toUnitRef } from '../../model/unit.js';
import type { Verdict } from '../../model/verdict.js';

/** The register of units and the registry of declarations, as the database holds them. */
export interface Register {
  readonly units: UnitMap;
  readonly registry: Registry;
  ownerAt(ip: string, timeUs: number): string | null;
}

/** Null where neither is kept: then nothing is loaded. A million ranges take a few seconds. */
export function loadRegister(store: Store): Register | null {
  const declarations = store.declarations();
  if (declarations.length === 0 && !store.hasUnits()) return null;
  const { units, ranges } = store.loadUnits();
  const map = new UnitMap(units, ranges);
  const ownerAt = (ip: string, timeUs: number) => map.ownerAt(ip, timeUs).unit?.id ?? null;
  return { units: map, registry: createRegistry(declarations, ownerAt), ownerAt };
}

/** The verdict with the owner of its address at the time of its last evidence. */
export function withUnit(verdict: Verdict, { units }: Register): Verdict {
  const { unit } = units.ownerAt(verdict.ip, verdict.lastUs);
  return unit === null ? verdict : { ...verdict, unit: toUnitRef(unit) };
}
