import { InputError, RigwatchError, RuleError, StoreError, UsageError } from '../../base/errors.js';
import { parseIp } from '../../base/ip.js';
import { phrase } from '../../base/phrase.js';
import { printable } from '../../base/text.js';
import { formatTime } from '../../base/time.js';
import { type HealthServer, serveHealth } from '../../deliver/health/server.js';
import { openTarget } from '../../deliver/notify/index.js';
import { watchMessage } from '../../deliver/print/messages/watch-messages.js';
import { formatNews } from '../../deliver/print/news-line.js';
import { tsvHeader, tsvRow } from '../../deliver/print/table.js';
import { translate } from '../../deliver/print/translate.js';
import { openStore } from '../../deliver/store/index.js';
import { openLive } from '../../intake/sources/live/index.js';
import type { Language } from '../../model/language.js';
import type { Level } from '../../model/verdict.js';
import { EvidenceRecorder } from '../pipeline/evidence-recorder.js';
import { homeNetworks } from '../pipeline/home.js';
import { loadRules } from '../pipeline/load-rules.js';
import { watchHealth } from '../pipeline/watch/health.js';
import { type News, toNotice } from '../pipeline/watch/news.js';
import { Watch, type WatchFigures } from '../pipeline/watch/watch.js';
import { onClosedOutput } from './closed-output.js';
import { complain } from './complain.js';
import { type EvidenceOptions, sensorStatement } from './evidence-options.js';
import { parseDuration } from './filters.js';
import { type GlobalOptions, wantsColor } from './globals.js';
import { chooseFormat, type FormatOptions, formatsIn } from './input-format.js';
import { onInterrupt } from './signals.js';
import { version } from './version.js';

/** Options of `rigwatch watch` alone. */
export interface WatchOptions extends FormatOptions, EvidenceOptions {
  readonly interval: string;
  readonly notify: readonly string[];
  readonly minLevel: Level;
  readonly health?: string;
}

const OUTPUT_CLOSED = phrase`standard output was closed by whoever read it; the watch has ended. What it found is in the database`;
const LEAST_INTERVAL_MS = 1000;
const MOST_INTERVAL_MS = 600_000;
/** Characters of one line on standard error. */
const MAX_LINE = 8192;

export async function runWatch(
  urls: readonly string[],
  options: WatchOptions,
  globals: GlobalOptions,
): Promise<void> {
  const intervalMs = parseDuration('--interval', options.interval, LEAST_INTERVAL_MS, MOST_INTERVAL_MS);
  const healthAt = options.health === undefined ? null : parseAddress(options.health);
  const statement = sensorStatement(options);
  const formats = formatsIn(options.tz);
  const format = await chooseFormat(options, formats);
  const isHome = homeNetworks(globals.home);
  const targets = [...new Set(options.notify)].map(openTarget);
  const sources = [...new Set(urls)].map(openLive);
  const rules = await loadRules(globals.rules);
  const store = openStore(globals.db);
  const interruption = onInterrupt('SIGINT', 'SIGTERM');
  let isUnheard = false;
  onClosedOutput(() => {
    isUnheard = true;
    interruption.stop();
  });
  const nowMs = Date.now;
  const note = (text: string) => {
    if (!globals.quiet) process.stderr.write(`rigwatch: ${printable(text, MAX_LINE)}\n`);
  };
  let server: HealthServer | null = null;
  let isPartUnreadable = false;
  try {
    const printer = newsPrinter(globals, nowMs);
    const watch = new Watch({
      sources,
      rules,
      store,
      version: version(),
      format,
      formats,
      intervalMs,
      minLevel: options.minLevel,
      targets,
      evidence: new EvidenceRecorder(store, {
        version: version(),
        sensor: statement,
        anchor: options.anchor ?? null,
        nowMs,
      }),
      isHome,
      nowMs,
      onNews: printer,
      onTrouble: (error) => {
        isPartUnreadable ||= error.code === 'format-unknown';
        complain(error, globals);
        if (error instanceof StoreError && error.code !== 'store-conflict')
          note(watchMessage(globals.lang, 'watch.not-saved'));
      },
    });
    const figures = () => watch.figures();
    if (healthAt !== null)
      server = await serveHealth(
        healthAt.host,
        healthAt.port,
        watchHealth({ intervalMs, version: version(), nowMs, figures }),
      );
    const reloader = onHangup(globals, watch, note);
    try {
      await watch.start();
      greet(watch.figures(), server, { ...globals, intervalMs }, note);
      await watch.run(interruption.signal);
    } finally {
      reloader.done();
    }
    const last = watch.figures();
    for (const line of farewell(last, globals.lang)) note(line);
    if (isUnheard) complain(new InputError('output-closed', OUTPUT_CLOSED), globals);
    const exitCode = interruption.exitCode ?? (isPartUnreadable ? 3 : 0);
    process.exitCode = last.checkpointError === null && !isUnheard ? exitCode : 2;
  } finally {
    onClosedOutput(null);
    interruption.done();
    await server?.close();
    store.close();
  }
}

