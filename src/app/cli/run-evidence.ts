import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { InputError, StoreError, UsageError } from '../../base/errors.js';
import { parseIp } from '../../base/ip.js';
import { phrase } from '../../base/phrase.js';
import { printable } from '../../base/text.js';
import { formatTime } from '../../base/time.js';
import { anchorLine, putAnchor, readAnchors } from '../../deliver/evidence/anchor.js';
import { keyPathOf, openKey, readKey, readPublicKey, type SigningKey } from '../../deliver/evidence/key.js';
import { logPathOf } from '../../deliver/evidence/log.js';
import { MAX_PACKAGE_ENTRIES, packageLines } from '../../deliver/evidence/package.js';
import { entriesOf } from '../../deliver/evidence/read.js';
import { segmentsOf } from '../../deliver/evidence/segments.js';
import { timestampQuery } from '../../deliver/evidence/timestamp-query.js';
import { type KeptHead, verifyFiles, verifyLines } from '../../deliver/evidence/verify.js';
import { writeAtomically } from '../../deliver/export/atomic-file.js';
import { writeChunks } from '../../deliver/export/chunks.js';
import {
  ENTRY_COLUMNS,
  entryRow,
  formatEntries,
  formatEntry,
  ipOf,
} from '../../deliver/print/evidence-log.js';
import {
  formatVerification,
  isWhole,
  verificationObject,
} from '../../deliver/print/evidence-verification.js';
import { evidenceMessage } from '../../deliver/print/messages/evidence-messages.js';
import { openStore } from '../../deliver/store/index.js';
import type { Entry, LogHead } from '../../model/evidence-log.js';
import { EVIDENCE_BROKEN, EvidenceRecorder } from '../pipeline/evidence-recorder.js';
import { complain } from './complain.js';
import type { GlobalOptions } from './globals.js';
import { remark } from './list-output.js';
import { verifyProofs } from './run-proofs.js';
import { version } from './version.js';

export interface EvidenceVerifyOptions {
  readonly all?: boolean;
  readonly key?: string;
  readonly anchor: readonly string[];
}

export interface EvidenceExportOptions {
  readonly output: string;
}

/** Heads of the database that are compared, the latest. */
const MAX_HEADS = 100_000;
/** Rows of a table for people. */
const MAX_ROWS = 10_000;

export async function verifyEvidence(
  files: readonly string[],
  options: EvidenceVerifyOptions,
  globals: GlobalOptions,
): Promise<void> {
  const [what = null] = files;
  const address = what === null ? null : parseIp(what);
  if ((options.all === true && what !== null) || (address !== null && files.length > 1))
    throw new UsageError(
      'usage',
      phrase`evidence verify: expected an address, a file, or --all for every address`,
    );
  if (options.all === true || address !== null) return await verifyProofs(address, globals);
  const own = logPathOf(globals.db);
  const path = files.at(-1) ?? own;
  const isOwn = resolve(path) === resolve(own);
  const known = isOwn && existsSync(globals.db) ? databaseHeads(globals.db) : [];
  if (!existsSync(path) && known.length === 0) throw missing(path);
  const anchors = options.anchor.flatMap((file) =>
    readAnchors(file).map((anchor): KeptHead => ({ ...anchor, source: file })),
  );
  const expectedKey = options.key === undefined ? null : readPublicKey(options.key);
  const expected = {
    fingerprint: expectedKey?.fingerprint ?? known[0]?.key ?? null,
    heads: [...known, ...anchors],
  };
  // Of a log that is gone nothing holds that the database knows.
  const segments = files.length > 1 ? files : segmentsOf(path);
  const found = segments.length > 0 ? verifyFiles(segments, expected) : verifyLines([], expected);
  const text = globals.json
    ? JSON.stringify(verificationObject(path, found))
    : formatVerification(path, found, globals.lang);
  if (!isWhole(found)) process.exitCode = 1;
  await writeChunks([`${text}\n`], process.stdout);
}

function databaseHeads(db: string): KeptHead[] {
  const store = openStore(db, { readOnly: true });
  try {
    return store.evidenceLog
      .heads(MAX_HEADS)
      .map(({ log, seq, hash, key }) => ({ log, seq, hash, key, source: db, isValid: true }));
  } finally {
    store.close();
  }
}

