import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { UsageError } from '../../base/errors.js';
import { phrase } from '../../base/phrase.js';
import { systemReason } from '../../base/system-error.js';
import { yamlFault } from '../../base/yaml-fault.js';
import { type AccountingFactors, parseFactors } from '../../detect/accounting/factors.js';

/** The factors that come with rigwatch. */
const BUNDLED_FACTORS = fileURLToPath(new URL('../../../rules/accounting/factors.yaml', import.meta.url));
const MAX_FACTORS_BYTES = 1024 * 1024;

/** Throws UsageError where the file cannot be read, RuleError where it says something wrong. */
export async function loadFactors(path = BUNDLED_FACTORS): Promise<AccountingFactors> {
  const { parse } = await import('yaml');
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new UsageError(
      'factors-unreadable',
      phrase`--factors-file ${path}: cannot be read (${systemReason(error)})`,
      {
        cause: error,
      },
    );
  }
  if (text.length > MAX_FACTORS_BYTES)
    throw new UsageError(
      'factors-unreadable',
      phrase`${path}: expected at most ${MAX_FACTORS_BYTES} characters`,
    );
  let value: unknown;
  try {
    value = parse(text, { schema: 'core', maxAliasCount: 10 });
  } catch (error) {
    throw new UsageError('factors-unreadable', phrase`${path}: ${yamlFault(error)}`, { cause: error });
  }
  return parseFactors(path, value);
}
