import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EvidenceLog } from '../../../src/deliver/evidence/log.js';
import type { EntryContent, LogHead } from '../../../src/model/evidence-log.js';
import { temporaryFolder } from '../samples.js';

export const TIME = '2026-03-02T01:00:00.000Z';

export function content(ip: string): EntryContent {
  return { kind: 'verdict', time: TIME, body: { verdict: { ip, level: 'confirmed' }, material: 'm' } };
}

export function open(path: string, known: LogHead | null = null): EvidenceLog {
  return EvidenceLog.open(path, { time: TIME, version: '0', known });
}

/** A log of a beginning and these addresses, an entry each. */
export function sampleLog(...ips: readonly string[]): {
  path: string;
  bytes: Buffer;
  heads: readonly LogHead[];
} {
  const path = join(temporaryFolder(), 'db.evidence');
  const log = open(path);
  const heads = [log.head, ...log.append(ips.map(content))];
  log.close();
  return { path, bytes: readFileSync(path), heads };
}
