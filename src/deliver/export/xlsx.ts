import type { Writable } from 'node:stream';
import type { Language } from '../../model/language.js';
import type { ConversationObject } from '../../model/pool-object.js';
import { categoryTitle, levelTitle } from '../../model/titles.js';
import type { Level } from '../../model/verdict.js';
import { isMeasured, type VerdictObject } from '../../model/verdict-object.js';
import { POOL_COLUMNS, VERDICT_COLUMNS } from './columns.js';
import type { Exporter, ExportOptions, Selection } from './exporter.js';
import type { SheetCell } from './xlsx-cells.js';
import { type TitleKey, titleOf } from './xlsx-titles.js';
import { type SheetColumn, XlsxWorkbook } from './xlsx-workbook.js';

/** Units and coins that are added up; addresses of more are counted together. */
const MAX_UNITS = 100_000;
const MAX_COINS = 256;
const WIDE = 24;
const NARROW = 12;

export const xlsx: Exporter = {
  name: 'xlsx',
  extension: 'xlsx',
  summary: {
    en: 'a workbook: overview, addresses, sessions, units (or pools); real dates and numbers, headings stay in sight',
    'zh-CN': '工作簿：概览、地址、会话、单位（或矿池）；日期与数字为真值，表头冻结',
  },
  subjects: ['suspects', 'pools'],
  isForPeople: true,
  write: (selection, out, options) =>
    selection.of === 'suspects'
      ? writeSuspects(selection, out, options)
      : writePools(selection, out, options),
};

async function writeSuspects(selection: Selection, out: Writable, options: ExportOptions): Promise<void> {
  const { language } = options;
  const book = await XlsxWorkbook.open(out);
  const sums = new Sums();
  const title = (key: TitleKey) => titleOf(language, key);
  await book.addSheet(
    title('sheet.ips'),
    VERDICT_COLUMNS.map(([name]) => column(language, name)),
    verdictRows(selection, sums, language),
  );
  await book.addSheet(
    title('sheet.sessions'),
    SESSION_COLUMNS.map((name) => column(language, name)),
    sessionRows(selection),
  );
  await book.addSheet(
    title('sheet.units'),
    UNIT_COLUMNS.map((name) => column(language, name)),
    sums.unitRows(language),
  );
  await addOverview(book, sums, options);
  await book.finish((['sheet.overview', 'sheet.ips', 'sheet.sessions', 'sheet.units'] as const).map(title));
}

async function writePools(selection: Selection, out: Writable, options: ExportOptions): Promise<void> {
  const { language } = options;
  const book = await XlsxWorkbook.open(out);
  const sums = new Sums();
  await book.addSheet(
    titleOf(language, 'sheet.pools'),
    POOL_COLUMNS.map(([name]) => column(language, name)),
    poolRows(selection, sums, language),
  );
  await addOverview(book, sums, options);
  await book.finish([titleOf(language, 'sheet.overview')]);
}

function column(language: Language, name: TitleKey): SheetColumn {
  const isWide = /^(ip|address|hosts?|pools|.*_seen|.*name|community_id|what|region|top_rule)$/.test(name);
  return { title: titleOf(language, name), width: isWide ? WIDE : NARROW };
}

/** ISO 8601 times become dates, levels words of the language. */
function sheetCell(name: string, cell: string | number | null, language: Language): SheetCell {
  if (name.endsWith('_seen') && typeof cell === 'string') return new Date(cell);
  if (name === 'level') return levelTitle(language, String(cell));
  return cell;
}

function* verdictRows(selection: Selection, sums: Sums, language: Language): Generator<SheetCell[]> {
  for (const verdict of selection.verdicts()) {
    sums.add(
      verdict.level,
      verdict.coins.map(({ ticker }) => ticker),
    );
    sums.addUnit(verdict);
    yield VERDICT_COLUMNS.map(([name, cell]) => sheetCell(name, cell(verdict), language));
  }
}

function* poolRows(selection: Selection, sums: Sums, language: Language): Generator<SheetCell[]> {
  for (const pool of selection.pools()) {
    sums.add(pool.level, pool.coins);
    yield POOL_COLUMNS.map(([name, cell]) => sheetCell(name, cell(pool), language));
  }
}

