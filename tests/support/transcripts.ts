/** Sample sessions, one JSON object a line: {"dir":"c2s"|"s2c","t":seconds,"text"|"hex"}. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Message } from './frames.js';

/** The folder of reference material beside the project; tests that need it are skipped without it. */
export const SHARED =
  process.env.RIGWATCH_SHARED ?? fileURLToPath(new URL('../../../shared/', import.meta.url));
export const HAS_SHARED = existsSync(join(SHARED, 'reference'));

export function readTranscript(path: string): Message[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const record = JSON.parse(line) as { dir: 'c2s' | 's2c'; t: number; text?: string; hex?: string };
      return {
        direction: record.dir === 'c2s' ? 'to-server' : 'to-client',
        atSeconds: record.t,
        bytes:
          record.text !== undefined ? Buffer.from(record.text, 'utf8') : Buffer.from(record.hex ?? '', 'hex'),
      };
    });
}
