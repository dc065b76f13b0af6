import { listedAddresses } from './blockable.js';
import { writeChunks } from './chunks.js';
import type { Exporter, ExportOptions, Selection, Subject } from './exporter.js';

/** Ids are below 60, scores at most 127 (Suricata: reputation.h, SREP_MAX_CATS, SREP_MAX_VAL). */
const CATEGORIES: Readonly<Record<Subject, { readonly id: number; readonly line: string }>> = {
  pools: { id: 40, line: '40,CoinPool,Cryptocurrency mining pools' },
  suspects: { id: 41, line: '41,CoinMiner,Addresses that mine' },
};
const MAX_SCORE = 127;

export const suricataIprep: Exporter = {
  name: 'suricata-iprep',
  extension: 'list',
  summary: {
    en: 'an IP reputation list for Suricata; its first line is the category to define',
    'zh-CN': 'Suricata IP 信誉列表；首行为需要定义的类别',
  },
  subjects: ['pools', 'suspects'],
  isBlockList: true,
  write: (selection, out, options) => writeChunks(lines(selection, options), out),
};

/** Lines that begin with # are passed over by Suricata (reputation.c). */
function* lines(selection: Selection, { version }: ExportOptions): Generator<string> {
  const { id, line } = CATEGORIES[selection.of];
  yield `# categories.txt: ${line}\n# by rigwatch ${version}\n`;
  for (const { ip, score } of listedAddresses(selection))
    yield `${ip},${id},${Math.round(1 + (MAX_SCORE - 1) * Math.min(1, Math.max(0, score)))}\n`;
}
