import type { PoolObject } from '../../model/pool-object.js';
import type { VerdictObject } from '../../model/verdict-object.js';
import { endpointName } from './names.js';

/** Columns of the tables for people. A column is only ever added at the end. */

export type Cell = string | number | null;
export type Columns<Row> = readonly (readonly [name: string, cell: (row: Row) => Cell])[];

const SECONDS_PER_HOUR = 3600;
const SEPARATOR = '; ';

export const VERDICT_COLUMNS = [
  ['ip', ({ ip }) => ip],
  ['unit_id', ({ unit }) => unit?.id ?? null],
  ['unit_name', ({ unit }) => unit?.name ?? null],
  ['level', ({ level }) => level],
  ['score', ({ score }) => score],
  ['coins', ({ coins }) => [...new Set(coins.map(({ ticker }) => ticker))].join(SEPARATOR)],
  ['pools', ({ pools }) => pools.map(poolName).join(SEPARATOR)],
  ['first_seen', ({ first_seen }) => first_seen],
  ['last_seen', ({ last_seen }) => last_seen],
  ['active_hours', ({ active_seconds }) => Number((active_seconds / SECONDS_PER_HOUR).toFixed(2))],
  ['miners_low', ({ miners }) => miners?.low ?? null],
  ['miners_high', ({ miners }) => miners?.high ?? null],
  ['kwh', ({ energy }) => energy?.kwh ?? null],
  ['evidence_count', ({ evidence_count }) => evidence_count],
  ['top_rule', ({ evidence }) => evidence[0]?.rule ?? null],
] as const satisfies Columns<VerdictObject>;

export const POOL_COLUMNS = [
  ['address', ({ address }) => address],
  ['port', ({ port }) => port],
  ['hosts', ({ hosts }) => hosts.join(SEPARATOR)],
  ['operator', ({ operator }) => operator],
  ['country', ({ country }) => country],
  ['coins', ({ coins }) => coins.join(SEPARATOR)],
  ['level', ({ level }) => level],
  ['score', ({ score }) => score],
  ['suspects', ({ suspects }) => suspects],
  ['first_seen', ({ first_seen }) => first_seen],
  ['last_seen', ({ last_seen }) => last_seen],
  ['held_back', ({ held_back }) => held_back],
] as const satisfies Columns<PoolObject>;

function poolName({ host, address, port }: VerdictObject['pools'][number]): string {
  return endpointName(host ?? address, port);
}
