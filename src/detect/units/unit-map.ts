import { type AddressRange, isSameRange } from '../../base/address-range.js';
import { PrefixMap } from '../../base/prefix-map.js';
import type { Unit, UnitRange } from '../../model/unit.js';

/** Who owned an address at a time, and what may stand between the address and the machine. */
export interface Ownership {
  /** Null: nobody, or it cannot be told (see `hint`). */
  readonly unit: Unit | null;
  /** The range that decided. */
  readonly range: UnitRange | null;
  readonly hint: NatHint | null;
}

/**
 * `nat`: many machines of the unit behind the address, in `inner` ranges where they are known. `port-needed`: a carrier
 * shares the address among subscribers by source port; without the port (or with one of no block) nobody can be
 * named. `inner-ambiguous`: several units use this inner address.
 */
export interface NatHint {
  readonly kind: 'nat' | 'port-needed' | 'inner-ambiguous';
  /** Inner ranges of the unit, or of the units that are meant. */
  readonly inner: readonly UnitRange[];
  /** Number of subscribers or units among which the address does not tell. */
  readonly among: number;
}

const NOBODY: Ownership = { unit: null, range: null, hint: null };

/** The register of units, ready to be asked. Ranges that are equal are one entry with a history. */
export class UnitMap {
  readonly #units: ReadonlyMap<string, Unit>;
  readonly #entries: readonly (readonly UnitRange[])[];
  readonly #map: PrefixMap;
  readonly #inner = new Map<string, UnitRange[]>();
  /** Ranges left out because too many are nested. */
  readonly dropped: number;

  constructor(
    units: Iterable<Unit>,
    ranges: Iterable<UnitRange>,
    onOverlap?: (outer: readonly UnitRange[], inner: readonly UnitRange[], crossing: boolean) => void,
  ) {
    this.#units = new Map([...units].map((unit) => [unit.id, unit]));
    const entries = groupEqual(ranges);
    this.#entries = entries;
    this.#map = new PrefixMap(
      entries.map(([entry]) => entry as UnitRange),
      onOverlap === undefined
        ? {}
        : {
            onOverlap: (outer, inner, crossing) =>
              onOverlap(entries[outer] ?? [], entries[inner] ?? [], crossing),
          },
    );
    this.dropped = this.#map.dropped;
    for (const entry of entries)
      for (const range of entry) if (range.kind === 'inner') this.#keepInner(range);
  }

  get size(): number {
    return this.#units.size;
  }

  unit(id: string): Unit | null {
    return this.#units.get(id) ?? null;
  }

  /** The owner at that time by the narrowest range that was valid then. `port`: the source port, for carrier NAT. */
  ownerAt(ip: string, timeUs: number, port: number | null = null): Ownership {
    const found = this.#map.find(ip, (entry) =>
      (this.#entries[entry] ?? []).some((range) => isValid(range, timeUs)),
    );
    if (found < 0) return NOBODY;
    const valid = (this.#entries[found] ?? []).filter((range) => isValid(range, timeUs));
    const fits = valid.filter(
      ({ portFrom, portTo }) =>
        portFrom === null || (port !== null && portFrom <= port && port <= (portTo ?? portFrom)),
    );
    if (fits.length === 0)
      return { ...NOBODY, hint: { kind: 'port-needed', inner: [], among: valid.length } };
    // A port block is more telling than the whole address, a later assignment more than an earlier one.
    const range = fits.reduce((a, b) => (isLater(b, a) ? b : a));
    const owners = new Set(fits.filter(({ kind }) => kind === 'inner').map(({ unitId }) => unitId));
    if (range.kind === 'inner' && owners.size > 1) {
      const inner = fits.filter(({ kind }) => kind === 'inner');
      return { ...NOBODY, hint: { kind: 'inner-ambiguous', inner, among: owners.size } };
    }
    return { unit: this.#units.get(range.unitId) ?? null, range, hint: this.#hintFor(range, timeUs) };
  }

  /** Every assignment of the address, the narrowest ranges first, of one range the latest first. */
  history(ip: string): UnitRange[] {
    return this.#map
      .covering(ip)
      .flatMap((entry) => [...(this.#entries[entry] ?? [])].sort((a, b) => (isLater(a, b) ? -1 : 1)));
  }

  /** Stretches without an owner at that time between two that have one, by address. */
  *holes(timeUs: number): Generator<AddressRange> {
    let isBehindOwner = false;
    let hole = null as AddressRange | null;
    let version = 0;
    for (const stretch of this.#map.stretches()) {
      if (stretch.version !== version) {
        version = stretch.version;
        isBehindOwner = false;
        hole = null;
      }
      const isOwned = stretch.ranges.some((entry) =>
        (this.#entries[entry] ?? []).some((range) => isValid(range, timeUs)),
      );
      if (isOwned) {
        if (hole !== null) yield hole;
        isBehindOwner = true;
        hole = null;
      } else if (isBehindOwner) {
        hole = { first: hole?.first ?? stretch.first, last: stretch.last };
      }
    }
  }

  #hintFor(range: UnitRange, timeUs: number): NatHint | null {
    if (range.kind !== 'nat' && range.kind !== 'carrier-nat') return null;
    const inner = (this.#inner.get(range.unitId) ?? []).filter((one) => isValid(one, timeUs));
    return { kind: 'nat', inner, among: 1 };
  }

  #keepInner(range: UnitRange): void {
    const known = this.#inner.get(range.unitId);
    if (known === undefined) this.#inner.set(range.unitId, [range]);
    else known.push(range);
  }
}

export function isValid({ fromUs, toUs }: UnitRange, timeUs: number): boolean {
  return (fromUs === null || fromUs <= timeUs) && (toUs === null || timeUs < toUs);
}

function isLater(a: UnitRange, b: UnitRange): boolean {
  if ((a.portFrom === null) !== (b.portFrom === null)) return b.portFrom === null;
  return (a.fromUs ?? Number.NEGATIVE_INFINITY) >= (b.fromUs ?? Number.NEGATIVE_INFINITY);
}

/** Equal ranges are found beside each other in most registers; a map finds the others. */
function groupEqual(ranges: Iterable<UnitRange>): UnitRange[][] {
  const entries: UnitRange[][] = [];
  const byText = new Map<string, UnitRange[]>();
  let before: UnitRange[] | null = null;
  for (const range of ranges) {
    if (before?.[0] !== undefined && isSameRange(before[0], range)) {
      before.push(range);
      continue;
    }
    const key = range.first === range.last ? range.first : `${range.first} ${range.last}`;
    const known = byText.get(key);
    if (known === undefined) {
      before = [range];
      byText.set(key, before);
      entries.push(before);
    } else {
      known.push(range);
      before = known;
    }
  }
  return entries;
}
