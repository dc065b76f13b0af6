import { writeChunks } from './chunks.js';
import type { Exporter, Selection } from './exporter.js';

export const jsonl: Exporter = {
  name: 'jsonl',
  extension: 'jsonl',
  summary: {
    en: 'the whole objects (rigwatch.verdict/1, or rigwatch.pool/1), one a line',
    'zh-CN': '完整对象（rigwatch.verdict/1 或 rigwatch.pool/1），每行一个',
  },
  subjects: ['suspects', 'pools'],
  write: (selection, out) => writeChunks(lines(selection), out),
};

function* lines(selection: Selection): Generator<string> {
  const objects = selection.of === 'suspects' ? selection.verdicts() : selection.pools();
  for (const object of objects) yield `${JSON.stringify(object)}\n`;
}
