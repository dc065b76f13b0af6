import { csv } from './csv.js';
import type { Exporter } from './exporter.js';
import { jsonl } from './jsonl.js';
import { txt } from './txt.js';

/** Every export format; each has a section in docs/outputs.md. */
export const EXPORTERS = [csv, jsonl, txt] as const satisfies readonly Exporter[];

export function exporterByName(name: string): Exporter | null {
  return EXPORTERS.find((exporter) => exporter.name === name) ?? null;
}
