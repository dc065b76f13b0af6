import { printable } from '../../base/text.js';
import type { Language } from '../../model/language.js';
import { type EvidenceMessageKey, evidenceMessage } from './messages/evidence-messages.js';

/** What verifyFile() of deliver/evidence found; only what is printed of it. */
export interface VerifiedFile {
  readonly kind: 'log' | 'package';
  readonly entries: number;
  readonly verdicts: number;
  readonly repairs: number;
  readonly log: string | null;
  readonly key: { readonly fingerprint: string } | null;
  readonly isKeyKnown: boolean | null;
  readonly head: { readonly seq: number; readonly hash: string } | null;
  readonly faults: readonly {
    readonly code: FaultCode;
    readonly file: string;
    readonly line: number;
    readonly atByte: number;
  }[];
  readonly faultCount: number;
  readonly heads: readonly {
    readonly source: string;
    readonly seq: number;
    readonly result: 'holds' | 'missing' | 'differs' | 'other-log' | 'invalid';
  }[];
}

type Say = (key: EvidenceMessageKey, values?: Readonly<Record<string, string | number>>) => string;

type CodeOf<Key> = Key extends `fault.${infer Code}` ? Code : never;
type FaultCode = CodeOf<EvidenceMessageKey>;

/** Heads that fail and are named one by one. */
const MAX_HEADS = 10;

export function isWhole({ faultCount, heads }: VerifiedFile): boolean {
  return faultCount === 0 && heads.every(({ result }) => result === 'holds');
}

/** One line each: what holds, and what does not. */
export function formatVerification(path: string, found: VerifiedFile, language: Language): string {
  const say: Say = (key, values) => evidenceMessage(language, key, values);
  const { entries, verdicts, faults, faultCount, key, isKeyKnown, repairs } = found;
  const kind = say(`kind.${found.kind}`);
  const lines = [
    faultCount === 0
      ? say('verify.whole', { path, kind, entries, verdicts })
      : say('verify.faulty', { path, kind, entries, faults: faultCount }),
    ...faults.map(({ code, file, line }) => `${file || path}:${line}: ${say(`fault.${code}`)}`),
  ];
  if (faultCount > faults.length)
    lines.push(say('verify.more-faults', { count: faultCount - faults.length }));
  if (key !== null) lines.push(say('verify.key', { key: key.fingerprint }));
  if (isKeyKnown === true) lines.push(say('verify.key-known'));
  if (isKeyKnown === null) lines.push(say('verify.key-unknown'));
  if (repairs > 0) lines.push(say('verify.repairs', { count: repairs }));
  if (found.heads.length === 0 && found.kind === 'log') lines.push(say('verify.no-heads'));
  for (const source of new Set(found.heads.map((head) => head.source)))
    lines.push(...headLines(source, found, say));
  return lines.map((line) => printable(line, MAX_LINE)).join('\n');
}

const MAX_LINE = 4096;

function headLines(source: string, { heads }: VerifiedFile, say: Say): string[] {
  const own = heads.filter((head) => head.source === source);
  const holding = own.filter(({ result }) => result === 'holds');
  const failing = own.filter(({ result }) => result !== 'holds');
  const seq = holding.reduce((most, head) => Math.max(most, head.seq), 0);
  const lines = [say('verify.heads', { source, holds: holding.length, all: own.length, seq })];
  for (const { result, seq: at } of failing.slice(0, MAX_HEADS)) {
    if (result === 'holds') continue;
    lines.push(say('verify.head-fault', { source, seq: at, what: say(`head.${result}`) }));
  }
  if (failing.length > MAX_HEADS)
    lines.push(say('verify.more-faults', { count: failing.length - MAX_HEADS }));
  return lines;
}

/** `rigwatch.evidence-verification/1` (docs/evidence.md). */
export function verificationObject(path: string, found: VerifiedFile): object {
  return {
    schema: 'rigwatch.evidence-verification/1',
    path: printable(path, MAX_LINE),
    kind: found.kind,
    whole: isWhole(found),
    entries: found.entries,
    verdicts: found.verdicts,
    repairs: found.repairs,
    log: found.log,
    key: found.key?.fingerprint ?? null,
    key_known: found.isKeyKnown,
    head: found.head === null ? null : { seq: found.head.seq, hash: found.head.hash },
    faults: found.faults.map(({ code, file, line, atByte }) => ({
      code,
      file: printable(file || path, MAX_LINE),
      line,
      at_byte: atByte,
    })),
    fault_count: found.faultCount,
    heads: found.heads.map(({ source, seq, result }) => ({
      source: printable(source, MAX_LINE),
      seq,
      result,
    })),
  };
}
