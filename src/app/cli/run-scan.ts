import { InputError } from '../../base/errors.js';
import { phrase } from '../../base/phrase.js';
import { writeAtomically } from '../../deliver/export/atomic-file.js';
import { writeChunks } from '../../deliver/export/chunks.js';
import { message } from '../../deliver/print/messages/messages.js';
import { createProgress } from '../../deliver/print/progress.js';
import { formatTable, tsvHeader, tsvRow } from '../../deliver/print/table.js';
import { translate } from '../../deliver/print/translate.js';
import { toVerdictObject } from '../../deliver/print/verdict-json.js';
import { openStore } from '../../deliver/store/index.js';
import type { Language } from '../../model/language.js';
import type { Level, Verdict } from '../../model/verdict.js';
import { EVIDENCE_BROKEN, EvidenceRecorder } from '../pipeline/evidence-recorder.js';
import { homeNetworks } from '../pipeline/home.js';
import { loadRules } from '../pipeline/load-rules.js';
import { type ScanResult, scan } from '../pipeline/scan.js';
import { describeChanges } from './case-changes.js';
import { complain } from './complain.js';
import { type EvidenceOptions, sensorStatement } from './evidence-options.js';
import { type GlobalOptions, wantsColor } from './globals.js';
import { chooseFormat, formatsIn } from './input-format.js';
import { createLogger } from './log.js';
import { printNodes } from './print-nodes.js';
import { type Interruption, onInterrupt } from './signals.js';
import { version } from './version.js';

/** Options of `rigwatch scan` alone. */
export interface ScanOptions extends EvidenceOptions {
  readonly format?: string;
  readonly mapping?: string;
  readonly tz?: string;
  readonly reader: 'rigwatch' | 'pcap-parser';
  readonly sha256: boolean;
  readonly summary?: string;
  readonly failOn?: 'confirmed' | 'probable' | 'suspected';
  readonly includeNodes: boolean;
  readonly progress: boolean;
}

export async function runScan(
  inputs: readonly string[],
  options: ScanOptions,
  globals: GlobalOptions,
): Promise<void> {
  const formats = formatsIn(options.tz);
  const format = await chooseFormat(options, formats);
  const isHome = homeNetworks(globals.home);
  const statement = sensorStatement(options);
  const rules = await loadRules(globals.rules);
  const store = openStore(globals.db);
  // SIGHUP: the terminal went away, in the middle of the night too.
  const interruption = onInterrupt('SIGINT', 'SIGTERM', 'SIGHUP');
  const progress = createProgress({
    language: globals.lang,
    quiet: globals.quiet,
    progress: options.progress,
  });
  const log = await createLogger(globals.quiet ? 'error' : globals.logLevel);
  try {
    const result = await scan({
      paths: inputs,
      rules,
      store,
      version: version(),
      evidence: new EvidenceRecorder(store, {
        version: version(),
        sensor: statement,
        anchor: options.anchor ?? null,
        nowMs: Date.now,
      }),
      sensor: {
        format,
        formats,
        sha256: options.sha256,
        isHome,
        stop: interruption.signal,
        onProgress: ({ source, packets, suspects }) =>
          progress?.update({
            name: source.name,
            bytes: source.bytesRead,
            totalBytes: source.sizeBytes,
            packets,
            suspects,
          }),
      },
      database: globals.db,
      onTrouble: (error) => {
        progress?.clear();
        complain(error, globals);
      },
      onInput: (path) => log.info({ path }, 'reading'),
    });
    progress?.clear();
    if (options.summary !== undefined) await writeSummary(options.summary, result);
    process.exitCode = exitCode(result, options, interruption);
    await print(result, globals);
    if (options.includeNodes) await printNodes(result.nodes, globals);
    if (!globals.quiet)
      process.stderr.write(
        `${[describe(result, globals.lang), ...notUnderstood(result, globals.lang), ...caseChanges(result, globals.lang)].join('\n')}\n`,
      );
    if (result.storeError !== null) complain(result.storeError, globals);
    if (result.evidenceError !== null) complain(result.evidenceError, globals);
    if (result.recorded?.isBroken) complain(new InputError('evidence-broken', EVIDENCE_BROKEN), globals);
  } finally {
    interruption.done();
    store.close();
  }
}

