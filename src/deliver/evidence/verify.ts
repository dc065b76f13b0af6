import { StoreError } from '../../base/errors.js';
import { phrase } from '../../base/phrase.js';
import { isSystemError, systemReason } from '../../base/system-error.js';
import { type Entry, type LogHead, NO_HASH, PACKAGE_SCHEMA } from '../../model/evidence-log.js';
import { isEntry, type LineFault, parseLine, sealFault } from './entry.js';
import { type PublicKey, parsePublicKey } from './key.js';
import type { Line } from './lines.js';
import { linesOfFiles } from './segments.js';

/** Faults that are listed one by one; the others are counted. */
const MAX_FAULTS = 20;

export type FaultCode =
  | LineFault
  | 'empty'
  | 'torn-end'
  | 'line-too-long'
  | 'no-start'
  | 'other-key'
  | 'out-of-order'
  | 'chain-broken'
  | 'other-log'
  | 'break-recorded'
  | 'not-listed'
  | 'entries-missing';

export interface LogFault {
  readonly code: FaultCode;
  /** Empty where all of them are meant. */
  readonly file: string;
  /** From 1; 0 where the whole file is meant. */
  readonly line: number;
  readonly atByte: number;
}

/** Whether a head that was kept elsewhere is in the file. */
export interface HeadCheck extends LogHead {
  /** `database`, or where the anchor was read. */
  readonly source: string;
  readonly result: 'holds' | 'missing' | 'differs' | 'other-log' | 'invalid';
}

export interface Verification {
  readonly kind: 'log' | 'package';
  readonly entries: number;
  readonly verdicts: number;
  /** Torn writes that were put on record. */
  readonly repairs: number;
  readonly log: string | null;
  /** Of the key that everything in the file is checked with; null where it names none. */
  readonly key: PublicKey | null;
  /** The key is the one that was asked for; null: none was asked for. */
  readonly isKeyKnown: boolean | null;
  /** The last entry in order; of a package the head of its log when it was made. */
  readonly head: LogHead | null;
  readonly faults: readonly LogFault[];
  readonly faultCount: number;
  readonly heads: readonly HeadCheck[];
}

/** A head that was kept outside the file. */
export interface KeptHead extends LogHead {
  readonly source: string;
  /** Fingerprint of the key that it was made with. */
  readonly key: string;
  /** Its own signature holds, where it has one. */
  readonly isValid: boolean;
}

export interface Expected {
  /** The key that must have signed; null: the file's own is believed. */
  readonly fingerprint: string | null;
  readonly heads: readonly KeptHead[];
}

/**
 * Reads a log, all segments of it in order, or an exported package from beginning to end, and checks every byte: form, hash,
 * signature, order, over the ends of files too. What was cut off at the end only shows against heads that were kept elsewhere.
 */
export function verifyFiles(paths: readonly string[], expected: Expected): Verification {
  try {
    return verifyLines(linesOfFiles(paths), expected);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    const file = error.path ?? paths.join(', ');
    throw new StoreError('evidence-missing', phrase`${file}: cannot be read (${systemReason(error)})`, {
      cause: error,
    });
  }
}

/** The same for lines that are read from anywhere. */
export function verifyLines(lines: Iterable<Line>, expected: Expected): Verification {
  return new Verifier(expected).read(lines);
}

class Verifier {
  readonly #expected: Expected;
  readonly #faults: LogFault[] = [];
  #faultCount = 0;
  #key: PublicKey | null = null;
  #log: string | null = null;
  #head: LogHead | null = null;
  #entries = 0;
  #verdicts = 0;
  #repairs = 0;
  /** Hash by sequence number, of the heads that are looked for. */
  readonly #found = new Map<number, string>();
  /** Of a package: what its first line lists and has not come yet. */
  #listed: readonly (readonly [number, string])[] | null = null;

  constructor(expected: Expected) {
    this.#expected = expected;
    for (const { seq } of expected.heads) this.#found.set(seq, '');
  }

