import { createHash } from 'node:crypto';
import { writeChunks } from './chunks.js';
import type { Exporter, ExportOptions, Selection } from './exporter.js';
import { Once } from './once.js';
import { SIGNATURES, type Signature } from './suricata-signatures.js';

/** Signature ids taken: the first thousand for exchanges, the rest for names. */
export const SID_SPAN = 100_000;
const SIDS_OF_EXCHANGES = 1000;
const SIDS_OF_NAMES = (SID_SPAN - SIDS_OF_EXCHANGES) / 2;
/** The exchanges were written down on this day; Suricata's metadata wants one. */
const CREATED = '2026_11_26';

export const suricataRules: Exporter = {
  name: 'suricata-rules',
  extension: 'rules',
  summary: {
    en: 'rules for Suricata 7 and 8: pool exchanges in clear, and listed names of the pools that were seen',
    'zh-CN': 'Suricata 7、8 规则：明文矿池交互，以及所见矿池的名单内域名',
  },
  subjects: ['pools'],
  isBlockList: true,
  write: (selection, out, options) => writeChunks(lines(selection, options), out),
};

function* lines(selection: Selection, options: ExportOptions): Generator<string> {
  yield `# by rigwatch ${options.version}; signature ids ${options.sidBase} to ${options.sidBase + SID_SPAN - 1}\n`;
  for (const signature of SIGNATURES) yield exchangeRule(signature, options);
  const names = new Once();
  const taken = new Set<number>();
  let left = 0;
  for (const { listed_hosts } of selection.pools()) {
    for (const name of listed_hosts) {
      if (!names.isFirst(name)) continue;
      const number = nameNumber(name, taken);
      if (number === null) left++;
      else yield* nameRules(name, options, number);
    }
  }
  if (left > 0) yield `# ${left} names more: no signature id is left for them\n`;
}

function exchangeRule({ number, rule, title, to, contents }: Signature, options: ExportOptions): string {
  const [first, ...others] = contents.map((text) => `content:"${escaped(text)}";`);
  const match = [first, 'fast_pattern;', ...others].join(' ');
  const ends = to === 'server' ? '$HOME_NET any -> any any' : 'any any -> $HOME_NET any';
  return `alert tcp ${ends} (msg:"rigwatch ${title}"; flow:established,to_${to}; ${match} ${tail(rule, options, number, to === 'server' ? 'by_src' : 'by_dst')})\n`;
}

function* nameRules(name: string, options: ExportOptions, number: number): Generator<string> {
  const whole = `content:"${escaped(name)}"; startswith; endswith; nocase;`;
  yield `alert dns $HOME_NET any -> any any (msg:"rigwatch pool name asked for: ${name}"; dns.query; ${whole} ${tail('endpoint.dns-lookup', options, number)})\n`;
  yield `alert tls $HOME_NET any -> any any (msg:"rigwatch pool name in TLS: ${name}"; flow:established,to_server; tls.sni; ${whole} ${tail('endpoint.sni', options, number + SIDS_OF_NAMES)})\n`;
}

/** An alert an hour for each address of ours. */
function tail(
  rule: string,
  { sidBase, classtype }: ExportOptions,
  number: number,
  track: 'by_src' | 'by_dst' = 'by_src',
): string {
  return `threshold:type limit, track ${track}, count 1, seconds 3600; classtype:${classtype}; metadata:created_at ${CREATED}, rigwatch_rule ${rule}; sid:${sidBase + number}; rev:1;`;
}

/** What has a meaning in a content (`" ; \ : |`), and what is not printable ASCII, as hexadecimal bytes. */
function escaped(text: string): string {
  return text.replace(/["\\:;|]|[^ -~]/g, (char) => `|${Buffer.from(char).toString('hex').toUpperCase()}|`);
}

/** By the name, so that it stays the same from one export to the next; the next free one where two names meet. */
function nameNumber(name: string, taken: Set<number>): number | null {
  if (taken.size >= SIDS_OF_NAMES) return null;
  let at = createHash('sha256').update(name).digest().readUInt32BE(0) % SIDS_OF_NAMES;
  while (taken.has(at)) at = (at + 1) % SIDS_OF_NAMES;
  taken.add(at);
  return SIDS_OF_EXCHANGES + at;
}
