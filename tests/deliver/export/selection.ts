import { Writable } from 'node:stream';
import type { ExportOptions, Selection, Subject } from '../../../src/deliver/export/exporter.js';
import { exporterByName } from '../../../src/deliver/export/index.js';
import type { ConversationObject, PoolObject } from '../../../src/model/pool-object.js';
import type { VerdictObject } from '../../../src/model/verdict-object.js';

/** 2021-07-04T00:00:00Z */
export const NOW_MS = 1_625_356_800_000;

export const OPTIONS: ExportOptions = {
  bom: false,
  comments: false,
  language: 'en',
  version: '1.2.3',
  nowMs: NOW_MS,
  maxAgeSeconds: null,
  tlp: 'amber',
  office: 'An Office',
  withDropRule: false,
  sidBase: 1_900_000,
  classtype: 'coin-mining',
};

export function samplePool(changes: Partial<PoolObject> = {}): PoolObject {
  return {
    schema: 'rigwatch.pool/1',
    address: '198.51.100.7',
    port: 3333,
    hosts: ['pool.example'],
    listed_hosts: ['pool.example'],
    operator: 'Example Pool',
    country: 'US',
    tls: false,
    coins: ['XMR'],
    level: 'confirmed',
    score: 0.998,
    suspects: 3,
    first_seen: '2021-07-03T02:11:09.120Z',
    last_seen: '2021-07-03T02:12:09.120Z',
    held_back: null,
    ...changes,
  };
}

export function sampleConversation(changes: Partial<ConversationObject> = {}): ConversationObject {
  return {
    source_port: 50_000,
    address: '198.51.100.7',
    port: 3333,
    host: 'pool.example',
    dialect: 'cryptonote',
    tls: false,
    first_seen: '2021-07-03T02:11:09.120Z',
    last_seen: '2021-07-03T02:12:09.120Z',
    bytes_to_server: 1200,
    bytes_to_client: null,
    community_id: '1:LQU9qZlK+B5F3KDmev6m5PMibrg=',
    ...changes,
  };
}

interface Facts {
  readonly verdicts?: Iterable<VerdictObject>;
  readonly pools?: Iterable<PoolObject>;
  readonly conversations?: readonly ConversationObject[];
}

export function selectionOf(
  of: Subject,
  { verdicts = [], pools = [], conversations = [] }: Facts,
): Selection {
  return { of, verdicts: () => verdicts, pools: () => pools, conversations: () => conversations };
}

export async function exportedBytes(
  name: string,
  selection: Selection,
  options: Partial<ExportOptions> = {},
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const out = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(Buffer.from(chunk));
      setImmediate(done);
    },
  });
  const exporter = exporterByName(name);
  if (exporter === null) throw new Error(`there is no ${name}`);
  await exporter.write(selection, out, { ...OPTIONS, ...options });
  await new Promise<void>((done) => out.end(done));
  return Buffer.concat(chunks);
}

export async function exportedText(
  name: string,
  selection: Selection,
  options: Partial<ExportOptions> = {},
): Promise<string> {
  return (await exportedBytes(name, selection, options)).toString('utf8');
}