const SESSION_COLUMNS = [
  'ip',
  'source_port',
  'address',
  'port',
  'host',
  'dialect',
  'tls',
  'first_seen',
  'last_seen',
  'bytes_to_server',
  'bytes_to_client',
  'community_id',
] as const satisfies readonly ('ip' | keyof ConversationObject)[];

function* sessionRows(selection: Selection): Generator<SheetCell[]> {
  for (const { ip } of selection.verdicts()) {
    for (const one of selection.conversations(ip)) {
      yield SESSION_COLUMNS.map((name) => {
        if (name === 'ip') return ip;
        const cell = one[name];
        if (typeof cell === 'boolean') return cell ? 1 : 0;
        return name.endsWith('_seen') && cell !== null ? new Date(cell) : cell;
      });
    }
  }
}

const UNIT_COLUMNS = [
  'unit_id',
  'unit_name',
  'category',
  'region',
  'ips',
  'confirmed',
  'probable',
  'kwh_measured',
] as const;

interface UnitSum {
  readonly name: string;
  readonly category: string | null;
  readonly region: string | null;
  ips: number;
  confirmed: number;
  probable: number;
  /** Null: measured of none of them. */
  kwh: number | null;
}

/** What the overview and the sheet of units say, added up while rows are written. */
class Sums {
  readonly levels = new Map<Level, number>();
  readonly coins = new Map<string, number>();
  readonly #units = new Map<string, UnitSum>();
  count = 0;
  otherUnits = 0;

  add(level: Level, coins: readonly string[]): void {
    this.count++;
    this.levels.set(level, (this.levels.get(level) ?? 0) + 1);
    for (const coin of new Set(coins)) {
      if (this.coins.size < MAX_COINS || this.coins.has(coin))
        this.coins.set(coin, (this.coins.get(coin) ?? 0) + 1);
    }
  }

  addUnit({ unit, level, energy }: VerdictObject): void {
    if (unit === null) return;
    const { id, name, category, region } = unit;
    const sum = this.#units.get(id) ?? {
      name,
      category,
      region,
      ips: 0,
      confirmed: 0,
      probable: 0,
      kwh: null,
    };
    if (!this.#units.has(id)) {
      if (this.#units.size >= MAX_UNITS) {
        this.otherUnits++;
        return;
      }
      this.#units.set(id, sum);
    }
    sum.ips++;
    if (level === 'confirmed' || level === 'probable') sum[level]++;
    if (energy !== null && isMeasured(energy)) sum.kwh = (sum.kwh ?? 0) + energy.kwh;
  }

  *unitRows(language: Language): Generator<SheetCell[]> {
    for (const [id, sum] of [...this.#units].sort(([, a], [, b]) => b.ips - a.ips)) {
      const kwh = sum.kwh === null ? null : Number(sum.kwh.toFixed(3));
      const category = sum.category === null ? null : categoryTitle(language, sum.category);
      yield [id, sum.name, category, sum.region, sum.ips, sum.confirmed, sum.probable, kwh];
    }
    if (this.otherUnits > 0)
      yield [null, titleOf(language, 'overview.others'), null, null, this.otherUnits, null, null, null];
  }
}

async function addOverview(book: XlsxWorkbook, sums: Sums, options: ExportOptions): Promise<void> {
  const { language, office, version, nowMs } = options;
  const title = (key: TitleKey, value?: string) => titleOf(language, key, value);
  const levels = [...sums.levels].map(([level, count]): SheetCell[] => [
    title('overview.level', levelTitle(language, level)),
    count,
  ]);
  const coins = [...sums.coins]
    .sort(([, a], [, b]) => b - a)
    .map(([coin, count]): SheetCell[] => [title('overview.coin', coin), count]);
  const rows: SheetCell[][] = [
    [title('overview.office'), office],
    [title('overview.written'), new Date(nowMs)],
    [title('overview.version'), version],
    [title('overview.all'), sums.count],
    ...levels,
    ...coins,
  ];
  const columns = [column(language, 'what'), { title: title('value'), width: WIDE }];
  await book.addSheet(title('sheet.overview'), columns, rows);
}