async function print({ verdicts }: ScanResult, globals: GlobalOptions): Promise<void> {
  const { stdout } = process;
  await writeChunks(
    globals.json ? ndjson(verdicts) : stdout.isTTY ? [`${table(verdicts, globals)}\n`] : tsv(verdicts),
    stdout,
  );
}

function* ndjson(verdicts: readonly Verdict[]): Generator<string> {
  for (const verdict of verdicts) yield `${JSON.stringify(toVerdictObject(verdict))}\n`;
}

function* tsv(verdicts: readonly Verdict[]): Generator<string> {
  yield `${tsvHeader()}\n`;
  for (const verdict of verdicts) yield `${tsvRow(verdict)}\n`;
}

function table(verdicts: readonly Verdict[], globals: GlobalOptions): string {
  return formatTable(verdicts, {
    language: globals.lang,
    color: wantsColor(globals, process.stdout),
    width: process.stdout.columns ?? null,
  });
}

async function writeSummary(path: string, { summary }: ScanResult): Promise<void> {
  await writeAtomically(path, (out) => writeChunks([`${JSON.stringify(summary, null, 2)}\n`], out));
}

function describe({ summary, verdicts }: ScanResult, language: Language): string {
  const count = (level: Level) => verdicts.filter((verdict) => verdict.level === level).length;
  return message(language, 'run.summary', {
    inputs: summary.inputs.length,
    packets: summary.packets.toLocaleString('en'),
    records: summary.flow_records.toLocaleString('en'),
    confirmed: count('confirmed'),
    probable: count('probable'),
    suspected: count('suspected'),
    seconds: summary.seconds.toFixed(1),
  });
}

/** Counters of frames whose content could not be reached. */
const NOT_UNDERSTOOD = /^decode\.(unsupported|malformed|truncated|depth)/;
const MOST_SHOWN = 5;

/** Nothing is skipped in silence: the largest counts of what was not understood, by reason. */
function notUnderstood({ summary }: ScanResult, language: Language): string[] {
  const counts = Object.entries(summary.counters).filter(([name]) => NOT_UNDERSTOOD.test(name));
  if (counts.length === 0) return [];
  const shown = counts.sort(([, a], [, b]) => b - a).slice(0, MOST_SHOWN);
  const parts = shown.map(([name, count]) => `${count.toLocaleString('en')} ${name}`);
  if (counts.length > MOST_SHOWN) parts.push('…');
  return [message(language, 'run.not-understood', { counts: translate(language, phrase`${parts}`) })];
}

function caseChanges({ caseChanges: changes }: ScanResult, language: Language): string[] {
  return changes.length === 0 ? [] : [describeChanges(changes, language)];
}

const FAIL_LEVELS: Record<string, readonly Level[]> = {
  confirmed: ['confirmed'],
  probable: ['confirmed', 'probable'],
  suspected: ['confirmed', 'probable', 'suspected'],
};

function exitCode(result: ScanResult, options: ScanOptions, interruption: Interruption): number {
  if (interruption.exitCode !== null) return interruption.exitCode;
  const { inputs } = result.summary;
  if (result.storeError !== null) return result.storeError.exitCode;
  if (result.evidenceError !== null) return result.evidenceError.exitCode;
  if (result.unreadable > 0 && result.unreadable === inputs.length) return 2;
  if (inputs.some(({ complete }) => !complete)) return 3;
  const failing = options.failOn === undefined ? [] : (FAIL_LEVELS[options.failOn] ?? []);
  return result.verdicts.some(({ level }) => failing.includes(level)) ? 1 : 0;
}
