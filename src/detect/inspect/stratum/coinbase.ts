/** What a job's coinbase says of chain and pool (BIP 34 height, the pool's signature, where the reward goes). */
import { printable } from '../../../base/text.js';
import type { JobClues } from '../../../model/observation.js';
import type { HeaderJob } from '../../../model/proof.js';

/** Longest extranonce that is looked for between the two halves of a coinbase, bytes. */
const MAX_EXTRANONCE = 64;
const MAX_TEXTS = 8;
const MAX_TEXT = 64;
/** Shorter runs of letters come about by chance. */
const MIN_TEXT = 4;
const MAX_OUTPUTS = 4;
const MAX_OUTPUT_COUNT = 4096;
/** A script in use is not longer; a commitment may be. */
const MAX_SCRIPT = 80;
const OP_RETURN = 0x6a;
/** Of the hash of merge-mined blocks (bitcointalk: merged mining specification). */
const MERGE_MINED = Buffer.from('fabe6d6d', 'hex');
const TEXT = new RegExp(`[^\\p{C}\\uFFFD]{${MIN_TEXT},}`, 'gu');

export function cluesOf(job: HeaderJob): JobClues {
  const first = Buffer.from(job.coinbase1, 'hex');
  const second = Buffer.from(job.coinbase2, 'hex');
  const script = scriptOf(first, second);
  const signature = script === null ? [] : [script.before, script.after];
  return {
    bits: job.bits,
    height: script === null ? null : heightOf(script.before),
    time: Number.parseInt(job.time, 16),
    texts: textsOf(signature),
    outputs: script?.outputs ?? [],
    mergeMined: signature.some((part) => part.includes(MERGE_MINED)),
  };
}

interface Script {
  /** Of the input: before and after the extranonce. */
  readonly before: Buffer;
  readonly after: Buffer;
  readonly outputs: readonly string[];
}

/** Null where the halves are no coinbase transaction. */
function scriptOf(first: Buffer, second: Buffer): Script | null {
  // Some chains have a time before the inputs.
  const start = [4, 8].find((at) => isCoinbaseInput(first, at));
  if (start === undefined) return null;
  const length = readCount(first, start + 37);
  if (length === null) return null;
  const before = first.subarray(length.next, length.next + length.value);
  const missing = length.value - before.length;
  if (missing === 0) return { before, after: Buffer.alloc(0), outputs: [] };
  // How much of the rest is extranonce is not known: the outputs fit in one place only.
  for (let extranonce = 0; extranonce <= Math.min(MAX_EXTRANONCE, missing); extranonce++) {
    const outputs = outputsOf(second, missing - extranonce);
    if (outputs !== null) return { before, after: second.subarray(0, missing - extranonce), outputs };
  }
  return null;
}

/** One input, which spends nothing. */
function isCoinbaseInput(bytes: Buffer, at: number): boolean {
  if (bytes.length < at + 38 || bytes[at] !== 1) return false;
  return (
    bytes.subarray(at + 1, at + 33).every((byte) => byte === 0) && bytes.readUInt32LE(at + 33) === 0xffffffff
  );
}

/** A CompactSize of one or three bytes. */
function readCount(bytes: Buffer, at: number): { value: number; next: number } | null {
  const value = bytes[at];
  if (value === undefined || value > 0xfd) return null;
  if (value < 0xfd) return { value, next: at + 1 };
  return bytes.length < at + 3 ? null : { value: bytes.readUInt16LE(at + 1), next: at + 3 };
}

/** From the end of the input's script to the lock time, which must end the transaction. */
function outputsOf(bytes: Buffer, scriptEnd: number): string[] | null {
  const count = readCount(bytes, scriptEnd + 4);
  if (count === null || count.value === 0 || count.value > MAX_OUTPUT_COUNT) return null;
  const found: { script: Buffer; value: bigint }[] = [];
  let at = count.next;
  for (let index = 0; index < count.value; index++) {
    const length = readCount(bytes, at + 8);
    if (length === null || length.next + length.value > bytes.length) return null;
    const script = bytes.subarray(length.next, length.next + length.value);
    found.push({ script, value: bytes.readBigUInt64LE(at) });
    at = length.next + length.value;
  }
  if (at + 4 !== bytes.length) return null;
  return found
    .filter(({ script }) => script.length > 0 && script.length <= MAX_SCRIPT && script[0] !== OP_RETURN)
    .sort((a, b) => (a.value < b.value ? 1 : a.value > b.value ? -1 : 0))
    .slice(0, MAX_OUTPUTS)
    .map(({ script }) => script.toString('hex'));
}

/** BIP 34: the script begins with the height, pushed as a number. */
function heightOf(script: Buffer): number | null {
  const length = script[0] ?? 0;
  if (length < 1 || length > 4 || script.length <= length) return null;
  const height = script.readUIntLE(1, length);
  return height > 0 && height < 2 ** 31 ? height : null;
}

function textsOf(parts: readonly Buffer[]): string[] {
  const found = parts.flatMap((part) => part.toString('utf8').match(TEXT) ?? []);
  return [...new Set(found)].slice(0, MAX_TEXTS).map((text) => printable(text, MAX_TEXT));
}
