import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { prereadYaml } from '../../detect/rules/preread.js';
import { prereadPools } from '../../detect/rules/preread-pools.js';
import { contentKey, PREREAD_RULES, readRuleTexts } from './load-rules.js';

/** The bundled YAML files and pool lists as JSON, by their content: a step of the build that saves each start 200 ms. */
export async function prereadRules(): Promise<Record<string, unknown>> {
  const texts = await readRuleTexts([]);
  const read = texts.map(({ path, text }): [string, unknown] => [
    contentKey(text),
    path.endsWith('.csv') ? prereadPools(text) : prereadYaml(text),
  ]);
  return Object.fromEntries(read.filter(([, said]) => said !== null));
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  writeFileSync(PREREAD_RULES, JSON.stringify(await prereadRules()));
