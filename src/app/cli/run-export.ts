import { statSync } from 'node:fs';
import { Writable } from 'node:stream';
import { finished } from 'node:stream/promises';
import { UsageError } from '../../base/errors.js';
import { parseCidr } from '../../base/ip.js';
import { either, phrase } from '../../base/phrase.js';
import { writeAtomically } from '../../deliver/export/atomic-file.js';
import { writeChunks } from '../../deliver/export/chunks.js';
import type { Exporter, ExportOptions, Subject, Tlp } from '../../deliver/export/exporter.js';
import { EXPORTERS, exporterByName } from '../../deliver/export/index.js';
import { exportMessage } from '../../deliver/print/messages/export-messages.js';
import { openStore, type VerdictFilter } from '../../deliver/store/index.js';
import { parseHome } from '../pipeline/home.js';
import { DefangedSelection, type PoolGuard, StoredSelection } from './export-selection.js';
import { parseCategory, parseCount, parseDuration, parseLevels, parseScore, parseWhen } from './filters.js';
import type { GlobalOptions } from './globals.js';
import { remark } from './list-output.js';
import { version } from './version.js';

/** Options of `rigwatch export` alone. */
export interface ExportCommandOptions {
  readonly of?: Subject;
  readonly level: string;
  readonly minScore?: string;
  readonly since?: string;
  readonly until?: string;
  readonly maxAge?: string;
  readonly unit?: string;
  readonly category?: string;
  readonly region?: string;
  readonly coin?: string;
  readonly output?: string;
  readonly dryRun: boolean;
  readonly bom?: boolean;
  readonly comments: boolean;
  readonly defang: boolean;
  readonly tlp: Tlp;
  readonly office: string;
  readonly withDropRule: boolean;
  readonly sidBase: string;
  readonly classtype: string;
  readonly communityIdSeed: string;
  readonly list: boolean;
}

const MAX_AGE_MS = 3660 * 86_400_000;
const MAX_OFFICE = 200;
/** The range for local use (Suricata, rule management), so that the ids that are taken stay within it. */
const SIDS = { least: 1_000_000, most: 1_900_000 };
const MAX_SEED = 65_535;

export async function runExport(
  format: string | null,
  options: ExportCommandOptions,
  globals: GlobalOptions,
): Promise<void> {
  if (options.list) return await writeChunks(list(globals), process.stdout);
  const nowMs = Date.now();
  const exporter = findExporter(format);
  const of = subjectOf(exporter, options);
  const filter = parseFilter(options, nowMs);
  checkLevels(exporter, filter);
  if (exporter.name === 'xlsx' && !options.dryRun && options.output === undefined && process.stdout.isTTY)
    throw new UsageError(
      'output-terminal',
      phrase`export xlsx: a workbook is not for a terminal; name a file with -o`,
    );
  const written = writeOptions(exporter, options, globals, nowMs);
  const seed = within('--community-id-seed', options.communityIdSeed, 0, MAX_SEED);
  const guard = of === 'pools' || exporter.usesPools === true ? await poolGuard(globals) : null;
  const store = openStore(globals.db, { readOnly: true });
  try {
    store.holdStill();
    const selection = new StoredSelection(of, store, filter, guard, seed);
    const chosen = options.defang ? new DefangedSelection(selection) : selection;
    const bytes = await deliver(options, (out) => exporter.write(chosen, out, written));
    const file = options.output ?? '-';
    const told = exportMessage(globals.lang, of, { file, count: selection.told, bytes });
    if (options.dryRun) remark(exportMessage(globals.lang, 'dry-run', { told }), globals);
    else if (file !== '-') remark(told, globals);
    if (selection.heldBack > 0)
      remark(exportMessage(globals.lang, 'held-back', { count: selection.heldBack }), globals);
  } finally {
    store.close();
  }
}

function* list({ json, lang }: GlobalOptions): Generator<string> {
  for (const { name, extension, subjects, isBlockList, summary } of EXPORTERS) {
    const object = { name, extension, subjects, block_list: isBlockList === true, summary: summary[lang] };
    yield json ? `${JSON.stringify(object)}\n` : `${name}\t${subjects.join(',')}\t${summary[lang]}\n`;
  }
}

/** Returns how many bytes it came to; 0 on standard output, where nobody asks. */
async function deliver(
  { output, dryRun }: ExportCommandOptions,
  write: (out: Writable) => Promise<void>,
): Promise<number> {
  if (dryRun) return await measured(write);
  if (output === undefined || output === '-') {
    await write(process.stdout);
    return 0;
  }
  await writeAtomically(output, write);
  return statSync(output).size;
}

