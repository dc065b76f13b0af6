import { listedAddresses, secondsLeft } from './blockable.js';
import { writeChunks } from './chunks.js';
import type { Exporter, ExportOptions, Selection } from './exporter.js';

/** Of 32-bit jiffies (ipset(8), timeout). */
const MAX_TIMEOUT_SECONDS = 2_147_483;
/** A bound, not memory taken beforehand. */
const MAX_ELEMENTS = 4_194_304;

export const ipset: Exporter = {
  name: 'ipset',
  extension: 'ipset',
  summary: {
    en: 'sets for ipset restore -exist, built aside and swapped in; time-outs with --max-age',
    'zh-CN': '供 ipset restore -exist 使用的集合，先另建后交换；--max-age 设超时',
  },
  subjects: ['pools', 'suspects'],
  isBlockList: true,
  write: (selection, out, options) => writeChunks(lines(selection, options), out),
};

function* lines(selection: Selection, options: ExportOptions): Generator<string> {
  const nameOf = (isIpv6: boolean) => `rigwatch-${selection.of}${isIpv6 ? 6 : 4}`;
  const families = [
    { name: nameOf(false), family: 'inet' },
    { name: nameOf(true), family: 'inet6' },
  ];
  for (const { name, family } of families) {
    const kind = `hash:net family ${family} maxelem ${MAX_ELEMENTS} timeout 0 comment`;
    yield `create ${name} ${kind}\ncreate ${name}-new ${kind}\nflush ${name}-new\n`;
  }
  for (const address of listedAddresses(selection)) {
    // 0: for ever.
    const seconds = Math.min(secondsLeft(address, options) ?? 0, MAX_TIMEOUT_SECONDS);
    yield `add ${nameOf(address.isIpv6)}-new ${address.ip} timeout ${seconds} comment "${address.note}"\n`;
  }
  for (const { name } of families) yield `swap ${name}-new ${name}\ndestroy ${name}-new\n`;
}
