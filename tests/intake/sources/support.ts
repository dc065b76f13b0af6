import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { openSource } from '../../../src/intake/sources/index.js';
import type { Source } from '../../../src/intake/sources/source.js';

/** A folder of this test file's own, gone after it. */
export function scratch(): {
  path: (name: string) => string;
  write: (name: string, bytes: Buffer | string) => string;
} {
  const folder = mkdtempSync(join(tmpdir(), 'rigwatch-sources-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const path = (name: string) => join(folder, name);
  return {
    path,
    write(name, bytes) {
      writeFileSync(path(name), bytes);
      return path(name);
    },
  };
}

export async function drain(source: Source): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const chunk of source.chunks()) parts.push(Buffer.from(chunk));
  return Buffer.concat(parts);
}

/** Opens, reads to the end, and keeps both. */
export async function readSource(path: string, sha256 = false): Promise<{ source: Source; bytes: Buffer }> {
  const source = await openSource(path, { sha256 });
  return { source, bytes: await drain(source) };
}

export const hasProgram = (name: string) => spawnSync(name, ['--version']).status === 0;

/** What a program makes of bytes. */
export function piped(name: string, args: readonly string[], input: Buffer): Buffer {
  return spawnSync(name, args, { input, maxBuffer: 1 << 28 }).stdout;
}
