import { UsageError } from '../../base/errors.js';
import { parseIp } from '../../base/ip.js';
import { phrase } from '../../base/phrase.js';
import { writeChunks } from '../../deliver/export/chunks.js';
import { explainVerdict } from '../../deliver/print/explain.js';
import { message } from '../../deliver/print/messages/messages.js';
import { formatTable, tsvHeader, tsvRow } from '../../deliver/print/table.js';
import { toVerdictObject } from '../../deliver/print/verdict-json.js';
import { openStore, type Store, type StoredVerdict, type VerdictFilter } from '../../deliver/store/index.js';
import { factorsFrom } from './factors.js';
import { parseCategory, parseCount, parseLevels, parseWhen } from './filters.js';
import { type GlobalOptions, wantsColor } from './globals.js';
import { printNodes } from './print-nodes.js';

/** Options of `rigwatch verdicts` alone. */
export interface VerdictsOptions {
  readonly level?: string;
  readonly coin?: string;
  readonly unit?: string;
  readonly category?: string;
  readonly region?: string;
  readonly since?: string;
  readonly until?: string;
  readonly text?: string;
  readonly includeNodes: boolean;
  readonly limit?: string;
  readonly offset?: string;
  readonly co2Factor?: string;
  readonly coalFactor?: string;
}

/** A table on a terminal is for reading: longer ones are asked for. */
const TABLE_LIMIT = 200;

export async function runVerdicts(
  ip: string | null,
  options: VerdictsOptions,
  globals: GlobalOptions,
): Promise<void> {
  const address = ip === null ? null : parseAddress(ip);
  const filter = parseFilter(options);
  const convert = await factorsFrom(options, globals.rules);
  const store = openStore(globals.db, { readOnly: true });
  try {
    if (address !== null) await explainOne(store, address, globals, convert);
    else {
      await listAll(store, filter, globals, convert);
      const [found] = store.listVerdicts({ ...filter, limit: 1 });
      if (found === undefined && !globals.quiet && store.hasVerdicts())
        process.stderr.write(`${message(globals.lang, 'none-fits')}\n`);
    }
    // A brief tells of them anyway.
    if (options.includeNodes && (address === null || globals.json))
      await printNodes(store.nodes(address), globals);
  } finally {
    store.close();
  }
}

function parseAddress(text: string): string {
  const ip = parseIp(text);
  if (ip !== null) return ip;
  throw new UsageError(
    'address-invalid',
    phrase`${text}: expected an IPv4 or IPv6 address; --text searches for words`,
  );
}

function parseFilter(options: VerdictsOptions): VerdictFilter {
  const nowMs = Date.now();
  const { level, coin, unit, category, region, since, until, text, limit, offset } = options;
  return {
    ...(level === undefined ? {} : { levels: parseLevels(level) }),
    ...(coin === undefined ? {} : { coin }),
    ...(unit === undefined ? {} : { unit }),
    ...(category === undefined ? {} : { category: parseCategory(category) }),
    ...(region === undefined ? {} : { region }),
    ...(since === undefined ? {} : { sinceUs: parseWhen('--since', since, nowMs) }),
    ...(until === undefined ? {} : { untilUs: parseWhen('--until', until, nowMs) }),
    ...(text === undefined ? {} : { words: text.split(/\s+/).filter((word) => word !== '') }),
    ...(limit === undefined ? {} : { limit: parseCount('--limit', limit) }),
    ...(offset === undefined ? {} : { offset: parseCount('--offset', offset) }),
  };
}

type Convert = (verdict: StoredVerdict) => StoredVerdict;

async function explainOne(store: Store, ip: string, globals: GlobalOptions, convert: Convert): Promise<void> {
  const stored = store.loadVerdict(ip);
  const verdict = stored === null ? null : convert(stored);
  if (globals.json) {
    if (verdict !== null)
      await writeChunks([`${JSON.stringify(toVerdictObject(verdict))}\n`], process.stdout);
    else if (!globals.quiet) process.stderr.write(`${message(globals.lang, 'brief.no-verdict', { ip })}\n`);
    return;
  }
  const { stdout } = process;
  const text = explainVerdict(ip, verdict, store.loadSuspect(ip), {
    language: globals.lang,
    color: wantsColor(globals, stdout),
    width: stdout.isTTY ? stdout.columns : null,
    nodes: store.nodes(ip),
  });
  await writeChunks([`${text}\n`], stdout);
}

async function listAll(
  store: Store,
  filter: VerdictFilter,
  globals: GlobalOptions,
  convert: Convert,
): Promise<void> {
  const { stdout } = process;
  if (globals.json) return await writeChunks(jsonLines(store.listVerdicts(filter), convert), stdout);
  if (!stdout.isTTY) return await writeChunks(tsvLines(store.listVerdicts(filter)), stdout);
  const limit = filter.limit ?? TABLE_LIMIT;
  // One more than is shown tells whether there are more.
  const found = [...store.listVerdicts({ ...filter, limit: limit + 1 })];
  const table = formatTable(found.slice(0, limit), {
    language: globals.lang,
    color: wantsColor(globals, stdout),
    width: stdout.columns,
  });
  await writeChunks([`${table}\n`], stdout);
  if (found.length > limit && !globals.quiet) {
    process.stderr.write(`${message(globals.lang, 'limited', { count: limit })}\n`);
  }
}

function* jsonLines(verdicts: Iterable<StoredVerdict>, convert: Convert): Generator<string> {
  for (const verdict of verdicts) yield `${JSON.stringify(toVerdictObject(convert(verdict)))}\n`;
}

function* tsvLines(verdicts: Iterable<StoredVerdict>): Generator<string> {
  yield `${tsvHeader()}\n`;
  for (const verdict of verdicts) yield `${tsvRow(verdict)}\n`;
}
