import { createHash } from 'node:crypto';
import { dirname } from 'node:path';
import { type Phrase, phrase } from '../../base/phrase.js';
import type { EstimateRules } from '../../model/estimate-rule.js';
import type { Rule, RuleText } from '../../model/rule.js';
import type { AgentFact, CoinFact, MalwareBook, PoolRow, WalletFormat } from '../../model/rule-table.js';
import type { RuleKind } from './kinds/rule-kind.js';
import { unpack } from './preread.js';
import { unpackPools } from './preread-pools.js';
import { type CsvFile, readCsv, readTable, type TableKind } from './syntax/csv.js';
import { Faults, quote } from './syntax/faults.js';
import type { Located } from './syntax/shape.js';
import { suggest } from './syntax/suggest.js';
import { readYaml } from './syntax/yaml.js';
import { agentTable } from './tables/agents.js';
import { coinTable } from './tables/coins.js';
import { ESTIMATE_TABLES, EstimateReading } from './tables/estimates.js';
import { isMalwareTable, MalwareIndex, malwareTable } from './tables/malware.js';
import { type PoolEntry, poolTable } from './tables/pools.js';
import { walletTable } from './tables/wallets.js';

/** Characters of one rule file. */
const MAX_FILE_LENGTH = 64 * 1024 * 1024;
const MAX_RULES = 10_000;

export const TABLES: readonly TableKind<unknown>[] = [
  poolTable,
  walletTable,
  coinTable,
  agentTable,
  ...ESTIMATE_TABLES,
  malwareTable,
];

/** What all files together say; later files have replaced what earlier ones said under the same name. */
export interface Reading {
  readonly version: string;
  readonly rules: readonly Rule[];
  readonly disabled: readonly string[];
  readonly pools: readonly PoolRow[];
  readonly wallets: readonly WalletFormat[];
  readonly coins: ReadonlyMap<string, CoinFact>;
  readonly agents: readonly AgentFact[];
  readonly estimates: EstimateRules;
  readonly malware: MalwareBook;
}

/** Reads all files to their end, then throws RuleError with all faults, if there are any. */
export function readRuleFiles(texts: readonly RuleText[], kinds: readonly RuleKind[]): Reading {
  const reader = new RuleReader(kinds);
  const hash = createHash('sha256');
  for (const { path, text, preread } of texts) {
    hash.update(text.replaceAll('\r\n', '\n')).update('\0');
    reader.read(path, text, preread ?? null);
  }
  return { version: hash.digest('hex').slice(0, 12), ...reader.finish() };
}

class RuleReader {
  readonly #faults = new Faults();
  readonly #kinds: readonly RuleKind[];
  readonly #rules = new Map<string, Rule>();
  readonly #disabled = new Set<string>();
  /** Pool lists in the order of their files. */
  readonly #poolLists: (readonly PoolEntry[])[] = [];
  readonly #wallets = new Map<string, WalletFormat>();
  readonly #coins = new Map<string, CoinFact>();
  readonly #agents = new Map<string, AgentFact>();
  readonly #estimates = new EstimateReading();
  readonly #malware: { readonly path: string; readonly text: string }[] = [];

  constructor(kinds: readonly RuleKind[]) {
    this.#kinds = kinds;
  }

  read(path: string, text: string, preread: unknown): void {
    if (text.length > MAX_FILE_LENGTH)
      this.#faults.add(
        path,
        0,
        null,
        phrase`expected at most ${MAX_FILE_LENGTH} characters, found ${text.length}`,
      );
    else if (path.endsWith('.csv') && preread !== null)
      this.#poolLists.push(unpackPools(preread, path).map((row) => ({ row, enabled: true })));
    else if (path.endsWith('.csv') && isMalwareTable(text)) this.#malware.push({ path, text });
    else if (path.endsWith('.csv')) this.#readTable(readCsv(path, text, this.#faults));
    else {
      const document = preread === null ? readYaml(path, text, this.#faults) : unpack(preread);
      if (document !== null) this.#readDocument(path, document);
    }
  }