export async function listEvidence(
  text: string | null,
  log: string | null,
  globals: GlobalOptions,
): Promise<void> {
  const ip = text === null ? null : addressOf(text);
  const path = log ?? logPathOf(globals.db);
  const { stdout } = process;
  if (!globals.json && stdout.isTTY) {
    const rows: (readonly string[])[] = [];
    for (const entry of chosen(path, ip)) if (rows.length < MAX_ROWS) rows.push(entryRow(entry));
    return await writeChunks([`${formatEntries(rows, globals.lang)}\n`], stdout);
  }
  await writeChunks(lines(), stdout);

  function* lines(): Generator<string> {
    if (!globals.json) yield `${ENTRY_COLUMNS.join('\t')}\n`;
    for (const entry of chosen(path, ip))
      yield globals.json ? `${JSON.stringify(listed(entry))}\n` : `${entryRow(entry).join('\t')}\n`;
  }
}

function listed(entry: Entry): object {
  const [, , what, level, ip, excerpts] = entryRow(entry);
  return {
    schema: 'rigwatch.evidence-line/1',
    seq: entry.seq,
    time: entry.time,
    kind: entry.kind,
    change: entry.kind === 'verdict' ? what : null,
    level: level === '' ? null : level,
    ip: ip === '' ? null : ip,
    excerpts: excerpts === '' ? null : Number(excerpts),
    hash: entry.hash,
  };
}

export async function showEvidence(text: string, log: string | null, globals: GlobalOptions): Promise<void> {
  const ip = parseIp(text);
  if (ip === null && !/^\d{1,15}$/.test(text))
    throw new UsageError(
      'usage',
      phrase`evidence show ${text}: expected the number of an entry, or an address`,
    );
  let found: Entry | null = null;
  for (const entry of entriesOf(log ?? logPathOf(globals.db)))
    if (ip === null ? entry.seq === Number(text) : ipOf(entry) === ip) found = entry;
  if (found === null)
    throw new UsageError('evidence-none', phrase`evidence show ${text}: the log has no such entry`);
  const shown = globals.json ? JSON.stringify(found) : formatEntry(found, globals.lang);
  await writeChunks([`${shown}\n`], process.stdout);
}

export async function exportEvidence(
  text: string | null,
  { output }: EvidenceExportOptions,
  globals: GlobalOptions,
): Promise<void> {
  const ip = text === null ? null : addressOf(text);
  const path = logPathOf(globals.db);
  if (!/\.pcapng$/i.test(output)) return await exportPackage(path, ip, output, globals);
  if (ip === null)
    throw new UsageError('usage', phrase`evidence export: expected the address whose packets are wanted`);
  let packets: readonly Buffer[] = [];
  for (const entry of chosen(path, ip)) packets = packetsOf(entry);
  if (packets.length === 0)
    throw new UsageError(
      'evidence-none',
      phrase`evidence export ${ip}: no packets of it were kept; nothing was written`,
    );
  await writeAtomically(output, async (out) => {
    for (const capture of packets) out.write(capture);
  });
  const values = { path: output, count: packets.length, ip };
  remark(evidenceMessage(globals.lang, 'export.packets', values), globals);
}

/** Each excerpt is a section of a pcapng file: one after the other they are one file. */
function packetsOf({ body }: Entry): Buffer[] {
  const excerpts = Array.isArray(body.excerpts) ? (body.excerpts as { readonly pcapng?: unknown }[]) : [];
  return excerpts.flatMap(({ pcapng }) =>
    typeof pcapng === 'string' ? [Buffer.from(pcapng, 'base64')] : [],
  );
}