async function measured(write: (out: Writable) => Promise<void>): Promise<number> {
  let bytes = 0;
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      done();
    },
  });
  await write(sink);
  sink.end();
  await finished(sink);
  return bytes;
}

function findExporter(name: string | null): Exporter {
  const exporter = name === null ? null : exporterByName(name);
  if (exporter !== null) return exporter;
  const names = EXPORTERS.map((known) => known.name);
  throw new UsageError('export-unknown', phrase`export ${name ?? 'FORMAT'}: expected one of ${names}`);
}

function subjectOf({ name, subjects }: Exporter, { of, withDropRule }: ExportCommandOptions): Subject {
  const subject = of ?? subjects[0];
  if (!subjects.includes(subject))
    throw new UsageError(
      'export-subject',
      phrase`export ${name} --of ${subject}: expected ${either(subjects)}`,
    );
  if (withDropRule && subject !== 'pools')
    throw new UsageError(
      'export-subject',
      phrase`--with-drop-rule: expected --of pools; suspects are to be cleaned up, not cut off`,
    );
  return subject;
}

/** Nobody is blocked on suspicion. */
function checkLevels({ name, isBlockList }: Exporter, { levels }: VerdictFilter): void {
  const weak = levels?.find((level) => level !== 'confirmed' && level !== 'probable');
  if (isBlockList === true && weak !== undefined)
    throw new UsageError(
      'export-level',
      phrase`export ${name} --level ${weak}: expected confirmed, probable or both in a list that other tools act on`,
    );
}

function parseFilter(options: ExportCommandOptions, nowMs: number): VerdictFilter {
  const { level, minScore, since, until, unit, category, region, coin } = options;
  const age = maxAgeMs(options);
  const starts = [
    ...(since === undefined ? [] : [parseWhen('--since', since, nowMs)]),
    ...(age === null ? [] : [(nowMs - age) * 1000]),
  ];
  return {
    levels: parseLevels(level),
    ...(minScore === undefined ? {} : { minScore: parseScore(minScore) }),
    ...(starts.length === 0 ? {} : { sinceUs: Math.max(...starts) }),
    ...(until === undefined ? {} : { untilUs: parseWhen('--until', until, nowMs) }),
    ...(unit === undefined ? {} : { unit }),
    ...(category === undefined ? {} : { category: parseCategory(category) }),
    ...(region === undefined ? {} : { region }),
    ...(coin === undefined ? {} : { coin }),
  };
}

function maxAgeMs({ maxAge }: ExportCommandOptions): number | null {
  return maxAge === undefined ? null : parseDuration('--max-age', maxAge, 1000, MAX_AGE_MS);
}

function writeOptions(
  exporter: Exporter,
  options: ExportCommandOptions,
  { lang }: GlobalOptions,
  nowMs: number,
): ExportOptions {
  const { comments, defang, tlp, office, withDropRule, sidBase, classtype } = options;
  if (defang && exporter.isForPeople !== true)
    throw new UsageError(
      'export-defang',
      phrase`export ${exporter.name} --defang: programs need the addresses as they are`,
    );
  if (!/^[a-z0-9-]{1,64}$/.test(classtype))
    throw new UsageError(
      'classtype-invalid',
      phrase`--classtype ${classtype}: expected a name such as coin-mining`,
    );
  if (office.trim() === '' || office.length > MAX_OFFICE || /\p{C}/u.test(office))
    throw new UsageError(
      'office-invalid',
      phrase`--office: expected a name of at most ${MAX_OFFICE} characters`,
    );
  const age = maxAgeMs(options);
  return {
    bom: options.bom ?? (lang === 'zh-CN' && exporter.name === 'csv'),
    comments,
    language: lang,
    version: version(),
    nowMs,
    maxAgeSeconds: age === null ? null : age / 1000,
    tlp,
    office,
    withDropRule,
    sidBase: within('--sid-base', sidBase, SIDS.least, SIDS.most),
    classtype,
  };
}

function within(option: string, text: string, least: number, most: number): number {
  const value = parseCount(option, text);
  if (value >= least && value <= most) return value;
  throw new UsageError(
    'number-invalid',
    phrase`${option} ${text}: expected a number from ${least} to ${most}`,
  );
}

/** The rule files are only read where endpoints are told. */
async function poolGuard({ rules, home }: GlobalOptions): Promise<PoolGuard> {
  const { loadRules } = await import('../pipeline/load-rules.js');
  const { pools, guards } = await loadRules(rules);
  const shared = guards.sharedHosting.cdn.map(parseCidr).filter((block) => block !== null);
  return { pools, shared, home: home.map(parseHome) };
}
