import {
  type Referral,
  type ReferralAddress,
  type ReferralUnitFigures,
  SITE_PHASES,
} from '../../model/referral.js';
import { categoryTitle, levelTitle } from '../../model/titles.js';
import type { Block, TableBlock } from './blocks.js';
import { type ReferKey, referMessage, referWord } from './messages.js';
import type { TemplateValues } from './template.js';
import {
  checkText,
  clockText,
  coinsOf,
  dayText,
  durationText,
  energyText,
  label,
  listText,
  poolText,
  type ReferWords,
  rangeText,
  timeText,
  zoneOf,
} from './words.js';

/** Rows of a table in a letter, and addresses that are told one by one; the XLSX has them all. */
const MAX_ROWS = 200;
const MAX_FINDINGS = 50;
/** Characters of a quote in a letter: the XLSX has the whole. */
const MAX_QUOTE = 220;
const MAX_PORTS = 6;

/** A file of the package, and what it is. */
export interface PackageLine {
  readonly name: string;
  readonly what: ReferKey;
}

/** What templates may name (docs/referrals.md lists it). */
export function templateValues(
  referral: Referral,
  words: ReferWords,
  files: readonly PackageLine[],
  fingerprint: string,
): TemplateValues {
  const { language } = words;
  const { unit, figures, cases } = referral;
  const repeat = Math.max(0, ...cases.map(({ repeat_level }) => repeat_level));
  return {
    texts: {
      document: referral.document,
      date: dayText(referral.date, language),
      deadline: referral.deadline === null ? null : dayText(referral.deadline, language),
      office: referral.office,
      contact: referral.contact,
      unit_id: unit?.id ?? null,
      unit_name: unit?.name ?? referMessage(language, 'unit.unknown'),
      unit_contacts: unit?.contacts ?? null,
      category: unit === null || unit.category === null ? null : categoryTitle(words.language, unit.category),
      region: unit?.region ?? null,
      cases:
        cases.length === 0
          ? null
          : listText(
              cases.map(({ id }) => String(id)),
              words,
              MAX_ROWS,
            ),
      case_count: String(cases.length + referral.units.reduce((sum, one) => sum + one.cases, 0)),
      unit_count: String(referral.units.filter(({ unit: one }) => one !== null).length),
      address_count: String(figures.addresses),
      confirmed_count: String(figures.confirmed),
      probable_count: String(figures.probable),
      session_count: String(figures.sessions),
      first_seen: figures.first_seen === null ? null : timeText(figures.first_seen, words),
      last_seen: figures.last_seen === null ? null : timeText(figures.last_seen, words),
      period: periodText(figures, words),
      coins: figures.coins.length === 0 ? null : listText(figures.coins, words, MAX_ROWS),
      miners: figures.miners === null ? null : rangeText(figures.miners, language),
      miners_addresses: figures.miners === null ? null : String(figures.miners.addresses),
      kwh_per_day: figures.energy === null ? null : energyText(figures.energy, language),
      energy_addresses: figures.energy === null ? null : String(figures.energy.addresses),
      repeat: repeat === 0 ? null : referWord(language, 'repeat', String(repeat)),
      zone: zoneOf(words),
      key: fingerprint,
    },
    parts: {
      addresses: [
        addressTable(referral.addresses, words),
        ...rest(referral.addresses.length, MAX_ROWS, words),
      ],
      findings: referral.addresses.slice(0, MAX_FINDINGS).flatMap((one) => findings(one, words)),
      units: [unitTable(referral.units, words)],
      checklist: referral.addresses.slice(0, MAX_FINDINGS).flatMap((one) => checklist(one, words)),
      attachments: attachments(files, words),
    },
  };
}

/** `2 March 2026`, `2 March 2026 to 5 March 2026`. */
function periodText({ first_seen, last_seen }: Referral['figures'], words: ReferWords): string | null {
  if (first_seen === null || last_seen === null) return null;
  const day = (time: string) => dayText(clockText(time, words).slice(0, 10), words.language);
  const [low, high] = [day(first_seen), day(last_seen)];
  return low === high ? low : label('range', words, { low, high });
}

/** Files by what they are; those of a folder are not named one by one. The letter itself is not attached to itself. */
function attachments(files: readonly PackageLine[], words: ReferWords): Block[] {
  const { language } = words;
  const names = new Map<ReferKey, Set<string>>();
  for (const { name, what } of files) {
    const shown = name.replace(/\/.*\./, '/*.');
    if (what !== 'attached.letter') names.set(what, (names.get(what) ?? new Set()).add(shown));
  }
  return [...names].map(([what, all]) => ({
    kind: 'item',
    text: referMessage(language, 'attached.line', {
      names: listText([...all], words),
      what: referMessage(language, what),
    }),
  }));
}

function rest(total: number, limit: number, words: ReferWords): Block[] {
  return total > limit ? [{ kind: 'note', text: label('more', words, { count: total - limit }) }] : [];
}

const portsOf = ({ sessions }: ReferralAddress, words: ReferWords, separator?: string) =>
  listText(
    sessions.map(({ source_port }) => String(source_port)),
    words,
    MAX_PORTS,
    separator,
  );

