import { formatTime } from '../../../base/time.js';
import { repeatLevel } from '../../../detect/cases/states.js';
import type { Case } from '../../../model/case.js';
import type { Evidence } from '../../../model/evidence.js';
import type { Referral, ReferralAddress, ReferralCase } from '../../../model/referral.js';
import { toAddress } from './address.js';
import { type OwnFacts, ownFacts, type ReferralSources } from './facts.js';
import { figuresOf, headOf, type ReferralRequest, toUnit } from './figures.js';

/** Facts of one address in a package: the heaviest; the rest is counted. */
const MAX_REFERRAL_EVIDENCE = 5_000;
/** Excerpts of one address that go out, of those that are looked through for the unit's own. */
const MAX_EXCERPTS = 16;
const MAX_EXCERPTS_READ = 1024;

/** What goes to one unit. */
export interface UnitReferral {
  readonly referral: Referral;
  /** Those of whose addresses something goes out. */
  readonly cases: readonly Case[];
  /** Facts by address, heaviest first. */
  readonly records: ReadonlyMap<string, readonly Evidence[]>;
  /** Packets of decisive messages by address: pcapng. */
  readonly slices: ReadonlyMap<string, Uint8Array>;
}

/**
 * What each unit gets on its cases: only conversations and facts from times when the address was its own. Where that leaves
 * out a part, the address is judged anew on the rest; only confirmed and probable ones go out. By unit id; addresses of no
 * unit go out by case.
 */
export function gatherUnits(
  cases: readonly Case[],
  request: ReferralRequest,
  sources: ReferralSources,
): UnitReferral[] {
  const groups = new Map<string, Case[]>();
  for (const one of cases) {
    const key = one.unitId === null ? `case ${one.caseId}` : `unit ${one.unitId}`;
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()]
    .map((group) => gatherUnit(group, request, sources))
    .sort((a, b) => byText(a.referral.unit?.id ?? '\uffff', b.referral.unit?.id ?? '\uffff'));
}

const byText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

function gatherUnit(
  cases: readonly Case[],
  request: ReferralRequest,
  sources: ReferralSources,
): UnitReferral {
  const unitId = cases[0]?.unitId ?? null;
  const leftOut: Record<string, number> = {};
  const leave = (code: string, count: number) => {
    if (count > 0) leftOut[code] = (leftOut[code] ?? 0) + count;
  };
  const records = new Map<string, readonly Evidence[]>();
  const slices = new Map<string, Uint8Array>();
  const addresses: ReferralAddress[] = [];
  for (const one of cases) {
    for (const ip of one.marks.ips) {
      if (records.has(ip)) continue;
      const own = ownFacts(ip, unitId, sources);
      if (own === null) {
        leave('addresses-not-flagged', 1);
        continue;
      }
      leave('sessions-of-other-owners', own.foreign);
      leave('evidence-beyond-limit', Math.max(0, own.file.evidence.length - MAX_REFERRAL_EVIDENCE));
      const heaviest = [...own.file.evidence].sort(
        (a, b) => Math.abs(b.weight) - Math.abs(a.weight) || a.firstUs - b.firstUs,
      );
      records.set(ip, heaviest.slice(0, MAX_REFERRAL_EVIDENCE));
      const slice = sliceOf(own, sources);
      if (slice !== null) slices.set(ip, slice);
      const address = toAddress(one, own, sources);
      leave('sessions-beyond-limit', address.sessions_left_out);
      addresses.push(address);
    }
  }
  addresses.sort((a, b) => b.verdict.score - a.verdict.score || byText(a.verdict.ip, b.verdict.ip));
  const involved = cases.filter(({ caseId }) => addresses.some((address) => address.case === caseId));
  const unit = unitId === null ? null : (sources.units.get(unitId) ?? null);
  const sessions = addresses.reduce((sum, one) => sum + one.sessions.length + one.sessions_left_out, 0);
  const referral: Referral = {
    schema: 'rigwatch.referral/1',
    profile: 'unit',
    ...headOf(request),
    unit: unitId === null ? null : toUnit(unitId, unit),
    figures: { ...figuresOf(addresses.map(({ verdict }) => verdict)), sessions },
    cases: involved.map((one) => toCase(one, addresses)),
    addresses,
    units: [],
    left_out: leftOut,
  };
  return { referral, cases: involved, records, slices };
}

/** Frames of the unit's own conversations, the heaviest first; each excerpt is a section of one pcapng file. */
function sliceOf({ file }: OwnFacts, { store }: ReferralSources): Uint8Array | null {
  const kept = new Set(file.sessions.map(({ session }) => session));
  const own = store.packetExcerpts(file.ip, MAX_EXCERPTS_READ).filter(({ session }) => kept.has(session));
  return own.length === 0 ? null : Buffer.concat(own.slice(0, MAX_EXCERPTS).map(({ pcapng }) => pcapng));
}

function toCase(one: Case, addresses: readonly ReferralAddress[]): ReferralCase {
  return {
    id: one.caseId,
    state: one.state,
    opened: formatTime(one.openedUs),
    repeat_level: repeatLevel(one),
    addresses: addresses.filter((address) => address.case === one.caseId).map(({ verdict }) => verdict.ip),
  };
}
