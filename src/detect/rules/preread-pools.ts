import type { PoolRow } from '../../model/rule-table.js';
import { readCsv, readTable } from './syntax/csv.js';
import { Faults } from './syntax/faults.js';
import { poolTable } from './tables/pools.js';

type Column = Exclude<keyof PoolRow, 'host' | 'file'>;
const COLUMNS: readonly Column[] = [
  'kind',
  'ports',
  'tlsPorts',
  'operator',
  'coins',
  'region',
  'country',
  'role',
  'confidence',
  'source',
  'firstUs',
  'lastUs',
  'line',
];

/** A column of few different values: each once, and which one each row has, as base64 of 16-bit numbers. */
interface PackedColumn {
  readonly values: readonly unknown[];
  readonly rows: string;
}

/** A pool list read beforehand, as plain JSON. */
interface PackedPools {
  readonly hosts: readonly string[];
  readonly columns: Readonly<Record<Column, PackedColumn>>;
}

/** More rows than a 16-bit number tells apart are left to the parser. */
const MAX_PACKED = 65_536;

/**
 * A pool list without faults and without rows that take others away, packed; else null. Checking thousands of rows at
 * each start takes most of the time that loading the rules does.
 */
export function prereadPools(text: string): unknown {
  const faults = new Faults();
  const file = readCsv('', text, faults);
  if (!poolTable.required.every((name) => file.header.includes(name))) return null;
  const entries = readTable(poolTable, file, faults).map(({ row }) => row);
  const rows = entries.map(({ row }) => row);
  const keys = new Set(rows.map(({ kind, host }) => `${kind} ${host}`));
  if (faults.count > 0 || keys.size < rows.length || rows.length > MAX_PACKED) return null;
  if (entries.some(({ enabled }) => !enabled)) return null;
  const columns = Object.fromEntries(
    COLUMNS.map((column) => [column, packColumn(rows.map((row) => row[column]))]),
  );
  return { hosts: rows.map(({ host }) => host), columns };
}

function packColumn(cells: readonly unknown[]): PackedColumn {
  const known = new Map<string, number>();
  const values: unknown[] = [];
  const numbers = new Uint16Array(cells.length);
  for (const [row, cell] of cells.entries()) {
    const key = JSON.stringify(cell);
    const number = known.get(key) ?? values.push(cell) - 1;
    known.set(key, number);
    numbers[row] = number;
  }
  return { values, rows: Buffer.from(numbers.buffer).toString('base64') };
}

/** The rows of a packed list, as the parser would have read them from `file`. */
export function unpackPools(preread: unknown, file: string): PoolRow[] {
  const { hosts, columns } = preread as PackedPools;
  const cells = <C extends Column>(column: C): ((row: number) => PoolRow[C]) => {
    const { values, rows } = columns[column];
    const numbers = new Uint16Array(Uint8Array.from(Buffer.from(rows, 'base64')).buffer);
    return (row) => values[numbers[row] ?? 0] as PoolRow[C];
  };
  const kind = cells('kind');
  const ports = cells('ports');
  const tlsPorts = cells('tlsPorts');
  const operator = cells('operator');
  const coins = cells('coins');
  const region = cells('region');
  const country = cells('country');
  const role = cells('role');
  const confidence = cells('confidence');
  const source = cells('source');
  const firstUs = cells('firstUs');
  const lastUs = cells('lastUs');
  const line = cells('line');
  return hosts.map((host, row) => ({
    host,
    kind: kind(row),
    ports: ports(row),
    tlsPorts: tlsPorts(row),
    operator: operator(row),
    coins: coins(row),
    region: region(row),
    country: country(row),
    role: role(row),
    confidence: confidence(row),
    source: source(row),
    firstUs: firstUs(row),
    lastUs: lastUs(row),
    file,
    line: line(row),
  }));
}