  read(lines: Iterable<Line>): Verification {
    let count = 0;
    for (const line of lines) {
      count++;
      const fault = this.#line(line, count);
      if (fault !== null) this.#fault(fault, line);
    }
    if (count === 0) this.#fault('empty');
    if (this.#listed !== null && this.#listed.length !== this.#entries) this.#fault('entries-missing');
    const { fingerprint } = this.#expected;
    return {
      kind: this.#listed === null ? 'log' : 'package',
      entries: this.#entries,
      verdicts: this.#verdicts,
      repairs: this.#repairs,
      log: this.#log,
      key: this.#key,
      isKeyKnown: fingerprint === null ? null : fingerprint === this.#key?.fingerprint,
      head: this.#head,
      faults: this.#faults,
      faultCount: this.#faultCount,
      heads: this.#expected.heads.map((head) => this.#check(head)),
    };
  }

  #line(line: Line, count: number): FaultCode | null {
    const { bytes, isWhole, isTooLong } = line;
    if (!isWhole) return 'torn-end';
    if (isTooLong) return 'line-too-long';
    const value = parseLine(bytes);
    if (typeof value === 'string') return value;
    if (count === 1) {
      const isPackage = value.schema === PACKAGE_SCHEMA;
      const body = isPackage ? value : (value.body as Record<string, unknown> | null | undefined);
      this.#key = parsePublicKey(body?.public_key);
      if (this.#key === null) return 'no-start';
      const { fingerprint } = this.#expected;
      if (fingerprint !== null && fingerprint !== this.#key.fingerprint) this.#fault('other-key', line);
      if (isPackage) return this.#package(value, this.#key);
    }
    if (this.#key === null) return 'no-start';
    if (!isEntry(value)) return 'not-an-entry';
    // Checked by isEntry(), member by member.
    const entry = value as unknown as Entry;
    return sealFault(value, this.#key) ?? this.#entry(entry);
  }

  #package(value: Readonly<Record<string, unknown>>, key: PublicKey): FaultCode | null {
    this.#listed = [];
    const fault = sealFault(value, key);
    if (fault !== null) return fault;
    const { log, seq, hash } = (value.head ?? {}) as Partial<LogHead>;
    if (typeof log !== 'string' || typeof seq !== 'number' || typeof hash !== 'string') return 'not-an-entry';
    if (!Array.isArray(value.entries)) return 'not-an-entry';
    // Signed: it is what our own exporter wrote, or its key is in other hands.
    this.#listed = value.entries as [number, string][];
    this.#log = log;
    this.#head = { log, seq, hash };
    if (this.#found.has(seq)) this.#found.set(seq, hash);
    return null;
  }

  #entry(entry: Entry): FaultCode | null {
    const before = this.#head;
    if (this.#found.has(entry.seq)) this.#found.set(entry.seq, entry.hash);
    this.#entries++;
    if (entry.kind === 'verdict') this.#verdicts++;
    if (entry.kind === 'repair') this.#repairs++;
    if (this.#listed !== null) {
      const [seq, hash] = this.#listed[this.#entries - 1] ?? [];
      if (entry.log !== this.#log) return 'other-log';
      return entry.seq === seq && entry.hash === hash ? null : 'not-listed';
    }
    this.#head = { log: entry.log, seq: entry.seq, hash: entry.hash };
    if (this.#entries === 1) this.#log = entry.log;
    if (entry.log !== this.#log) return 'other-log';
    if (entry.seq !== (before?.seq ?? 0) + 1) return 'out-of-order';
    if (entry.previous !== (before?.hash ?? NO_HASH)) return 'chain-broken';
    if ((entry.kind === 'start') !== (entry.seq === 1)) return 'no-start';
    return entry.kind === 'break' || (entry.kind === 'start' && entry.body.follows !== null)
      ? 'break-recorded'
      : null;
  }

  #check({ isValid, key, ...head }: KeptHead): HeadCheck {
    const { log, seq, hash } = head;
    const found = this.#found.get(seq) ?? '';
    if (!isValid) return { ...head, result: 'invalid' };
    if (this.#log === null) return { ...head, result: 'missing' };
    if (log !== this.#log) return { ...head, result: 'other-log' };
    if (found === '') return { ...head, result: 'missing' };
    const isSame = found === hash && key === this.#key?.fingerprint;
    return { ...head, result: isSame ? 'holds' : 'differs' };
  }

  #fault(
    code: FaultCode,
    { file, number, atByte }: Pick<Line, 'file' | 'number' | 'atByte'> = NOWHERE,
  ): void {
    this.#faultCount++;
    if (this.#faults.length < MAX_FAULTS) this.#faults.push({ code, file, line: number, atByte });
  }
}

const NOWHERE = { file: '', number: 0, atByte: 0 };
