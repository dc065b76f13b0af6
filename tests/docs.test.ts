import { readFileSync, writeFileSync } from 'node:fs';
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
