import type { Referral, ReferralAddress, ReferralSession } from '../../model/referral.js';
import { categoryTitle, levelTitle } from '../../model/titles.js';
import { isMeasured } from '../../model/verdict-object.js';
import { type ReferKey, referMessage, referWord } from './messages.js';
import { coinsOf, label, type ReferWords, rangeText, timeText, zoneOf } from './words.js';

type Cell = string | number | null;

interface Column<T> {
  readonly title: ReferKey;
  /** Characters. */
  readonly width: number;
  cell(row: T): Cell;
}

interface Connection {
  readonly address: ReferralAddress;
  readonly session: ReferralSession;
}

const SEPARATOR = '; ';

/** A sheet as it is handed to whoever writes workbooks: texts stay texts there, whatever they begin with. */
export interface ReferSheet {
  readonly name: string;
  readonly columns: readonly { readonly title: string; readonly width: number }[];
  readonly rows: Iterable<readonly Cell[]>;
  /** Columns at the left that tell a row from others. */
  readonly keys: number;
}

/** Sheets for look-ups: every cell is a number or a text. */
export function sheetsOf(referral: Referral, words: ReferWords): ReferSheet[] {
  const notes = (['note.zone', 'note.lookup', 'note.quoted', 'note.empty'] as const).map((key) => [
    label(key, words, { zone: zoneOf(words) }),
  ]);
  const title = label('sheet.notes', words);
  return [
    ...(referral.profile === 'office'
      ? [sheet('sheet.units', unitColumns(words), referral.units, 2, words)]
      : [
          sheet('sheet.connections', connectionColumns(words), [...eachConnection(referral)], 4, words),
          sheet('sheet.addresses', addressColumns(words), referral.addresses, 2, words),
        ]),
    { name: title, columns: [{ title, width: 110 }], rows: notes, keys: 0 },
  ];
}

function sheet<T>(
  name: ReferKey,
  columns: readonly Column<T>[],
  rows: readonly T[],
  keys: number,
  words: ReferWords,
): ReferSheet {
  return {
    name: label(name, words),
    columns: columns.map(({ title, width }) => ({ title: label(title, words), width })),
    rows: rows.map((row) => columns.map(({ cell }) => cell(row))),
    keys,
  };
}

function* eachConnection(referral: Referral): Generator<Connection> {
  for (const address of referral.addresses)
    for (const session of address.sessions) yield { address, session };
}

function connectionColumns(words: ReferWords): Column<Connection>[] {
  const level = (one: ReferralAddress) => levelTitle(words.language, one.verdict.level);
  return [
    { title: 'column.case', width: 7, cell: ({ address }) => address.case },
    { title: 'column.start', width: 17, cell: ({ session }) => timeText(session.start, words) },
    { title: 'column.source_ip', width: 17, cell: ({ session }) => session.source_ip },
    { title: 'column.source_port', width: 9, cell: ({ session }) => session.source_port },
    { title: 'column.end', width: 17, cell: ({ session }) => timeText(session.end, words) },
    { title: 'column.destination_ip', width: 17, cell: ({ session }) => session.destination_ip },
    { title: 'column.destination_port', width: 9, cell: ({ session }) => session.destination_port },
    { title: 'column.host', width: 20, cell: ({ session }) => session.host },
    { title: 'column.operator', width: 13, cell: ({ session }) => session.operator },
    { title: 'column.country', width: 9, cell: ({ session }) => session.country },
    { title: 'column.protocol', width: 12, cell: ({ session }) => session.protocol },
    { title: 'column.coin', width: 9, cell: ({ session }) => session.coins.join(SEPARATOR) },
    { title: 'column.wallet', width: 34, cell: ({ session }) => session.wallets.join(SEPARATOR) },
    { title: 'column.login', width: 20, cell: ({ session }) => session.logins.join(SEPARATOR) },
    { title: 'column.worker', width: 18, cell: ({ session }) => session.workers.join(SEPARATOR) },
    { title: 'column.agent', width: 20, cell: ({ session }) => session.agents.join(SEPARATOR) },
    { title: 'column.duration', width: 10, cell: ({ session }) => session.seconds },
    { title: 'column.bytes_out', width: 11, cell: ({ session }) => session.bytes_to_server },
    { title: 'column.bytes_in', width: 11, cell: ({ session }) => session.bytes_to_client },
    { title: 'column.shares', width: 9, cell: ({ session }) => session.shares_submitted },
    { title: 'column.accepted', width: 9, cell: ({ session }) => session.shares_accepted },
    { title: 'column.level', width: 11, cell: ({ address }) => level(address) },
    { title: 'column.rule', width: 22, cell: ({ session }) => session.rule },
    {
      title: 'column.quote',
      width: 44,
      cell: ({ session: { quote } }) => (quote === null ? null : words.seen(quote)),
    },
    { title: 'column.capture', width: 24, cell: ({ session }) => session.capture_sha256 },
  ];
}