function addressTable(addresses: readonly ReferralAddress[], words: ReferWords): TableBlock {
  const { language } = words;
  return {
    kind: 'table',
    columns: [
      { title: label('column.no', words), width: 6 },
      { title: label('column.source_ip', words), width: 17 },
      { title: label('column.source_ports', words), width: 10 },
      { title: label('column.seen', words, { zone: zoneOf(words) }), width: 24 },
      { title: label('column.destination', words), width: 22 },
      { title: label('column.coin', words), width: 12 },
      { title: label('column.level', words), width: 11 },
    ],
    rows: addresses.slice(0, MAX_ROWS).map((one, at) => {
      const { verdict } = one;
      const behind = one.behind === null ? '' : `\n${referWord(language, 'behind', one.behind)}`;
      return [
        String(at + 1),
        `${verdict.ip}${behind}`,
        portsOf(one, words, '\n'),
        `${clockText(verdict.first_seen, words)}\n${clockText(verdict.last_seen, words)}`,
        listText(verdict.pools.map(poolText), words, 3, '\n'),
        coinsOf(one, words).join('\n') || label('unknown', words),
        levelTitle(language, verdict.level),
      ];
    }),
  };
}

function unitTable(units: readonly ReferralUnitFigures[], words: ReferWords): TableBlock {
  const { language } = words;
  const unknown = label('unknown', words);
  return {
    kind: 'table',
    columns: [
      { title: label('column.no', words), width: 6 },
      { title: label('column.unit', words), width: 21 },
      { title: label('column.category', words), width: 12 },
      { title: label('column.region', words), width: 12 },
      { title: label('column.addresses', words), width: 11 },
      { title: label('column.confirmed', words), width: 11 },
      { title: label('column.coin', words), width: 11 },
      { title: label('column.miners', words), width: 11 },
      { title: label('column.kwh', words), width: 12 },
    ],
    rows: units.map(({ unit, addresses, confirmed, coins, miners, energy }, at) => [
      String(at + 1),
      unit?.name ?? referMessage(language, 'units.unowned'),
      unit === null || unit.category === null ? unknown : categoryTitle(words.language, unit.category),
      unit?.region ?? unknown,
      String(addresses),
      String(confirmed),
      coins.join(' ') || unknown,
      miners === null ? unknown : rangeText(miners, language),
      energy === null ? unknown : String(energy.kwh_per_day),
    ]),
  };
}

/** What is known of one address, in sentences. */
function findings(one: ReferralAddress, words: ReferWords): Block[] {
  const { language } = words;
  const { verdict, sessions } = one;
  const listed = (key: ReferKey, name: string, names: readonly string[]): Block[] =>
    names.length === 0 ? [] : [{ kind: 'item', text: label(key, words, { [name]: listText(names, words) }) }];
  return [
    {
      kind: 'subheading',
      text: label('finding.head', words, {
        ip: verdict.ip,
        level: levelTitle(language, verdict.level),
      }),
    },
    { kind: 'item', text: capital(referWord(language, 'meaning', verdict.level), language) },
    ...verdict.reasons
      .filter(({ code }) => !code.startsWith('unknown-'))
      .map(({ text }) => ({ kind: 'item' as const, text: words.seen(text) })),
    {
      kind: 'item',
      text: label('finding.seen', words, {
        first: clockText(verdict.first_seen, words),
        last: clockText(verdict.last_seen, words),
        zone: zoneOf(words),
        active: durationText(verdict.active_seconds, language),
        sessions: sessions.length + one.sessions_left_out,
        ports: portsOf(one, words) || label('unknown', words),
      }),
    },
    ...listed('finding.pools', 'pools', verdict.pools.map(poolText)),
    ...listed('finding.coins', 'coins', coinsOf(one, words)),
    ...listed('finding.wallets', 'wallets', verdict.wallets),
    ...listed('finding.workers', 'workers', verdict.workers),
    ...listed('finding.agents', 'agents', verdict.agents),
    ...(verdict.miners === null
      ? []
      : [
          {
            kind: 'item' as const,
            text: label('finding.miners', words, { miners: rangeText(verdict.miners, language) }),
          },
        ]),
    ...shown(verdict.evidence).map(({ rule, excerpt }) => ({
      kind: 'item' as const,
      text: label(tells(rule), words, { rule, quote: cut(words.seen(excerpt)) }),
    })),
  ];
}

type Shown = ReferralAddress['verdict']['evidence'][number];

/** Words of the traffic are quoted; what a rule says of the traffic, or recomputed, is not passed off as a quote. */
function tells(rule: string): 'finding.quote' | 'finding.proof' | 'finding.rule' {
  if (rule.endsWith('.share-proof')) return 'finding.proof';
  return rule.startsWith('stratum.') ? 'finding.quote' : 'finding.rule';
}

/** The heaviest quote and the heaviest proof; without either the heaviest fact. */
function shown(evidence: readonly Shown[]): Shown[] {
  const worded = evidence.filter(({ excerpt }) => excerpt !== '');
  const first = (kind: ReturnType<typeof tells>) =>
    worded.filter(({ rule }) => tells(rule) === kind).slice(0, 1);
  const best = [...first('finding.quote'), ...first('finding.proof')];
  return best.length > 0 ? best : first('finding.rule');
}

function capital(text: string, language: ReferWords['language']): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${language === 'zh-CN' ? '。' : '.'}`;
}

function cut(text: string): string {
  const chars = [...text];
  return chars.length > MAX_QUOTE ? `${chars.slice(0, MAX_QUOTE).join('')}…` : text;
}

function checklist(one: ReferralAddress, words: ReferWords): Block[] {
  const { verdict, checks } = one;
  const level = levelTitle(words.language, verdict.level);
  return [
    { kind: 'heading', text: label('finding.head', words, { ip: verdict.ip, level }) },
    ...SITE_PHASES.flatMap((phase): Block[] => {
      const lines = checks.filter((check) => check.phase === phase);
      return lines.length === 0
        ? []
        : [
            { kind: 'subheading', text: referWord(words.language, 'phase', phase) },
            ...lines.map((check) => ({ kind: 'check' as const, text: checkText(check, words) })),
          ];
    }),
  ];
}
