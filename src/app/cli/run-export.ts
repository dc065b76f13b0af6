import type { Writable } from 'node:stream';
import { UsageError } from '../../base/errors.js';
import { writeAtomically } from '../../deliver/export/atomic-file.js';
import { writeChunks } from '../../deliver/export/chunks.js';
import type { Exporter } from '../../deliver/export/exporter.js';
import { EXPORTERS, exporterByName } from '../../deliver/export/index.js';
import { toVerdictObject } from '../../deliver/print/verdict-json.js';
import { openStore, type Store, type VerdictFilter } from '../../deliver/store/index.js';
import type { VerdictObject } from '../../model/verdict-object.js';
import { parseLevels, parseScore, parseWhen } from './filters.js';
import type { GlobalOptions } from './globals.js';

/** Options of `rigwatch export` alone. */
export interface ExportCommandOptions {
  readonly level: string;
  readonly minScore?: string;
  readonly since?: string;
  readonly unit?: string;
  readonly output?: string;
  readonly bom: boolean;
  readonly comments: boolean;
  readonly list: boolean;
}

export async function runExport(
  format: string | null,
  options: ExportCommandOptions,
  globals: GlobalOptions,
): Promise<void> {
  if (options.list) {
    return await writeChunks(
      EXPORTERS.map(({ name, summary }) => `${name}\t${summary}\n`),
      process.stdout,
    );
  }
  const exporter = findExporter(format);
  const filter = parseFilter(options);
  const store = openStore(globals.db, { readOnly: true });
  const write = (out: Writable) => exporter.write(verdicts(store, filter), out, options);
  try {
    if (options.output === undefined || options.output === '-') await write(process.stdout);
    else await writeAtomically(options.output, write);
  } finally {
    store.close();
  }
}

function findExporter(name: string | null): Exporter {
  const exporter = name === null ? null : exporterByName(name);
  if (exporter !== null) return exporter;
  const names = EXPORTERS.map((known) => known.name).join(', ');
  throw new UsageError('export-unknown', `export ${name ?? 'FORMAT'}: expected one of ${names}`);
}

function parseFilter({ level, minScore, since, unit }: ExportCommandOptions): VerdictFilter {
  return {
    levels: parseLevels(level),
    ...(minScore === undefined ? {} : { minScore: parseScore(minScore) }),
    ...(since === undefined ? {} : { sinceUs: parseWhen('--since', since, Date.now()) }),
    ...(unit === undefined ? {} : { unit }),
  };
}

function* verdicts(store: Store, filter: VerdictFilter): Generator<VerdictObject> {
  for (const verdict of store.listVerdicts(filter)) yield toVerdictObject(verdict);
}