  finish(): Omit<Reading, 'version'> {
    this.#faults.throwIfAny();
    return {
      rules: [...this.#rules.values()],
      disabled: [...this.#disabled],
      pools: mergePools(this.#poolLists),
      wallets: [...this.#wallets.values()],
      coins: this.#coins,
      agents: [...this.#agents.values()],
      estimates: this.#estimates.finish(),
      malware: new MalwareIndex(this.#malware),
    };
  }

  #readTable(file: CsvFile): void {
    if (file.header.length === 0) return;
    const kind =
      TABLES.find(({ required }) => required.every((name) => file.header.includes(name))) ?? nearest(file);
    if (this.#estimates.read(kind, (table, into, keyOf) => this.#fill(table, file, into, keyOf))) return;
    if (kind === walletTable)
      this.#fill(walletTable, file, this.#wallets, ({ coin, format }) => `${coin} ${format}`);
    else if (kind === coinTable) this.#fill(coinTable, file, this.#coins, ({ ticker }) => ticker);
    else if (kind === agentTable) this.#fill(agentTable, file, this.#agents, ({ program }) => program);
    else {
      const entries = new Map<string, PoolEntry>();
      this.#fill(poolTable, file, entries, keyOfPool);
      this.#poolLists.push([...entries.values()]);
    }
  }

  /** Rows by key: a later file replaces; within one file a key stands once. */
  #fill<Row>(kind: TableKind<Row>, file: CsvFile, into: Map<string, Row>, keyOf: (row: Row) => string): void {
    const lines = new Map<string, number>();
    for (const { line, row } of readTable(kind, file, this.#faults)) {
      const key = keyOf(row);
      const before = lines.get(key);
      if (before !== undefined)
        this.#faults.add(
          file.path,
          line,
          null,
          phrase`expected each row once; ${quote(key)} stands on line ${before} already`,
        );
      lines.set(key, line);
      into.set(key, row);
    }
  }

  #readDocument(path: string, document: Located): void {
    const top = document.value;
    if (!(top instanceof Map)) {
      this.#faults.add(path, document.line, null, phrase`expected a mapping with kind and rules`);
      return;
    }
    for (const [key, { line }] of top)
      if (key !== 'kind' && key !== 'rules')
        this.#faults.add(
          path,
          line,
          null,
          phrase`unknown key ${quote(key)}${suggest(key, ['kind', 'rules'])}; expected kind, rules`,
        );
    const names = this.#kinds.map(({ name }) => name);
    const given = top.get('kind');
    const kind = this.#kinds.find(({ name }) => name === given?.value);
    if (kind === undefined) {
      const found =
        typeof given?.value === 'string'
          ? phrase`${quote(given.value)}${suggest(given.value, names)}`
          : phrase`nothing`;
      this.#faults.add(
        path,
        given?.line ?? document.line,
        null,
        phrase`expected kind: ${names}; found ${found}`,
      );
      return;
    }
    const rules = top.get('rules');
    if (rules === undefined || !Array.isArray(rules.value))
      this.#faults.add(path, rules?.line ?? document.line, null, phrase`expected rules: a list of rules`);
    else for (const entry of rules.value as readonly Located[]) this.#readRule(path, kind, entry);
  }

  #readRule(path: string, kind: RuleKind, entry: Located): void {
    const { line } = entry;
    const given = entry.value instanceof Map ? entry.value : new Map<string, Located>();
    const idValue = given.get('id')?.value;
    const id = typeof idValue === 'string' ? idValue : null;
    const enabled = given.get('enabled');
    if (enabled !== undefined && typeof enabled.value !== 'boolean')
      this.#faults.add(path, enabled.line, id, phrase`expected enabled: true or false`);
    const before = id === null ? undefined : this.#rules.get(id);
    if (enabled?.value === false) {
      this.#disable(path, line, id, before);
      return;
    }
    if (before !== undefined && dirname(before.file) === dirname(path))
      this.#faults.add(
        path,
        line,
        id,
        phrase`expected an id of its own; ${before.file}:${before.line} has it already`,
      );
    const overrides = before === undefined ? null : `${before.file}:${before.line}`;
    const fields = new Map([...given].filter(([key]) => key !== 'enabled'));
    const node = entry.value instanceof Map ? { line, value: fields } : entry;
    const faultsBefore = this.#faults.count;
    const report = (at: number, message: Phrase) => this.#faults.add(path, at, id, message);
    const rule = kind.read(node, report, { file: path, line, overrides });
    if (before !== undefined && before.kind !== rule.kind)
      report(
        line,
        phrase`expected a rule of kind ${before.kind}, as the one it overrides (${overrides ?? ''})`,
      );
    if (this.#rules.size >= MAX_RULES) report(line, phrase`expected at most ${MAX_RULES} rules`);
    if (this.#faults.count === faultsBefore) {
      this.#rules.set(rule.id, rule);
      this.#disabled.delete(rule.id);
    }
  }

  #disable(path: string, line: number, id: string | null, before: Rule | undefined): void {
    if (id !== null && before !== undefined) {
      this.#rules.delete(id);
      this.#disabled.add(id);
      return;
    }
    const known = [...this.#rules.keys()];
    const hint = id === null ? '' : suggest(id, known);
    this.#faults.add(
      path,
      line,
      id,
      phrase`expected the id of a rule to switch off, found ${id === null ? phrase`nothing` : quote(id)}${hint}`,
    );
  }
}

function keyOfPool({ row }: PoolEntry): string {
  return `${row.kind} ${row.host}`;
}

/** Of rows of the same host and kind the last one counts; one that is not enabled takes them away. */
function mergePools(lists: readonly (readonly PoolEntry[])[]): PoolRow[] {
  const [first = [], ...others] = lists;
  // Mostly the bundled list alone.
  if (others.length === 0) return first.filter(({ enabled }) => enabled).map(({ row }) => row);
  const pools = new Map<string, PoolRow>();
  for (const entry of lists.flat()) {
    if (entry.enabled) pools.set(keyOfPool(entry), entry.row);
    else pools.delete(keyOfPool(entry));
  }
  return [...pools.values()];
}

/** The table whose columns the header looks most like. */
function nearest({ header }: CsvFile): TableKind<unknown> {
  const likeness = ({ columns }: TableKind<unknown>) => header.filter((name) => name in columns).length;
  return [...TABLES].sort((a, b) => likeness(b) - likeness(a))[0] ?? poolTable;
}
