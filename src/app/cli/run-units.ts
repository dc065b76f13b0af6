import { basename } from 'node:path';
import { createInterface } from 'node:readline';
import { formatRange } from '../../base/address-range.js';
import { TableError, UsageError } from '../../base/errors.js';
import { parseIp } from '../../base/ip.js';
import { type Phrase, phrase } from '../../base/phrase.js';
import { MAX_RANGES } from '../../base/prefix-map.js';
import { writeChunks } from '../../deliver/export/chunks.js';
import { formatMinute } from '../../deliver/print/format.js';
import type { ListColumn } from '../../deliver/print/listing.js';
import { officeMessage, officeWord } from '../../deliver/print/messages/office-messages.js';
import { toRangeObject, toUnitObject } from '../../deliver/print/office-json.js';
import { translate } from '../../deliver/print/translate.js';
import { openStore } from '../../deliver/store/index.js';
import { type CheckFinding, checkUnits } from '../../detect/units/check.js';
import { mergeRanges } from '../../detect/units/merge.js';
import { isValid, type Ownership, UnitMap } from '../../detect/units/unit-map.js';
import { TableFaults } from '../../intake/tables/faults.js';
import { readUnits, UNIT_COLUMNS, type UnitTable } from '../../intake/tables/units.js';
import type { Language } from '../../model/language.js';
import { categoryTitle } from '../../model/titles.js';
import { toUnitRef, type Unit, type UnitRange } from '../../model/unit.js';
import { ownerOf } from '../pipeline/register.js';
import { deedOf, parseOffset, today } from './deed.js';
import type { DeedOptions } from './deed-options.js';
import { parseCategory, parseCount, parseWhen } from './filters.js';
import type { GlobalOptions } from './globals.js';
import { remark, writeList } from './list-output.js';
import { TableFile } from './table-file.js';
import { templateCsv } from './template.js';

export interface UnitsImportOptions extends DeedOptions {
  readonly template: boolean;
  readonly replace: boolean;
  readonly dryRun: boolean;
}

export interface UnitsListOptions {
  readonly category?: string;
  readonly region?: string;
  readonly ranges: boolean;
}

export interface UnitsLookupOptions {
  readonly at?: string;
  readonly port?: string;
  readonly history: boolean;
}

/** Conflicts that are told one by one. */
const MAX_CONFLICTS = 100;

export async function importUnits(
  file: string | null,
  options: UnitsImportOptions,
  globals: GlobalOptions,
): Promise<void> {
  if (options.template) return await writeChunks([templateCsv(UNIT_COLUMNS, globals.lang)], process.stdout);
  if (file === null)
    throw new UsageError(
      'table-missing',
      phrase`units import: expected a FILE, or --template for one to fill in`,
    );
  const offset = parseOffset(options.utcOffset);
  const deed = deedOf(options);
  const { units, ranges, sha256 } = await readRegister(file, offset);
  const store = openStore(globals.db);
  try {
    const known = store.office.loadUnits();
    const changes = mergeRanges(known.ranges, ranges, options.replace ? today(offset, deed.atUs) : null);
    if (changes.conflicts.length > 0) throw conflictError(file, changes.conflicts);
    const total = known.ranges.length + changes.added.length - changes.replaced.length;
    if (total > MAX_RANGES)
      throw new UsageError(
        'units-too-many',
        phrase`${file}: expected at most ${MAX_RANGES} ranges in the register, found ${total} with those known before`,
      );
    const counts = {
      units: units.length,
      added: changes.added.length,
      replaced: changes.replaced.length,
      ended: changes.ended.length,
      unchanged: changes.unchanged,
    };
    if (!options.dryRun)
      store.office.saveUnits(
        { units, ...changes },
        { ...deed, subject: 'units', action: 'import', detail: { file: basename(file), sha256, ...counts } },
      );
    const assigned = options.dryRun ? 0 : assign(store);
    const summary = { ...counts, assigned };
    if (globals.json)
      await writeChunks(
        [`${JSON.stringify({ schema: 'rigwatch.units-import/1', dry_run: options.dryRun, ...summary })}\n`],
        process.stdout,
      );
    remark(officeMessage(globals.lang, 'import.units', summary), globals);
    if (options.dryRun) remark(officeMessage(globals.lang, 'import.dry'), globals);
  } finally {
    store.close();
  }
}

async function readRegister(path: string, utcOffsetMinutes: number): Promise<UnitTable & { sha256: string }> {
  const file = new TableFile(path);
  try {
    return { ...(await readUnits(file, new TableFaults(path), utcOffsetMinutes)), sha256: file.hash() };
  } finally {
    file.close();
  }
}

