import { listedAddresses } from './blockable.js';
import { writeChunks } from './chunks.js';
import type { Exporter, ExportOptions, Selection } from './exporter.js';
import { plainText } from './names.js';
import { Once } from './once.js';

const FIELDS = ['indicator', 'indicator_type', 'meta.source', 'meta.desc', 'meta.url', 'meta.do_notice'];
const MAX_TEXT = 200;

export const zeekIntel: Exporter = {
  name: 'zeek-intel',
  extension: 'intel',
  summary: {
    en: 'addresses and listed names for the intelligence framework of Zeek',
    'zh-CN': '供 Zeek 情报框架使用的地址与名单内域名',
  },
  subjects: ['pools', 'suspects'],
  isBlockList: true,
  write: (selection, out, options) => writeChunks(lines(selection, options), out),
};

/** Tab-separated, `-` where empty (Zeek: input framework, ASCII reader). */
function* lines(selection: Selection, { office }: ExportOptions): Generator<string> {
  const source = plainText(office, MAX_TEXT) || 'rigwatch';
  const line = (indicator: string, type: string, note: string) =>
    `${[indicator, `Intel::${type}`, source, note, '-', 'F'].join('\t')}\n`;
  yield `#fields\t${FIELDS.join('\t')}\n`;
  for (const { ip, note } of listedAddresses(selection)) yield line(ip, 'ADDR', `${selection.of} ${note}`);
  if (selection.of === 'suspects') return;
  const names = new Once();
  for (const { listed_hosts, operator, level, score } of selection.pools()) {
    const note = plainText(`pool ${operator ?? ''} ${level} ${score}`.replace(/ +/g, ' '), MAX_TEXT);
    for (const name of listed_hosts) if (names.isFirst(name)) yield line(name, 'DOMAIN', note);
  }
}
