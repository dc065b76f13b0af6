import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { RuleError, UsageError } from '../../base/errors.js';
import { phrase } from '../../base/phrase.js';
import { systemReason } from '../../base/system-error.js';
import { parseRules } from '../../detect/rules/index.js';
import type { RuleSet, RuleText } from '../../model/rule.js';

/** The rule files that come with rigwatch: found from the sources and from the build alike. */
export const BUNDLED_RULES = fileURLToPath(new URL('../../../rules/', import.meta.url));

/**
 * Bundled YAML files and pool lists read beforehand: SHA-256 of the text → what it says. Written by the build (preread-rules.ts);
 * a file that has changed since is not found here and is parsed as any other.
 */
export const PREREAD_RULES = fileURLToPath(new URL('../../rules.json', import.meta.url));

/** Bytes of one rule file. */
const MAX_FILE_BYTES = 64 * 1024 * 1024;
const RULE_FILE = /\.(?:csv|ya?ml)$/;

/** The bundled rules, then those of `dirs` in turn, each folder's files by name; later ones override. */
export async function loadRules(dirs: readonly string[]): Promise<RuleSet> {
  const rules = parseRules(await readRuleTexts(dirs));
  // Faults in somebody's own table of malware are to be told now, not at the end of a scan.
  if (dirs.length > 0) rules.malware.readAll();
  return rules;
}

/** Throws UsageError where a folder or file cannot be read. */
export async function readRuleTexts(dirs: readonly string[]): Promise<RuleText[]> {
  const texts = await Promise.all([readBundled(), ...dirs.map(readFolder)]);
  return texts.flat();
}

async function readBundled(): Promise<RuleText[]> {
  const [texts, preread] = await Promise.all([readFolder(BUNDLED_RULES), readPreread()]);
  return texts.map((one) => {
    const known = preread[contentKey(one.text)];
    return known === undefined ? one : { ...one, preread: known };
  });
}

/** Key of a text in the preread file. */
export function contentKey(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

async function readPreread(): Promise<Readonly<Record<string, unknown>>> {
  try {
    return JSON.parse(await readFile(PREREAD_RULES, 'utf8')) as Record<string, unknown>;
  } catch {
    // Not built, or half-written: the YAML files say the same.
    return {};
  }
}

async function readFolder(dir: string): Promise<RuleText[]> {
  try {
    const entries = await readdir(dir, { withFileTypes: true });
    const names = entries
      .filter((entry) => !entry.isDirectory() && RULE_FILE.test(entry.name))
      .map(({ name }) => name);
    return await Promise.all(names.sort().map((name) => readOne(join(dir, name))));
  } catch (error) {
    if (error instanceof RuleError || !(error instanceof Error && 'code' in error)) throw error;
    throw new UsageError(
      'rules-unreadable',
      phrase`--rules ${dir}: cannot be read (${systemReason(error)}); expected a folder of rule files`,
      { cause: error },
    );
  }
}

async function readOne(path: string): Promise<RuleText> {
  const stats = await stat(path);
  const { size } = stats;
  if (!stats.isFile()) throw new UsageError('rules-unreadable', phrase`${path}: expected a file`);
  if (size > MAX_FILE_BYTES)
    throw new RuleError([
      {
        file: path,
        line: 0,
        ruleId: null,
        message: phrase`expected at most ${MAX_FILE_BYTES} bytes, found ${size}`,
      },
    ]);
  return { path, text: await readFile(path, 'utf8') };
}
