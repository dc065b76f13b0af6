import { printable } from '../../../base/text.js';
import { formatOffset } from '../../../base/time.js';
import { toVerdictObject } from '../../../deliver/print/verdict-json.js';
import { repeatLevel } from '../../../detect/cases/states.js';
import type { Case } from '../../../model/case.js';
import type {
  Referral,
  ReferralFigures,
  ReferralUnit,
  ReferralUnitFigures,
} from '../../../model/referral.js';
import type { Unit } from '../../../model/unit.js';
import { type EnergyObject, isMeasured } from '../../../model/verdict-object.js';
import { ownFacts, type ReferralSources } from './facts.js';

/** Characters of what people entered: names, contacts. */
const MAX_TEXT = 1000;

/** What the sender says of the document. */
export interface ReferralRequest {
  readonly document: string;
  readonly date: string;
  readonly deadline: string | null;
  readonly utcOffsetMinutes: number;
  readonly office: string | null;
  readonly contact: string | null;
}

/** What every referral begins with; texts that people entered are made printable. */
export function headOf(request: ReferralRequest) {
  const { document, date, deadline, utcOffsetMinutes, office, contact } = request;
  return {
    document: printable(document, MAX_TEXT),
    date,
    deadline,
    utc_offset: formatOffset(utcOffsetMinutes),
    office: office === null ? null : printable(office, MAX_TEXT),
    contact: contact === null ? null : printable(contact, MAX_TEXT),
  };
}

export function toUnit(unitId: string, unit: Unit | null): ReferralUnit {
  const text = (value: string | null | undefined) => (value == null ? null : printable(value, MAX_TEXT));
  return {
    id: printable(unitId, MAX_TEXT),
    name: printable(unit?.name ?? unitId, MAX_TEXT),
    category: unit?.category ?? null,
    region: text(unit?.region ?? unit?.regionCode),
    contacts: text(unit?.contacts),
  };
}

type Counted = Pick<
  Referral['addresses'][number]['verdict'],
  'level' | 'sessions' | 'first_seen' | 'last_seen' | 'coins' | 'miners' | 'energy'
>;

export function figuresOf(verdicts: readonly Counted[]): ReferralFigures {
  const miners = verdicts.flatMap((one) => (one.miners === null ? [] : [one.miners]));
  const energy = verdicts.flatMap((one) =>
    one.energy !== null && isMeasured(one.energy) ? [one.energy] : [],
  );
  const times = (key: 'first_seen' | 'last_seen') =>
    verdicts
      .map((one) => one[key])
      .filter((time) => time !== null)
      .sort();
  return {
    addresses: verdicts.length,
    confirmed: verdicts.filter(({ level }) => level === 'confirmed').length,
    probable: verdicts.filter(({ level }) => level === 'probable').length,
    sessions: verdicts.reduce((sum, one) => sum + one.sessions, 0),
    first_seen: times('first_seen').at(0) ?? null,
    last_seen: times('last_seen').at(-1) ?? null,
    coins: [...new Set(verdicts.flatMap(({ coins }) => coins.map(({ ticker }) => ticker)))].sort(),
    miners:
      miners.length === 0
        ? null
        : {
            addresses: miners.length,
            low: miners.reduce((sum, { low }) => sum + low, 0),
            high: miners.reduce((sum, { high }) => sum + high, 0),
          },
    energy:
      energy.length === 0
        ? null
        : {
            addresses: energy.length,
            kwh_per_day: kwhPerDay(energy, 'kwh'),
            kwh_per_day_low: kwhPerDay(energy, 'low'),
            kwh_per_day_high: kwhPerDay(energy, 'high'),
          },
  };
}

/** The day's figure and its bounds lie as far apart as those of the time that was seen. */
function kwhPerDay(all: readonly EnergyObject[], bound: 'kwh' | 'low' | 'high'): number {
  const sum = all.reduce(
    (total, one) => total + one.kwh_per_day * (one.kwh > 0 ? one[bound] / one.kwh : 1),
    0,
  );
  return Number(sum.toPrecision(3));
}

/** What an upper office gets: figures of each unit, and nothing that names a machine. */
export function gatherOffice(
  cases: readonly Case[],
  request: ReferralRequest,
  sources: ReferralSources,
): Referral {
  const groups = new Map<string | null, Case[]>();
  for (const one of cases) groups.set(one.unitId, [...(groups.get(one.unitId) ?? []), one]);
  const all = new Map<string, Counted>();
  const lines = [...groups]
    .sort(([a], [b]) => ((a ?? '\uffff') < (b ?? '\uffff') ? -1 : 1))
    .map(([unitId, group]): ReferralUnitFigures => {
      const verdicts = [...new Set(group.flatMap(({ marks }) => marks.ips))]
        .map((ip) => ownFacts(ip, unitId, sources))
        .filter((own) => own !== null)
        .map(({ verdict }) => toVerdictObject(verdict));
      for (const verdict of verdicts) all.set(`${unitId} ${verdict.ip}`, verdict);
      const states: Record<string, number> = {};
      for (const { state } of group) states[state] = (states[state] ?? 0) + 1;
      return {
        unit: unitId === null ? null : withoutContacts(toUnit(unitId, sources.units.get(unitId) ?? null)),
        cases: group.length,
        states,
        highest_repeat_level: Math.max(...group.map(repeatLevel)),
        ...figuresOf(verdicts),
      };
    });
  return {
    schema: 'rigwatch.referral/1',
    profile: 'office',
    ...headOf(request),
    unit: null,
    figures: figuresOf([...all.values()]),
    cases: [],
    addresses: [],
    units: lines,
    left_out: {},
  };
}

function withoutContacts({ id, name, category, region }: ReferralUnit): Omit<ReferralUnit, 'contacts'> {
  return { id, name, category, region };
}
