import { writeChunks } from './chunks.js';
import type { Exporter, Selection } from './exporter.js';

export const txt: Exporter = {
  name: 'txt',
  extension: 'txt',
  summary: {
    en: 'one address a line; --comments adds "# level score"',
    'zh-CN': '每行一个地址；--comments 附加“# 级别 评分”',
  },
  subjects: ['suspects', 'pools'],
  isForPeople: true,
  write: (selection, out, { comments }) => writeChunks(lines(selection, comments), out),
};

function* lines(selection: Selection, comments: boolean): Generator<string> {
  const line = (address: string, level: string, score: number) =>
    comments ? `${address} # ${level} ${score}\n` : `${address}\n`;
  if (selection.of === 'suspects') {
    for (const { ip, level, score } of selection.verdicts()) yield line(ip, level, score);
    return;
  }
  // Pools come by address: of one with several ports the strongest is told.
  let last: { readonly address: string; readonly level: string; readonly score: number } | null = null;
  for (const pool of selection.pools()) {
    if (pool.held_back !== null) continue;
    if (last !== null && last.address !== pool.address) yield line(last.address, last.level, last.score);
    if (last?.address !== pool.address || pool.score > last.score) last = pool;
  }
  if (last !== null) yield line(last.address, last.level, last.score);
}