function addressColumns(words: ReferWords): Column<ReferralAddress>[] {
  const { language } = words;
  return [
    { title: 'column.case', width: 7, cell: (one) => one.case },
    { title: 'column.source_ip', width: 17, cell: ({ verdict }) => verdict.ip },
    {
      title: 'column.behind',
      width: 18,
      cell: ({ behind }) => (behind === null ? null : referWord(language, 'behind', behind)),
    },
    { title: 'column.isp', width: 12, cell: ({ isp }) => isp },
    { title: 'column.level', width: 11, cell: ({ verdict }) => levelTitle(language, verdict.level) },
    { title: 'column.score', width: 10, cell: ({ verdict }) => verdict.score },
    { title: 'column.first', width: 17, cell: ({ verdict }) => timeText(verdict.first_seen, words) },
    { title: 'column.last', width: 17, cell: ({ verdict }) => timeText(verdict.last_seen, words) },
    { title: 'column.sessions', width: 9, cell: (one) => one.sessions.length + one.sessions_left_out },
    { title: 'column.active', width: 11, cell: ({ verdict }) => verdict.active_seconds },
    {
      title: 'column.coin',
      width: 12,
      cell: (one) => coinsOf(one, words).join(SEPARATOR),
    },
    { title: 'column.wallet', width: 34, cell: ({ verdict }) => verdict.wallets.join(SEPARATOR) },
    { title: 'column.worker', width: 22, cell: ({ verdict }) => verdict.workers.join(SEPARATOR) },
    { title: 'column.agent', width: 24, cell: ({ verdict }) => verdict.agents.join(SEPARATOR) },
    {
      title: 'column.miners',
      width: 10,
      cell: ({ verdict: { miners } }) => (miners === null ? null : rangeText(miners, language)),
    },
    {
      title: 'column.kwh',
      width: 12,
      cell: ({ verdict: { energy } }) => (energy !== null && isMeasured(energy) ? energy.kwh_per_day : null),
    },
    {
      title: 'column.capture',
      width: 36,
      cell: ({ captures }) => captures.map(({ sha256, name }) => `${sha256 ?? '-'} ${name}`).join(SEPARATOR),
    },
  ];
}

function unitColumns(words: ReferWords): Column<Referral['units'][number]>[] {
  return [
    { title: 'column.unit_id', width: 14, cell: ({ unit }) => unit?.id ?? null },
    {
      title: 'column.unit',
      width: 34,
      cell: ({ unit }) => unit?.name ?? referMessage(words.language, 'units.unowned'),
    },
    {
      title: 'column.category',
      width: 16,
      cell: ({ unit }) =>
        unit === null || unit.category === null ? null : categoryTitle(words.language, unit.category),
    },
    { title: 'column.region', width: 16, cell: ({ unit }) => unit?.region ?? null },
    { title: 'column.cases', width: 9, cell: (one) => one.cases },
    { title: 'column.addresses', width: 10, cell: (one) => one.addresses },
    { title: 'column.confirmed', width: 10, cell: (one) => one.confirmed },
    { title: 'column.probable', width: 10, cell: (one) => one.probable },
    { title: 'column.sessions', width: 10, cell: (one) => one.sessions },
    { title: 'column.first', width: 17, cell: (one) => timeText(one.first_seen, words) },
    { title: 'column.last', width: 17, cell: (one) => timeText(one.last_seen, words) },
    { title: 'column.coin', width: 16, cell: (one) => one.coins.join(SEPARATOR) },
    {
      title: 'column.miners',
      width: 11,
      cell: ({ miners }) => (miners === null ? null : rangeText(miners, words.language)),
    },
    { title: 'column.kwh', width: 10, cell: ({ energy }) => energy?.kwh_per_day ?? null },
    { title: 'column.repeat', width: 9, cell: (one) => one.highest_repeat_level },
  ];
}