/** Prints verdicts as they happen: NDJSON with --json, lines for people on a terminal, else TSV with a header. */
function newsPrinter(globals: GlobalOptions, nowMs: () => number): (news: readonly News[]) => void {
  const { stdout } = process;
  let hasHeader = false;
  return (news) => {
    const timeUs = nowMs() * 1000;
    const lines = news.map((one) => {
      if (globals.json) return JSON.stringify(toNotice(one, timeUs));
      if (!stdout.isTTY) return tsvRow(one.verdict);
      return formatNews(
        { ...one, timeUs },
        { language: globals.lang, color: wantsColor(globals, stdout), width: stdout.columns ?? null },
      );
    });
    if (!globals.json && !stdout.isTTY && !hasHeader) lines.unshift(tsvHeader());
    hasHeader = true;
    stdout.write(`${lines.join('\n')}\n`);
  };
}

/** SIGHUP: the rules are read again, one reading at a time; bad ones change nothing and cost one line. */
function onHangup(globals: GlobalOptions, watch: Watch, note: (text: string) => void): { done(): void } {
  let isReading = false;
  let isAskedAgain = false;
  const read = async () => {
    if (isReading) {
      isAskedAgain = true;
      return;
    }
    isReading = true;
    try {
      do {
        isAskedAgain = false;
        const rules = await loadRules(globals.rules);
        watch.useRules(rules);
        note(watchMessage(globals.lang, 'watch.reloaded', { version: rules.version }));
      } while (isAskedAgain);
    } catch (error) {
      if (!(error instanceof RigwatchError)) throw error;
      complain(notReloaded(error), globals);
    } finally {
      isReading = false;
    }
  };
  const hangup = () => void read();
  process.on('SIGHUP', hangup);
  return { done: () => process.off('SIGHUP', hangup) };
}

/** One line, whatever the number of faults: `rules lint` lists them. */
function notReloaded(error: RigwatchError): RigwatchError {
  const more = error instanceof RuleError ? error.faults.length - 1 : 0;
  const reason = more > 0 ? phrase`${error.phrase} (+${more}: rigwatch rules lint)` : error.phrase;
  return new UsageError(error.code, phrase`the rules were not changed: ${reason}`);
}

function greet(
  { feeds }: WatchFigures,
  server: HealthServer | null,
  { lang, db, intervalMs }: { readonly lang: Language; readonly db: string; readonly intervalMs: number },
  note: (text: string) => void,
): void {
  note(watchMessage(lang, 'watch.listening', { sources: feeds.length, seconds: intervalMs / 1000, db }));
  for (const { url, where, source } of feeds) {
    note(watchMessage(lang, 'watch.source', { url, where: translate(lang, where) }));
    const buffer = source.receiveBuffer;
    if (buffer !== null && buffer.granted < buffer.asked)
      note(watchMessage(lang, 'watch.small-buffer', { url, granted: buffer.granted, asked: buffer.asked }));
  }
  if (server !== null) {
    const { host, port } = server.address;
    const address = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
    note(watchMessage(lang, 'watch.health', { address }));
  }
}

function farewell(figures: WatchFigures, language: Language): string[] {
  const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
  const level = (name: Level) => figures.levels.find((one) => one.level === name)?.count ?? 0;
  const shown = (value: number) => value.toLocaleString('en');
  const { feeds, exporters, checkpointError, checkpointMs, startedMs, unsaved } = figures;
  const since = formatTime((checkpointMs ?? startedMs) * 1000) ?? '';
  const lines = [
    ...(checkpointError === null ? [] : [watchMessage(language, 'watch.unsaved', { since, unsaved })]),
    watchMessage(language, checkpointError === null ? 'watch.saved' : 'watch.stopped', {
      packets: shown(sum(feeds.map(({ packets }) => packets))),
      records: shown(sum(feeds.map(({ flowRecords }) => flowRecords))),
      confirmed: level('confirmed'),
      probable: level('probable'),
      suspected: level('suspected'),
    }),
  ];
  const dropped = sum(feeds.map(({ source }) => source.dropped));
  const records = sum(exporters.map(({ lost }) => lost));
  const messages = sum(exporters.map(({ lostMessages }) => lostMessages));
  if (dropped + records + messages > 0)
    lines.push(
      watchMessage(language, 'watch.lost', {
        dropped: shown(dropped),
        records: shown(records),
        messages: shown(messages),
      }),
    );
  return lines;
}

function parseAddress(text: string): { readonly host: string; readonly port: number } {
  const [, bracketed, plain, port = ''] = /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain ?? '';
  const ip = host === 'localhost' ? '127.0.0.1' : parseIp(host);
  if (ip !== null && Number(port) <= 65_535) return { host: ip, port: Number(port) };
  throw new UsageError(
    'address-invalid',
    phrase`--health ${text}: expected ADDRESS:PORT such as 127.0.0.1:9477 or [::1]:9477`,
  );
}
