import type { VerdictObject } from '../../model/verdict-object.js';
import { writeChunks } from './chunks.js';
import type { Exporter } from './exporter.js';

export const jsonl: Exporter = {
  name: 'jsonl',
  extension: 'jsonl',
  summary: 'the whole verdict objects (rigwatch.verdict/1), one a line',
  write: (verdicts, out) => writeChunks(lines(verdicts), out),
};

function* lines(verdicts: Iterable<VerdictObject>): Generator<string> {
  for (const verdict of verdicts) yield `${JSON.stringify(verdict)}\n`;
}
