import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { createProgram } from '../src/app/cli/main.js';
import { EXPORTERS } from '../src/deliver/export/index.js';
import { INSPECTORS } from '../src/detect/inspect/index.js';
import { DIALECTS } from '../src/detect/inspect/stratum/index.js';
import { RULE_KINDS } from '../src/detect/rules/index.js';
import { TABLES } from '../src/detect/rules/parse.js';
import { REASON_CODES } from '../src/detect/verdict/reasons.js';
import { FORMATS } from '../src/intake/formats/index.js';

const program = createProgram();
/** Those that the help shows. */
const commands = program.createHelp().visibleCommands(program);

/** Every entry of every registry has a name of its own, and a line in the papers. */
const paper = (path: string) => readFileSync(fileURLToPath(new URL(`../${path}`, import.meta.url)), 'utf8');

const SEAMS = [
  { seam: 'FORMATS', names: FORMATS.map(({ name }) => name), page: 'docs/inputs.md' },
  { seam: 'INSPECTORS', names: INSPECTORS.map(({ name }) => name), page: 'docs/dialects.md' },
  { seam: 'DIALECTS', names: DIALECTS.map(({ name }) => name), page: 'docs/dialects.md' },
  { seam: 'RULE_KINDS', names: RULE_KINDS.map(({ name }) => name), page: 'docs/rules.md' },
  { seam: 'REASON_CODES', names: REASON_CODES.map((code) => `\`${code}\``), page: 'docs/verdicts.md' },
  { seam: 'TABLES', names: TABLES.map(({ name }) => name), page: 'docs/rules.md' },
  { seam: 'EXPORTERS', names: EXPORTERS.map(({ name }) => name), page: 'docs/outputs.md' },
  { seam: 'COMMANDS', names: commands.map((command) => command.name()), page: 'README.md' },
] as const;

describe.each(SEAMS)('$seam', ({ names, page }) => {
  it('has names of its own', () => {
    expect(names.length).toBeGreaterThan(1);
    expect(new Set<string>(names).size).toBe(names.length);
  });

  it(`is told of in ${page}`, () => {
    const text = paper(page);
    expect(names.filter((name) => !text.includes(name))).toEqual([]);
  });
});

/** The required ones in bold, in the order of the page. */
it.each(TABLES)('docs/rules.md tells the columns of $name', ({ name, columns, required }) => {
  const row = paper('docs/rules.md').match(new RegExp(`^\\| ${name} \\| (.*) \\|$`, 'm'))?.[1] ?? '';
  const cells = row.replace(/\([^)]*\)/g, '').split(',');
  const told = cells.map((cell) => cell.trim());
  expect(told).toEqual(Object.keys(columns).map((one) => (required.includes(one) ? `**${one}**` : one)));
});
