import { isIPv6 } from 'node:net';
import type { VerdictObject } from '../../model/verdict-object.js';
import { writeChunks } from './chunks.js';
import type { Exporter, Selection } from './exporter.js';
import { SEVERITY } from './severity.js';

export const cef: Exporter = {
  name: 'cef',
  extension: 'cef',
  summary: {
    en: 'ArcSight Common Event Format (CEF:0), one verdict a line',
    'zh-CN': 'ArcSight 通用事件格式（CEF:0），每行一条判定',
  },
  subjects: ['suspects'],
  write: (selection, out, { version }) => writeChunks(lines(selection, version), out),
};

function* lines(selection: Selection, version: string): Generator<string> {
  for (const verdict of selection.verdicts()) yield `${formatCef(verdict, version)}\n`;
}

/** Custom strings come with their labels; times are epoch milliseconds (Micro Focus, Implementing ArcSight CEF, rev. 25). */
function formatCef(verdict: VerdictObject, version: string): string {
  const { ip, level, score, first_seen, last_seen, coins, pools, unit, evidence, workers } = verdict;
  const pool = pools[0];
  const v6 = isIPv6(ip);
  const fields: readonly (readonly [string, string | number | null | undefined])[] = [
    ['src', v6 ? null : ip],
    ['c6a2', v6 ? ip : null],
    ['c6a2Label', v6 ? 'Source IPv6 Address' : null],
    ['dst', pool === undefined || isIPv6(pool.address) ? null : pool.address],
    ['c6a3', pool !== undefined && isIPv6(pool.address) ? pool.address : null],
    ['c6a3Label', pool !== undefined && isIPv6(pool.address) ? 'Destination IPv6 Address' : null],
    ['dhost', pool?.host],
    ['dpt', pool?.port],
    // Every dialect is spoken over TCP; of TLS and flow records alone the transport is not known.
    ['proto', pool === undefined || verdict.dialects.length === 0 ? null : 'TCP'],
    ['app', verdict.dialects[0]],
    ['cnt', verdict.sessions],
    ['start', first_seen === null ? null : Date.parse(first_seen)],
    ['end', last_seen === null ? null : Date.parse(last_seen)],
    ['cs1Label', 'coin'],
    ['cs1', coins[0]?.ticker],
    ['cs2Label', 'level'],
    ['cs2', level],
    ['cs3Label', 'unit'],
    ['cs3', unit === null ? null : `${unit.id} ${unit.name}`],
    ['cs4Label', 'worker'],
    ['cs4', workers[0]],
    ['cs5Label', 'operator'],
    ['cs5', pool?.operator],
    ['cfp1Label', 'score'],
    ['cfp1', score],
    ['externalId', `${ip}-${level}`],
  ];
  const told = fields.filter(([name], at) => isTold(fields, name, at));
  const extension = told.map(([name, value]) => `${name}=${extensionValue(String(value))}`).join(' ');
  const header = [
    'CEF:0',
    'rigwatch',
    'rigwatch',
    version,
    evidence[0]?.rule ?? 'verdict',
    'Cryptocurrency mining',
  ];
  return `${header.map(headerField).join('|')}|${SEVERITY[level]}|${extension}`;
}

/** A label whose value is missing says nothing. */
function isTold(fields: readonly (readonly [string, unknown])[], name: string, at: number): boolean {
  const value =
    name.endsWith('Label') && name.startsWith('c') && !name.startsWith('c6a')
      ? fields[at + 1]?.[1]
      : fields[at]?.[1];
  return value !== null && value !== undefined && value !== '';
}

function headerField(text: string): string {
  return text.replace(/[\\|]/g, '\\$&').replace(/[\r\n]/g, ' ');
}

function extensionValue(text: string): string {
  return text.replace(/[\\=]/g, '\\$&').replace(/\r/g, '\\r').replace(/\n/g, '\\n');
}
