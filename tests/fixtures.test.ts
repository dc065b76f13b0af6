import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { demoCapture } from './support/demo.js';

/** Every bundled capture can be made again: `RIGWATCH_WRITE_FIXTURES=1 npm test -- tests/fixtures.test.ts` writes them. */
const FIXTURES = [{ path: 'demo/input.pcapng', make: demoCapture }] as const;

describe('bundled captures', () => {
  it.each(FIXTURES)('$path is what its maker makes', ({ path, make }) => {
    const file = fileURLToPath(new URL(`../fixtures/${path}`, import.meta.url));
    if (process.env.RIGWATCH_WRITE_FIXTURES) writeFileSync(file, make());
    expect(readFileSync(file).equals(make())).toBe(true);
  });
});
