import type { VerdictObject } from '../../model/verdict-object.js';
import { writeChunks } from './chunks.js';
import type { Exporter, Selection } from './exporter.js';
import { SEVERITY } from './severity.js';

const DELIMITER = '^';

export const leef: Exporter = {
  name: 'leef',
  extension: 'leef',
  summary: {
    en: 'IBM QRadar Log Event Extended Format (LEEF 2.0), one verdict a line',
    'zh-CN': 'IBM QRadar 日志事件扩展格式（LEEF 2.0），每行一条判定',
  },
  subjects: ['suspects'],
  write: (selection, out, { version }) => writeChunks(lines(selection, version), out),
};

function* lines(selection: Selection, version: string): Generator<string> {
  for (const verdict of selection.verdicts()) yield `${formatLeef(verdict, version)}\n`;
}

function formatLeef(verdict: VerdictObject, version: string): string {
  const { ip, level, score, first_seen, last_seen, coins, pools, unit, evidence, workers } = verdict;
  const pool = pools[0];
  const fields: readonly (readonly [string, string | number | null | undefined])[] = [
    ['cat', 'Cryptocurrency mining'],
    ['src', ip],
    ['dst', pool?.address],
    ['dstPort', pool?.port],
    // Every dialect is spoken over TCP; of TLS and flow records alone the transport is not known.
    ['proto', pool === undefined || verdict.dialects.length === 0 ? null : 'TCP'],
    ['sev', Math.max(1, SEVERITY[level])],
    ['devTime', last_seen],
    ['devTimeFormat', last_seen === null ? null : "yyyy-MM-dd'T'HH:mm:ss.SSSX"],
    ['firstSeen', first_seen],
    ['level', level],
    ['score', score],
    ['coin', coins[0]?.ticker],
    ['dstHostName', pool?.host],
    ['operator', pool?.operator],
    ['worker', workers[0]],
    ['unitId', unit?.id],
    ['unitName', unit?.name],
    ['sessions', verdict.sessions],
  ];
  const told = fields.filter(([, value]) => value !== null && value !== undefined && value !== '');
  const header = ['LEEF:2.0', 'rigwatch', 'rigwatch', version, evidence[0]?.rule ?? 'verdict', DELIMITER];
  const values = told.map(([name, value]) => `${name}=${inert(String(value))}`);
  return `${header.map((text) => (text === DELIMITER ? text : inert(text))).join('|')}|${values.join(DELIMITER)}`;
}

/** The format has no escapes: what would end a field or a line is written as its code. */
function inert(text: string): string {
  return text.replace(/[\^|\r\n\t]/g, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`);
}
