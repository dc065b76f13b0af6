import { readFileSync } from 'node:fs';
import { UsageError } from '../../base/errors.js';
import type { InputFormat } from '../../intake/formats/format.js';
import { FORMATS, formatByName } from '../../intake/formats/index.js';
import { mappingFormat, readMapping } from '../../intake/formats/records/mapping.js';

/** Options that say what the bytes are. */
export interface FormatOptions {
  readonly format?: string;
  readonly mapping?: string;
  readonly reader?: 'rigwatch' | 'pcap-parser';
}

/** The format that was asked for; null: by content. */
export function chooseFormat({ format, mapping, reader }: FormatOptions): InputFormat | null {
  if (mapping !== undefined) return mappingFormat(readMapping(readText(mapping), mapping));
  const name = reader === 'pcap-parser' ? reader : format;
  const chosen = name === undefined ? null : formatByName(name);
  if (name === undefined || chosen !== null) return chosen;
  const known = FORMATS.map(({ name }) => name).join(', ');
  throw new UsageError('format-unknown', `--format ${format}: expected one of ${known}`);
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new UsageError('mapping-unreadable', `--mapping ${path}: cannot be read`, { cause: error });
  }
}
