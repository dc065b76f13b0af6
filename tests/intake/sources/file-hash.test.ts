import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { hashFile } from '../../../src/intake/sources/file-hash.js';

it('gives one answer, in a thread and without, and none for what was cancelled or is not there', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'rigwatch-test-'));
  try {
    const path = join(folder, 'file');
    const bytes = Buffer.alloc(1_234_567, 'rig');
    writeFileSync(path, bytes);
    const expected = createHash('sha256').update(bytes).digest('hex');
    const sizes = [bytes.length, Number.POSITIVE_INFINITY];
    for (const size of sizes) {
      expect(await hashFile(path, size).result()).toBe(expected);
      expect(await hashFile(`${path}-not`, size).result()).toBeNull();
      const cancelled = hashFile(path, size);
      cancelled.cancel();
      // A thread may have been done before.
      expect([null, expected]).toContain(await cancelled.result());
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
