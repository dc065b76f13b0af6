import type { Writable } from 'node:stream';
import type { VerdictObject } from '../../model/verdict-object.js';

export interface ExportOptions {
  /** A byte order mark first, for spreadsheets that otherwise guess the encoding. */
  readonly bom: boolean;
  /** Level and score beside each address, where the format has a place for comments. */
  readonly comments: boolean;
}

/** A format that verdicts are handed over in. Writes as it reads, so that any number of them fits in memory. */
export interface Exporter {
  readonly name: string;
  /** Of a file name, without the dot. */
  readonly extension: string;
  readonly summary: string;
  /** Leaves `out` open. Rejects where `out` fails. */
  write(verdicts: Iterable<VerdictObject>, out: Writable, options: ExportOptions): Promise<void>;
}
