import { listedAddresses, secondsLeft } from './blockable.js';
import { writeChunks } from './chunks.js';
import type { Exporter, ExportOptions, Selection } from './exporter.js';

/** Elements of one statement: nft holds a statement in memory. */
const ELEMENTS = 1024;
/** Longest time that the kernel takes is longer; beyond a year an entry is stale whatever was asked. */
const MAX_TIMEOUT_SECONDS = 365 * 86_400;

export const nftables: Exporter = {
  name: 'nftables',
  extension: 'nft',
  summary: {
    en: 'sets for nft -f, with time-outs (--max-age); no rule that drops unless --with-drop-rule',
    'zh-CN': '供 nft -f 使用的集合，可设超时（--max-age）；除非 --with-drop-rule，否则不含丢弃规则',
  },
  subjects: ['pools', 'suspects'],
  isBlockList: true,
  write: (selection, out, options) => writeChunks(lines(selection, options), out),
};

/**
 * Sets of single addresses: of sets of intervals that merge by themselves nft 1.0.6 was seen to join neighbours and
 * to keep the time-out and comment of the first alone.
 */
function* lines(selection: Selection, options: ExportOptions): Generator<string> {
  const { of } = selection;
  const sets = [
    { name: `${of}4`, type: 'ipv4_addr', match: 'ip', waiting: [] as string[] },
    { name: `${of}6`, type: 'ipv6_addr', match: 'ip6', waiting: [] as string[] },
  ] as const;
  yield `#!/usr/sbin/nft -f\n# ${of} by rigwatch ${options.version}, ${new Date(options.nowMs).toISOString()}\n`;
  yield 'add table inet rigwatch\n';
  for (const { name, type } of sets) {
    yield `add set inet rigwatch ${name} { type ${type}; flags timeout; }\nflush set inet rigwatch ${name}\n`;
  }
  const added = (set: (typeof sets)[number]) =>
    `add element inet rigwatch ${set.name} { ${set.waiting.splice(0).join(', ')} }\n`;
  for (const address of listedAddresses(selection)) {
    const set = address.isIpv6 ? sets[1] : sets[0];
    const seconds = secondsLeft(address, options);
    const timeout = seconds === null ? '' : ` timeout ${Math.min(seconds, MAX_TIMEOUT_SECONDS)}s`;
    set.waiting.push(`${address.ip}${timeout} comment "${address.note}"`);
    if (set.waiting.length >= ELEMENTS) yield added(set);
  }
  for (const set of sets) if (set.waiting.length > 0) yield added(set);
  if (!options.withDropRule) return;
  for (const hook of ['forward', 'output']) {
    yield `add chain inet rigwatch ${hook} { type filter hook ${hook} priority filter; policy accept; }\n`;
    yield `flush chain inet rigwatch ${hook}\n`;
    for (const { name, match } of sets)
      yield `add rule inet rigwatch ${hook} ${match} daddr @${name} counter drop\n`;
  }
}
