import { readFileSync } from 'node:fs';
import { UsageError } from '../../base/errors.js';
import { phrase } from '../../base/phrase.js';
import { systemReason } from '../../base/system-error.js';
import type { InputFormat } from '../../intake/formats/format.js';
import { createFormats, FORMATS, formatByName } from '../../intake/formats/index.js';

/** Options that say what the bytes are. */
export interface FormatOptions {
  readonly format?: string;
  readonly mapping?: string;
  /** Zone of local times. */
  readonly tz?: string;
  readonly reader?: 'rigwatch' | 'pcap-parser';
}

/** Formats whose local times are in this zone; the system's where none is given. */
export function formatsIn(tz: string | undefined): readonly InputFormat[] {
  if (tz === undefined) return FORMATS;
  try {
    return createFormats({ tz });
  } catch (error) {
    throw new UsageError(
      'zone-unknown',
      phrase`--tz ${tz}: expected UTC or an IANA name such as Asia/Shanghai`,
      {
        cause: error,
      },
    );
  }
}

/** The format that was asked for; null: by content. */
export async function chooseFormat(
  { format, mapping, reader, tz }: FormatOptions,
  formats: readonly InputFormat[],
): Promise<InputFormat | null> {
  if (mapping !== undefined) {
    // Brings the YAML parser along, which nobody else needs.
    const { mappingFormat, readMapping } = await import('../../intake/formats/records/mapping.js');
    return mappingFormat(readMapping(readText(mapping), mapping), tz === undefined ? {} : { tz });
  }
  const name = reader === 'pcap-parser' ? reader : format;
  const chosen = name === undefined ? null : formatByName(name, formats);
  if (name === undefined || chosen !== null) return chosen;
  const known = FORMATS.map(({ name }) => name);
  throw new UsageError('format-unknown', phrase`--format ${name}: expected one of ${known}`);
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new UsageError(
      'mapping-unreadable',
      phrase`--mapping ${path}: cannot be read (${systemReason(error)})`,
      { cause: error },
    );
  }
}
