import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Fault, formatFault, RuleError, UsageError } from '../../base/errors.js';
import { parseIp } from '../../base/ip.js';
import { type Phrase, phrase } from '../../base/phrase.js';
import { strengthText } from '../../deliver/print/messages/finding-messages.js';
import { translate } from '../../deliver/print/translate.js';
import { runExamples, schemas } from '../../detect/rules/index.js';
import type { Language } from '../../model/language.js';
import { type Rule, type RuleSet, UNBOUNDED } from '../../model/rule.js';
import { loadRules } from '../pipeline/load-rules.js';
import type { GlobalOptions } from './globals.js';

type Options = Pick<GlobalOptions, 'rules' | 'json' | 'lang'>;

export async function lintRules(options: Options): Promise<void> {
  const faults = await findFaults(options.rules);
  if (faults.length > 0) process.exitCode = 1;
  for (const fault of faults)
    print(options, { schema: 'rigwatch.fault/1', ...fault }, translate(options.lang, formatFault(fault)));
}

async function findFaults(dirs: readonly string[]): Promise<readonly Fault[]> {
  try {
    await loadRules(dirs);
    return [];
  } catch (error) {
    if (error instanceof RuleError) return error.faults;
    throw error;
  }
}

export async function listRules(options: Options): Promise<void> {
  const rules = await loadRules(options.rules);
  for (const rule of rules.rules)
    print(options, { schema: 'rigwatch.rule/1', ...rule }, ruleLine(rule, options));
  for (const id of rules.disabled)
    print(
      options,
      { schema: 'rigwatch.rule/1', id, enabled: false },
      `${id}\t${translate(options.lang, phrase`off`)}`,
    );
  if (options.json) return;
  const estimates = Object.values(rules.estimates).reduce((sum, rows) => sum + rows.length, 0);
  const tables = [
    phrase`${rules.rules.length} rules`,
    phrase`${rules.pools.rows.length} pool endpoints`,
    phrase`${rules.wallets.length} wallet formats`,
    phrase`${rules.coins.size} coins`,
    phrase`${rules.agents.length} agents`,
    phrase`${estimates} rows for estimates`,
    phrase`${rules.malware.readAll()} malware indicators`,
  ];
  tell(phrase`${tables}; version ${rules.version}`, options);
}

function ruleLine(rule: Rule, { lang }: Options): string {
  const weighs =
    'weight' in rule ? `${rule.item} ${signed(rule.weight)} ${strengthText(lang, rule.strength)}` : rule.kind;
  const overrides =
    rule.overrides === null ? '' : `\t${translate(lang, phrase`overrides ${rule.overrides}`)}`;
  return `${rule.id}\t${weighs}\t${rule.title[lang]}${overrides}`;
}

function signed(weight: number): string {
  return weight > 0 ? `+${weight}` : String(weight);
}

export async function testRules(options: Options): Promise<void> {
  const rules = await loadRules(options.rules);
  let passed = 0;
  let failed = 0;
  for (const { id, file, results } of runExamples(rules)) {
    for (const { name, line, wrong } of results) {
      if (wrong === null) passed++;
      else {
        failed++;
        process.exitCode = 1;
        const fault: Fault = { file, line, ruleId: id, message: phrase`example "${name}": ${wrong}` };
        print(options, { schema: 'rigwatch.fault/1', ...fault }, translate(options.lang, formatFault(fault)));
      }
    }
  }
  tell(phrase`${passed} examples passed, ${failed} failed`, options);
}

export async function explainRule(id: string, options: Options): Promise<void> {
  const rules = await loadRules(options.rules);
  const rule = findRule(rules, id);
  if (rule !== null) {
    print(options, { schema: 'rigwatch.rule/1', ...rule }, explain(rule, options));
    return;
  }
  const port = /^(.+):(\d{1,5})$/.exec(id);
  const host = parseIp(id) === null && port !== null ? (port[1] ?? id) : id;
  const ip = parseIp(host.replace(/^\[|\]$/g, ''));
  const row = ip === null ? rules.pools.ofName(host.toLowerCase()) : rules.pools.ofIp(ip);
  if (row === null) {
    throw new UsageError(
      'rule-unknown',
      phrase`${id}: expected the id of a rule (see rigwatch rules list), or a listed pool`,
    );
  }
  const { firstUs: _first, lastUs: _last, ...facts } = row;
  const use = rules.pools.useOf(row, ip === null ? host.toLowerCase() : null);
  const lines = Object.entries({ ...facts, use }).map(
    ([key, value]) => `${key}: ${shown(value, options.lang)}`,
  );
  print(options, { schema: 'rigwatch.pool/1', ...facts, use }, lines.join('\n'));
}

/** By id; of `stratum.cryptonote.login`, also the general rule `stratum.*.login`. */
function findRule({ rules }: RuleSet, id: string): Rule | null {
  const exact = rules.find((rule) => rule.id === id);
  const general = id.replace(/^stratum\.[^.]+\./, 'stratum.*.');
  return exact ?? rules.find((rule) => rule.id === general) ?? null;
}

function explain(rule: Rule, { lang }: Options): string {
  const { id, title, references, file, line, overrides, kind, ...rest } = rule;
  const entries = Object.entries(rest).filter(([key]) => key !== 'examples');
  return [
    `${id} (${kind})`,
    title[lang],
    ...entries.map(([key, value]) => `${key}: ${shown(value, lang)}`),
    `references: ${references.join('; ')}`,
    `file: ${file}:${line}`,
    ...(overrides === null ? [] : [translate(lang, phrase`overrides ${overrides}`)]),
  ].join('\n');
}

function shown(value: unknown, language: Language): string {
  if (value === null) return translate(language, phrase`not stated`);
  if (Array.isArray(value) && value.some((entry) => typeof entry === 'object'))
    return value.map((entry) => `\n  ${shownEntry(entry)}`).join('');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** One entry of a list, such as a range of a feature, on a line of its own; what bounds nothing is left out. */
function shownEntry(entry: object): string {
  return Object.entries(entry)
    .filter(([, value]) => value !== UNBOUNDED)
    .map(([key, value]) => `${key} ${typeof value === 'object' ? JSON.stringify(value) : value}`)
    .join(', ');
}

export async function printSchemas(
  kind: string | undefined,
  dir: string | undefined,
  options: Options,
): Promise<void> {
  const wanted = schemas().filter(({ name }) => kind === undefined || name === kind);
  if (wanted.length === 0) {
    const names = schemas().map(({ name }) => name);
    throw new UsageError('rule-kind-unknown', phrase`${kind ?? ''}: expected one of ${names}`);
  }
  if (dir !== undefined) mkdirSync(dir, { recursive: true });
  for (const { name, schema } of wanted) {
    const text = `${JSON.stringify(schema, null, 2)}\n`;
    if (dir !== undefined) writeFileSync(join(dir, `${name}.schema.json`), text);
    else if (kind === undefined && !options.json) process.stdout.write(`${name}\n`);
    else process.stdout.write(options.json ? `${JSON.stringify(schema)}\n` : text);
  }
}

function tell(text: Phrase, { lang }: Options): void {
  process.stderr.write(`${translate(lang, text)}\n`);
}

function print({ json }: Options, object: object, text: string): void {
  process.stdout.write(json ? `${JSON.stringify(object)}\n` : `${text}\n`);
}