async function exportPackage(
  path: string,
  ip: string | null,
  output: string,
  globals: GlobalOptions,
): Promise<void> {
  const list: [number, string][] = [];
  let head: LogHead | null = null;
  for (const entry of entriesOf(path)) {
    head = { log: entry.log, seq: entry.seq, hash: entry.hash };
    if (ip === null || ipOf(entry) === ip) list.push([entry.seq, entry.hash]);
  }
  if (head === null || list.length === 0)
    throw new UsageError(
      'evidence-none',
      phrase`evidence export ${ip ?? ''}: the log has no such entry; nothing was written`,
    );
  if (list.length > MAX_PACKAGE_ENTRIES)
    throw new UsageError(
      'evidence-too-many',
      phrase`evidence export: ${list.length} entries, at most ${MAX_PACKAGE_ENTRIES} go into a package; name an address, or hand over ${path} itself`,
    );
  const key = keyOf(path);
  const wanted = new Set(list.map(([seq]) => seq));
  const time = formatTime(Date.now() * 1000) ?? '';
  await writeAtomically(output, (out) =>
    writeChunks(packageLines(only(path, wanted), list, { head, time, key }), out),
  );
  const values = { path: output, count: list.length, key: key.public.fingerprint };
  remark(evidenceMessage(globals.lang, 'export.package', values), globals);
}

export async function anchorEvidence(
  target: string | null,
  query: string | null,
  globals: GlobalOptions,
): Promise<void> {
  if (target === null && query === null)
    throw new UsageError('usage', phrase`evidence anchor: expected a file or URL, or --rfc3161 FILE`);
  const path = logPathOf(globals.db);
  let head: LogHead | null = null;
  for (const { log, seq, hash } of entriesOf(path)) head = { log, seq, hash };
  if (head === null) throw missing(path);
  const { hash, seq } = head;
  if (target !== null) {
    await putAnchor(target, anchorLine(head, formatTime(Date.now() * 1000) ?? '', keyOf(path)));
    const shown = printable(target.replace(/\/\/[^/@]*@/, '//'));
    remark(evidenceMessage(globals.lang, 'anchor.written', { seq, target: shown }), globals);
  }
  if (query === null) return;
  const bytes = timestampQuery(Buffer.from(hash, 'hex'));
  await writeAtomically(query, async (out) => {
    out.write(bytes);
  });
  remark(evidenceMessage(globals.lang, 'anchor.query', { path: query, hash }), globals);
}

export function rotateEvidence(globals: GlobalOptions): void {
  const path = logPathOf(globals.db);
  if (!existsSync(globals.db) || !existsSync(path)) throw missing(path);
  const store = openStore(globals.db);
  try {
    const sensor = { name: '', clockOffsetSeconds: null };
    const recorder = new EvidenceRecorder(store, {
      version: version(),
      sensor,
      anchor: null,
      nowMs: Date.now,
    });
    const { closed, head, isBroken } = recorder.rotate();
    remark(evidenceMessage(globals.lang, 'rotated', { closed, path, seq: head.seq }), globals);
    if (isBroken) complain(new InputError('evidence-broken', EVIDENCE_BROKEN), globals);
  } finally {
    store.close();
  }
}

export async function showKey(globals: GlobalOptions): Promise<void> {
  const { pem, fingerprint } = openKey(keyPathOf(logPathOf(globals.db))).public;
  const key = { schema: 'rigwatch.evidence-key/1', fingerprint, public_key: pem };
  await writeChunks([globals.json ? `${JSON.stringify(key)}\n` : pem], process.stdout);
  if (!globals.json) remark(evidenceMessage(globals.lang, 'key.fingerprint', { key: fingerprint }), globals);
}

function* chosen(path: string, ip: string | null): Generator<Entry> {
  for (const entry of entriesOf(path)) if (ip === null || ipOf(entry) === ip) yield entry;
}

function* only(path: string, wanted: ReadonlySet<number>): Generator<Entry> {
  for (const entry of entriesOf(path)) if (wanted.has(entry.seq)) yield entry;
}

function keyOf(logPath: string): SigningKey {
  const key = readKey(keyPathOf(logPath));
  if (key !== null) return key;
  throw new UsageError('evidence-key', phrase`${keyPathOf(logPath)}: there is no key to sign with`);
}

function addressOf(text: string): string {
  const ip = parseIp(text);
  if (ip !== null) return ip;
  throw new UsageError('address-invalid', phrase`${text}: expected an IPv4 or IPv6 address`);
}

function missing(path: string): StoreError {
  return new StoreError(
    'evidence-missing',
    phrase`${path}: there is no evidence log; "rigwatch scan" begins one with its first flagged verdict`,
  );
}