function assign(store: ReturnType<typeof openStore>): number {
  if (!store.hasVerdicts()) return 0;
  const { units, ranges } = store.office.loadUnits();
  const map = new UnitMap(units, ranges);
  return store.office.assignUnits(
    (ip, timeUs) => ownerOf(ip, timeUs, () => store.loadSuspect(ip)?.sessions ?? [], map).unit?.id ?? null,
  );
}

function conflictError(file: string, conflicts: readonly Phrase[]): TableError {
  const faults = conflicts
    .slice(0, MAX_CONFLICTS)
    .map((message) => ({ file, line: 0, ruleId: null, message }));
  return new TableError(faults, conflicts.length - faults.length);
}

interface UnitLine {
  readonly unit: Unit;
  readonly ranges: number;
}

const UNIT_LIST: readonly ListColumn<UnitLine>[] = [
  { name: 'unit_id', title: 'column.unit_id', value: ({ unit }) => unit.id },
  { name: 'name', title: 'column.name', value: ({ unit }) => unit.name },
  {
    name: 'category',
    title: 'column.category',
    value: ({ unit }) => unit.category ?? '',
    cell: ({ unit }, language) => categoryTitle(language, unit.category ?? ''),
  },
  { name: 'region', title: 'column.region', value: ({ unit }) => unit.region ?? unit.regionCode ?? '' },
  { name: 'ranges', title: 'column.ranges', align: 'right', value: ({ ranges }) => String(ranges) },
];

interface RangeLine {
  readonly range: UnitRange;
  readonly unit: Unit | null;
}

const RANGE_LIST: readonly ListColumn<RangeLine>[] = [
  { name: 'range', title: 'column.range', value: ({ range }) => formatRange(range) },
  { name: 'unit_id', title: 'column.unit_id', value: ({ range }) => range.unitId },
  { name: 'name', title: 'column.name', value: ({ unit }) => unit?.name ?? '' },
  { name: 'valid', title: 'column.valid', value: ({ range }) => validity(range) },
  {
    name: 'kind',
    title: 'column.kind',
    value: ({ range }) => range.kind,
    cell: ({ range }, language) => officeMessage(language, `kind.${range.kind}`),
  },
  { name: 'ports', title: 'column.ports', value: ({ range }) => ports(range) },
  { name: 'isp', title: 'column.isp', value: ({ range }) => range.isp ?? '' },
];

function validity({ fromUs, toUs }: UnitRange): string {
  if (fromUs === null && toUs === null) return '';
  const day = (timeUs: number | null) => (timeUs === null ? '' : formatMinute(timeUs));
  return `${day(fromUs)}..${day(toUs)}`;
}

function ports({ portFrom, portTo }: UnitRange): string {
  return portFrom === null ? '' : `${portFrom}-${portTo}`;
}

export async function listUnits(options: UnitsListOptions, globals: GlobalOptions): Promise<void> {
  const store = openStore(globals.db, { readOnly: true });
  try {
    const category = options.category === undefined ? null : parseCategory(options.category);
    const { units, ranges } = store.office.loadUnits();
    const wanted = units.filter(
      (unit) =>
        (category === null || unit.category === category) &&
        (options.region === undefined || [unit.region, unit.regionCode].includes(options.region)),
    );
    const byId = new Map(wanted.map((unit) => [unit.id, unit]));
    if (options.ranges) {
      const lines = ranges
        .filter(({ unitId }) => byId.has(unitId))
        .map((range) => ({ range, unit: byId.get(range.unitId) ?? null }));
      const toObject = ({ range }: RangeLine) => ({ schema: 'rigwatch.range/1', ...toRangeObject(range) });
      return await writeList(RANGE_LIST, lines, toObject, globals);
    }
    const counts = new Map<string, number>();
    for (const { unitId } of ranges) counts.set(unitId, (counts.get(unitId) ?? 0) + 1);
    const lines = wanted.map((unit) => ({ unit, ranges: counts.get(unit.id) ?? 0 }));
    await writeList(UNIT_LIST, lines, (line) => toUnitObject(line.unit, line.ranges), globals);
  } finally {
    store.close();
  }
}

interface Answer {
  readonly ip: string;
  readonly owner: Ownership;
}

const ANSWER_LIST: readonly ListColumn<Answer>[] = [
  { name: 'ip', title: 'column.ip', value: ({ ip }) => ip },
  { name: 'unit_id', title: 'column.unit_id', value: ({ owner }) => owner.unit?.id ?? '' },
  { name: 'name', title: 'column.name', value: ({ owner }) => owner.unit?.name ?? '' },
  {
    name: 'category',
    title: 'column.category',
    value: ({ owner }) => owner.unit?.category ?? '',
    cell: ({ owner }, language) => categoryTitle(language, owner.unit?.category ?? ''),
  },
  {
    name: 'region',
    title: 'column.region',
    value: ({ owner }) => owner.unit?.region ?? owner.unit?.regionCode ?? '',
  },
  {
    name: 'range',
    title: 'column.range',
    value: ({ owner }) => (owner.range === null ? '' : formatRange(owner.range)),
  },
  {
    name: 'hint',
    title: 'column.hint',
    value: ({ owner }) => owner.hint?.kind ?? '',
    cell: ({ owner }, language) => hintText(owner, language),
  },
];

