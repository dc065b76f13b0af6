import type { VerdictObject } from '../../model/verdict-object.js';
import { writeChunks } from './chunks.js';
import type { Exporter } from './exporter.js';

export const txt: Exporter = {
  name: 'txt',
  extension: 'txt',
  summary: 'one address a line; --comments adds "# level score"',
  write: (verdicts, out, { comments }) => writeChunks(lines(verdicts, comments), out),
};

function* lines(verdicts: Iterable<VerdictObject>, comments: boolean): Generator<string> {
  for (const { ip, level, score } of verdicts) yield comments ? `${ip} # ${level} ${score}\n` : `${ip}\n`;
}
