import { parseIp } from '../../../base/ip.js';
import { type Phrase, phrase } from '../../../base/phrase.js';
import { DAY_US } from '../../../base/time.js';
import {
  CONFIDENCES,
  type Confidence,
  POOL_KINDS,
  POOL_ROLES,
  type PoolKind,
  type PoolRole,
  type PoolRow,
} from '../../../model/rule-table.js';
import type { TableKind } from '../syntax/csv.js';
import { quote } from '../syntax/faults.js';
import { suggest } from '../syntax/suggest.js';

const MAX_PORTS = 1024;
const MAX_COINS = 256;
const HOST = /^[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})+$/;
/** An address is not a name. */
const ALL_DIGITS = /^[0-9.]+$/;
const DATE = /^(\d{4})(?:-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01]))?$/;

/** A row as read; `enabled` false takes the row of the same host and kind away. */
export interface PoolEntry {
  readonly row: PoolRow;
  readonly enabled: boolean;
}

/** Names and addresses of pools, their web sites, exchanges and rig management. */
export const poolTable: TableKind<PoolEntry> = {
  name: 'pools',
  columns: {
    host: 'name in lower case (IDN as xn--), or an address',
    kind: POOL_KINDS.join(', '),
    ports: 'plain TCP ports, separated by ;',
    tls_ports: 'TLS ports, separated by ;',
    operator: 'who runs it',
    coins: 'upper-case tickers, separated by ;',
    region: 'as the source says: EU, ASIA, US …',
    country: 'ISO 3166-1 alpha-2 of the endpoint; empty where not known',
    role: POOL_ROLES.join(', '),
    confidence: CONFIDENCES.join(', '),
    source: 'names of the lists that say so, separated by ;',
    first_seen: 'YYYY or YYYY-MM-DD: oldest source',
    last_seen: 'YYYY or YYYY-MM-DD: newest source',
    notes: 'for people',
    enabled: 'false takes away the row of the same host and kind; empty is true',
  },
  required: ['host', 'kind'],
  readRow(cell, report, { file, line }) {
    const kind = word(cell('kind'), POOL_KINDS, 'kind', report);
    const host = kind === null ? null : readHost(cell('host'), kind, report);
    const role: PoolRole | null =
      cell('role') === '' ? 'pool' : word(cell('role'), POOL_ROLES, 'role', report);
    const confidence: Confidence | null =
      cell('confidence') === '' ? 'medium' : word(cell('confidence'), CONFIDENCES, 'confidence', report);
    const ports = readPorts(cell('ports'), 'ports', report);
    const tlsPorts = readPorts(cell('tls_ports'), 'tls_ports', report);
    const coins = readCoins(cell('coins'), report);
    const country = cell('country');
    if (country !== '' && !/^[A-Z]{2}$/.test(country)) {
      report(phrase`country: expected two capital letters (ISO 3166-1), found ${quote(country)}`);
      return null;
    }
    const firstUs = readDate(cell('first_seen'), 'first_seen', false, report);
    const lastUs = readDate(cell('last_seen'), 'last_seen', true, report);
    const enabled = cell('enabled');
    if (enabled !== '' && enabled !== 'true' && enabled !== 'false') {
      report(phrase`enabled: expected true, false or nothing, found ${quote(enabled)}`);
      return null;
    }
    if (kind === null || host === null || role === null || confidence === null) return null;
    if (
      ports === null ||
      tlsPorts === null ||
      coins === null ||
      firstUs === undefined ||
      lastUs === undefined
    )
      return null;
    const row: PoolRow = {
      host,
      kind,
      ports,
      tlsPorts,
      operator: cell('operator') === 'unknown' ? null : cell('operator') || null,
      coins,
      region: cell('region') || null,
      country: country || null,
      role,
      confidence,
      source: cell('source'),
      firstUs,
      lastUs,
      file,
      line,
    };
    return { row, enabled: enabled !== 'false' };
  },
};

type Report = (message: Phrase) => void;

function word<T extends string>(text: string, words: readonly T[], column: string, report: Report): T | null {
  const found = words.find((one) => one === text);
  if (found !== undefined) return found;
  report(phrase`${column}: expected one of ${words}, found ${quote(text)}${suggest(text, words)}`);
  return null;
}

function readHost(text: string, kind: PoolKind, report: Report): string | null {
  if (kind === 'ip') {
    const ip = parseIp(text);
    if (ip === null) report(phrase`host: expected an IPv4 or IPv6 address, found ${quote(text)}`);
    return ip;
  }
  if (text.length <= 253 && HOST.test(text) && !ALL_DIGITS.test(text)) return text;
  report(phrase`host: expected a name with a dot, in lower case, found ${quote(text)}`);
  return null;
}

const NO_PORTS: readonly number[] = [];

function readPorts(text: string, column: string, report: Report): readonly number[] | null {
  if (text === '') return NO_PORTS;
  const ports = text.split(';').map((part) => (/^\d{1,5}$/.test(part) ? Number(part) : 0));
  if (ports.length <= MAX_PORTS && ports.every((port) => port >= 1 && port <= 65_535)) return ports;
  report(phrase`${column}: expected ports from 1 to 65535 separated by ;, found ${quote(text)}`);
  return null;
}

const NO_COINS: readonly string[] = [];

function readCoins(text: string, report: Report): readonly string[] | null {
  if (text === '') return NO_COINS;
  const coins = text.split(';');
  if (coins.length <= MAX_COINS && coins.every((coin) => /^[A-Z0-9]{1,12}$/.test(coin))) return coins;
  report(phrase`coins: expected upper-case tickers separated by ;, found ${quote(text)}`);
  return null;
}

/** Epoch microseconds; the end of the day or year where `atEnd`. Undefined after a fault. */
function readDate(text: string, column: string, atEnd: boolean, report: Report): number | null | undefined {
  if (text === '') return null;
  const [, year, month = atEnd ? '12' : '01', day = atEnd ? '31' : '01'] = DATE.exec(text) ?? [];
  const ms = Date.UTC(Number(year), Number(month) - 1, Number(day));
  if (!Number.isNaN(ms)) return ms * 1000 + (atEnd ? DAY_US : 0);
  report(phrase`${column}: expected YYYY or YYYY-MM-DD, found ${quote(text)}`);
  return undefined;
}