/** Inner ranges that a hint names. */
const MAX_INNER = 5;

function hintText({ hint }: Ownership, language: Language): string {
  if (hint === null) return '';
  const ranges = hint.inner.slice(0, MAX_INNER).map((range) => formatRange(range));
  const inner =
    ranges.length === 0 ? '' : officeMessage(language, 'hint.inner', { ranges: ranges.join(', ') });
  return officeMessage(language, `hint.${hint.kind}`, { inner, among: hint.among });
}

function toAnswerObject({ ip, owner }: Answer) {
  const { unit, range, hint } = owner;
  return {
    schema: 'rigwatch.lookup/1',
    ip,
    unit: unit === null ? null : toUnitRef(unit),
    range: range === null ? null : toRangeObject(range),
    hint: hint === null ? null : { kind: hint.kind, among: hint.among, inner: hint.inner.map(toRangeObject) },
  };
}

export async function lookupUnits(
  texts: readonly string[],
  options: UnitsLookupOptions,
  globals: GlobalOptions,
): Promise<void> {
  const timeUs = options.at === undefined ? Date.now() * 1000 : parseWhen('--at', options.at, Date.now());
  const port = options.port === undefined ? null : parseCount('--port', options.port);
  const ips = (await addressesOf(texts)).map(parseAddress);
  const store = openStore(globals.db, { readOnly: true });
  try {
    const { units, ranges } = store.office.loadUnits();
    const map = new UnitMap(units, ranges);
    if (options.history) {
      const lines = ips.flatMap((ip) =>
        map.history(ip).map((range) => ({ range, unit: map.unit(range.unitId), ip })),
      );
      const columns = [
        { name: 'ip', title: 'column.ip', value: ({ ip }: { ip: string }) => ip } as const,
        ...RANGE_LIST,
      ];
      const toObject = (line: (typeof lines)[number]) => ({
        schema: 'rigwatch.range/1',
        ip: line.ip,
        ...toRangeObject(line.range),
        valid: isValid(line.range, timeUs),
      });
      return await writeList(columns, lines, toObject, globals);
    }
    const answers = ips.map((ip) => ({ ip, owner: map.ownerAt(ip, timeUs, port) }));
    await writeList(ANSWER_LIST, answers, toAnswerObject, globals);
  } finally {
    store.close();
  }
}

async function addressesOf(texts: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const text of texts) {
    if (text !== '-') found.push(text);
    else
      for await (const line of createInterface({ input: process.stdin }))
        if (line.trim() !== '') found.push(line.trim());
  }
  return found;
}

function parseAddress(text: string): string {
  const ip = parseIp(text);
  if (ip !== null) return ip;
  throw new UsageError('address-invalid', phrase`${text}: expected an IPv4 or IPv6 address`);
}

const CHECK_LIST: readonly ListColumn<CheckFinding>[] = [
  {
    name: 'finding',
    title: 'column.finding',
    value: ({ code }) => code,
    cell: ({ code }, language) => officeMessage(language, `check.${code}`),
  },
  { name: 'subject', title: 'column.subject', value: ({ subject }) => subject },
  { name: 'other', title: 'column.other', value: ({ other }) => other ?? '' },
  { name: 'units', title: 'column.units', value: ({ units }) => units.join(',') },
];

export async function checkRegister({ at }: { at?: string }, globals: GlobalOptions): Promise<void> {
  const timeUs = at === undefined ? Date.now() * 1000 : parseWhen('--at', at, Date.now());
  const store = openStore(globals.db, { readOnly: true });
  try {
    const { units, ranges } = store.office.loadUnits();
    const report = checkUnits(units, ranges, timeUs, globals.home);
    const toObject = (finding: CheckFinding) => ({ schema: 'rigwatch.units-check/1', ...finding });
    if (report.findings.length > 0) process.exitCode = 1;
    await writeList(CHECK_LIST, report.findings, toObject, globals);
    const counts = Object.entries(report.counts)
      .filter(([, count]) => count > 0)
      .map(([code, count]) =>
        officeMessage(globals.lang, 'check.count', {
          count,
          finding: globals.lang === 'en' ? code : officeWord(globals.lang, 'check', code),
        }),
      );
    remark(
      officeMessage(globals.lang, 'check.sum', {
        units: report.units,
        ranges: report.ranges,
        counts:
          counts.length === 0
            ? officeMessage(globals.lang, 'check.clean')
            : translate(globals.lang, phrase`${counts}`),
      }),
      globals,
    );
  } finally {
    store.close();
  }
}
