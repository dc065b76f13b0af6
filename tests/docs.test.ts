import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { formatTable } from '../src/deliver/print/table.js';
import { demoCapture } from './support/demo.js';
import { scanBytes } from './support/scan-frames.js';

/** What the README shows is what the program prints: `RIGWATCH_WRITE_FIXTURES=1 npm test -- tests/docs.test.ts` writes it. */
const README = fileURLToPath(new URL('../README.md', import.meta.url));
const BLOCK = /```\nlevel[\s\S]*?```/;

describe('the README', () => {
  it('shows the table that the demo prints', async () => {
    const { verdicts } = await scanBytes(demoCapture());
    const table = formatTable(verdicts, { language: 'en', color: false, width: 140 });
    const block = `\`\`\`\n${table.trimEnd()}\n\`\`\``;
    if (process.env.RIGWATCH_WRITE_FIXTURES) {
      writeFileSync(
        README,
        readFileSync(README, 'utf8').replace(BLOCK, () => block),
      );
    }
    expect(BLOCK.exec(readFileSync(README, 'utf8'))?.[0]).toBe(block);
  });
});

describe('docs/inputs.md', () => {
  const page = readFileSync(fileURLToPath(new URL('../docs/inputs.md', import.meta.url)), 'utf8');
  const intake = fileURLToPath(new URL('../src/intake/', import.meta.url));
  const sources = readdirSync(intake, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(`${intake}${name}`, 'utf8'))
    .join('\n');

  const limits = [
    ...page.slice(page.indexOf('## Limits')).matchAll(/^\| (`[A-Z_`, ]+`) \| ([^|]+) \|/gm),
  ].flatMap(([, names = '', values = '']) => {
    const told = values.split(/, /).map(bytesOf);
    return names.split(', ').map((name, at) => [name.replaceAll('`', ''), told[at] ?? Number.NaN] as const);
  });

  it.each(limits)('tells %s as it is', (name, told) => {
    const found = [...sources.matchAll(new RegExp(`const ${name}(?:: number)? = ([\\d_* <]+);`, 'g'))];
    expect(found.map(([, text = '']) => evaluated(text))).toContain(told);
  });

  it('tells every code of a problem', () => {
    expect(limits.length).toBeGreaterThan(10);
    const codes = [...sources.matchAll(/(?:problems\.add\(|code:)\s*'([a-z-]+)'/g)].map(
      ([, code = '']) => code,
    );
    expect(codes.length).toBeGreaterThan(10);
    expect(codes.filter((code) => !page.includes(`\`${code}\``))).toEqual([]);
  });
});

/** `256 KiB`, `262,144 bytes`. */
function bytesOf(text: string): number {
  const [, figure = '', unit = ''] = /^([\d,]+) ?(KiB|MiB)?/.exec(text) ?? [];
  return Number(figure.replaceAll(',', '')) * ({ KiB: 2 ** 10, MiB: 2 ** 20 }[unit] ?? 1);
}

/** `1 << 18`, `16 * 1024 * 1024`, `16_384`. */
function evaluated(text: string): number {
  const [base = '', shift = '0'] = text.replaceAll('_', '').split('<<');
  return base.split('*').reduce((product, factor) => product * Number(factor), 1) * 2 ** Number(shift);
}
