import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { PROBE_BYTES } from '../../src/intake/formats/format.js';
import { detectFormat } from '../../src/intake/formats/index.js';
import { HAS_SHARED, SHARED } from '../support/transcripts.js';

/** Every sample of flow records there is has a reader, or stands here with the reason why not (docs/inputs.md). */
const UNREAD: readonly (readonly [path: RegExp, why: string])[] = [
  [/nfdump-text\/.*\.(extended|extended-6-N|line|long)$/, 'a table for people'],
  [/nfdump-text\/.*\.raw\.gz$/, 'a description for people'],
  [/nfdump-text\/.*\.pipe$/, 'addresses as four numbers; csv and json tell the same'],
  [/\.argus$/, 'Argus\u2019 own binary: ra prints it'],
  [/ipfixprobe-text/, 'output for people'],
  [/goflow2\.pb$/, 'protobuf: the JSON of goflow2 carries the same'],
  [/arkime/, 'sessions of Arkime'],
];

const rows: { path: string; format: string }[] = HAS_SHARED
  ? parse(readFileSync(join(SHARED, 'flows/INDEX.csv')), { columns: true })
  : [];
const samples = rows.filter(({ format }) => format !== 'tool' && format !== 'truth');

describe.skipIf(!HAS_SHARED)('the samples', () => {
  it('have a reader each, or a reason why not', () => {
    expect(samples.length).toBeGreaterThan(150);
    const wrong: string[] = [];
    for (const { path } of samples) {
      const stored = readFileSync(join(SHARED, 'flows', path));
      const head = (path.endsWith('.gz') ? gunzipSync(stored) : stored).subarray(0, PROBE_BYTES);
      const isUnread = UNREAD.some(([pattern]) => pattern.test(path));
      const format = detectFormat(head)?.name ?? null;
      if ((format === null) !== isUnread) wrong.push(`${path}: ${format}`);
    }
    expect(wrong).toEqual([]);
  });
});
