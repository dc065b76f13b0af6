import { fill, type Values } from '../../base/fill.js';
import { printable } from '../../base/text.js';
import type { Language } from '../../model/language.js';
import type { Energy, Estimates, HashRate, ProgramFact, RateUnit } from '../../model/verdict.js';
import { formatDuration } from './format.js';
import { ESTIMATE_MESSAGES } from './messages/estimate-messages.js';
import { coinBasisText } from './messages/finding-messages.js';

/** Days and programs of a brief; all are in the JSON. */
const MAX_DAYS = 7;
const MAX_PROGRAMS = 6;
const PREFIXES = ['', 'k', 'M', 'G', 'T', 'P', 'E', 'Z'];
const DIGITS = 3;

/** One line a fact; none where nothing is known. */
export function estimateLines(estimates: Estimates | undefined, language: Language): string[] {
  if (estimates === undefined) return [];
  const say = (key: keyof typeof ESTIMATE_MESSAGES, values: Values = {}) =>
    printable(fill(ESTIMATE_MESSAGES[key][language], values));
  const { hashrates, reported, energy, activity, earnings, payouts, programs, relays } = estimates;
  return [
    ...hashrates.flatMap((rate) => [
      say('rate', rateValues(rate, language)),
      ...(rate.basis === 'submitted-shares' ? [] : [`  ${say('unanswered')}`]),
    ]),
    ...reported.map(({ value, unit }) => say('reported', { value: formatRate(value, unit) })),
    ...(energy === null ? [] : energyLines(energy, say)),
    ...(activity === null
      ? []
      : [
          say('activity', {
            days: activity.daysActive,
            runs: activity.runs,
            longest: formatDuration(activity.longestSeconds, language),
            continuity: Math.round(activity.continuity * 100),
          }),
          ...(activity.longestIdleSeconds === undefined || activity.runs < 2
            ? []
            : [say('idle', { idle: formatDuration(activity.longestIdleSeconds, language) })]),
          ...activity.days
            .slice(-MAX_DAYS)
            .map(({ day, hours }) => say('hours', { day, hours: hourRanges(hours) })),
        ]),
    ...earnings.map(({ ticker, coins, low, high, date, source }) =>
      say('earnings', { ticker, coins: short(coins), low: short(low), high: short(high), date, source }),
    ),
    ...(relays.length === 0 ? [] : [say('relays', { addresses: relays.join(', ') })]),
    ...payouts.map(({ ticker, basis }) => say('payout', { ticker, basis: coinBasisText(language, basis) })),
    ...programs
      .filter(({ program, model }) => program !== null || model !== null)
      .slice(0, MAX_PROGRAMS)
      .map((program) => say('program', { text: programText(program) })),
  ];
}

/** `00:00–02:00, 23:00–24:00`: the hours whose bits are set. */
function hourRanges(hours: number): string {
  const ranges: string[] = [];
  for (let from = 0; from < 24; from++) {
    if (((hours >> from) & 1) === 0) continue;
    let to = from + 1;
    while (to < 24 && (hours >> to) & 1) to++;
    ranges.push(`${clock(from)}–${clock(to)}`);
    from = to;
  }
  return ranges.join(', ');
}

function clock(hour: number): string {
  return `${String(hour).padStart(2, '0')}:00`;
}

function rateValues(
  { value, low, high, unit, algorithm, shares, seconds }: HashRate,
  language: Language,
): Values {
  return {
    value: formatRate(value, unit),
    low: formatRate(low, unit),
    high: formatRate(high, unit),
    algorithm,
    shares,
    time: formatDuration(seconds, language),
  };
}

function energyLines(
  { kwh, low, high, kwhPerDay, basis, co2, coal }: Energy,
  say: (key: keyof typeof ESTIMATE_MESSAGES, values?: Values) => string,
): string[] {
  const factor = (one: NonNullable<Energy['co2']>) => ({
    kg: short(one.kg),
    name: one.factor.name,
    value: one.factor.value,
  });
  return [
    say('energy', { kwh: short(kwh), low: short(low), high: short(high), day: short(kwhPerDay) }),
    `  ${basisText(basis, say)}`,
    ...(co2 === null ? [] : [say('co2', factor(co2))]),
    ...(coal === null ? [] : [say('coal', factor(coal))]),
  ];
}

const EFFICIENCY = /^hash rate, efficiency of (.*)$/;
const MACHINES = /^not measured: (.*) machines, (\d+) to (\d+)$/;

/** The basis as energy.ts words it, in the reader's language. */
function basisText(
  basis: string,
  say: (key: keyof typeof ESTIMATE_MESSAGES, values?: Values) => string,
): string {
  const [, measured] = EFFICIENCY.exec(basis) ?? [];
  if (measured !== undefined) return say('efficiency', { classes: devicesText(measured, say) });
  const [, classes, low = '', high = ''] = MACHINES.exec(basis) ?? [];
  if (classes === undefined) return say('campaign');
  return say(low === high ? 'machines-exactly' : 'machines', {
    classes: devicesText(classes, say),
    low: Number(low),
    high: Number(high),
  });
}

/** Kinds of machines among the names of algorithms. */
function devicesText(classes: string, say: (key: keyof typeof ESTIMATE_MESSAGES) => string): string {
  return classes.replace(/\b(cpu|gpu|asic|or)\b/g, (word) => say(`device.${word as 'cpu'}`));
}

function programText({ agent, program, version, device, model }: ProgramFact): string {
  const parts = [model, program, version, device].filter((part) => part !== null);
  return `${parts.join(', ')} « ${agent} »`;
}

/** `111 MH/s`: three digits and a prefix. */
export function formatRate(value: number, unit: RateUnit): string {
  const step = value >= 1000 ? Math.min(PREFIXES.length - 1, Math.floor(Math.log10(value) / 3)) : 0;
  return `${short(value / 1000 ** step)} ${PREFIXES[step]}${unit}`;
}

/** Three significant digits, without an exponent where it can be read without. */
function short(value: number): string {
  const rounded = Number(value.toPrecision(DIGITS));
  const isPlain = rounded === 0 || (Math.abs(rounded) >= 1e-4 && Math.abs(rounded) < 1e9);
  return isPlain ? String(rounded) : value.toExponential(DIGITS - 1);
}
