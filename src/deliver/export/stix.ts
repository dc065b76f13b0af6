import { isIPv6 } from 'node:net';
import type { PoolObject } from '../../model/pool-object.js';
import type { VerdictObject } from '../../model/verdict-object.js';
import { writeChunks } from './chunks.js';
import type { Exporter, ExportOptions, Selection, Tlp } from './exporter.js';
import { endpointName } from './names.js';
import { Once } from './once.js';
import { TECHNIQUE } from './severity.js';
import { RIGWATCH_NAMESPACE, uuidV5 } from './uuid.js';

/** Namespace of cyber-observable identifiers (STIX 2.1 §2.9): the same address has the same id everywhere. */
const OBSERVABLES = '00abedb4-aa42-466c-9c01-fed23315a9b7';
/** OASIS common objects: the extension of TLP 2.0 and its markings. */
const TLP_EXTENSION = 'extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d';
const TLP_MARKINGS: Readonly<Record<Tlp, string>> = {
  clear: 'marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487',
  green: 'marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb',
  amber: 'marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421',
  'amber+strict': 'marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003',
  red: 'marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1',
};
const TLP_CREATED = '2022-10-01T00:00:00.000Z';
/** Objects that are always the same were made then. */
const CREATED = '2026-01-01T00:00:00.000Z';
const MAX_COUNT = 999_999_999;

interface StixObject {
  readonly type: string;
  readonly id: string;
  readonly [key: string]: unknown;
}

export const stix: Exporter = {
  name: 'stix',
  extension: 'json',
  summary: {
    en: 'a STIX 2.1 bundle: indicators of pools with sightings; --of suspects adds who was seen with them',
    'zh-CN': 'STIX 2.1 包：矿池指标与目击；--of suspects 另附观测到的地址',
  },
  subjects: ['pools', 'suspects'],
  usesPools: true,
  write: (selection, out, options) => writeChunks(pieces(selection, options), out),
};

function* pieces(selection: Selection, options: ExportOptions): Generator<string> {
  const id = uuidV5(RIGWATCH_NAMESPACE, `bundle ${options.office} ${selection.of} ${options.nowMs}`);
  yield `{"type":"bundle","id":"bundle--${id}","objects":[\n`;
  let separator = '';
  for (const object of objects(selection, options)) {
    yield `${separator}${JSON.stringify(object)}`;
    separator = ',\n';
  }
  yield '\n]}\n';
}

function* objects(selection: Selection, options: ExportOptions): Generator<StixObject> {
  const office = identityOf(options.office);
  const common = { created_by_ref: office.id, object_marking_refs: [TLP_MARKINGS[options.tlp]] };
  yield markingOf(options.tlp);
  yield office;
  yield ATTACK_PATTERN;
  const told = new Once();
  for (const pool of selection.pools()) {
    if (told.isFirst(pool.address)) yield addressOf(pool.address);
    for (const name of pool.listed_hosts) if (told.isFirst(name)) yield nameOf(name);
    if (pool.first_seen === null || pool.last_seen === null) continue;
    const dated = { ...pool, first_seen: pool.first_seen, last_seen: pool.last_seen };
    const pattern = patternOf(pool);
    if (pattern !== null) yield* indicated(dated, pattern, common, options);
  }
  if (selection.of === 'pools') return;
  for (const verdict of selection.verdicts()) yield* observed(verdict, selection, common, told);
}

type Common = { readonly created_by_ref: string; readonly object_marking_refs: readonly string[] };

/** By address and port, and by the names that lists know; null where nothing is left that is the pool's own. */
function patternOf({ address, port, listed_hosts, held_back }: PoolObject): string | null {
  const type = isIPv6(address) ? 'ipv6-addr' : 'ipv4-addr';
  const terms = [
    ...(held_back === null
      ? [
          `[network-traffic:dst_ref.type = '${type}' AND network-traffic:dst_ref.value = '${address}' AND network-traffic:dst_port = ${port}]`,
        ]
      : []),
    ...listed_hosts.map((name) => `[domain-name:value = '${name}']`),
  ];
  return terms.length === 0 ? null : terms.join(' OR ');
}

function indicatorId({ address, port }: { readonly address: string; readonly port: number }): string {
  return `indicator--${uuidV5(RIGWATCH_NAMESPACE, `pool ${endpointName(address, port)}`)}`;
}

function* indicated(
  pool: PoolObject & { readonly first_seen: string; readonly last_seen: string },
  pattern: string,
  common: Common,
  { maxAgeSeconds }: ExportOptions,
): Generator<StixObject> {
  const { first_seen, last_seen } = pool;
  const id = indicatorId(pool);
  const times = { created: first_seen, modified: last_seen };
  yield {
    type: 'indicator',
    spec_version: '2.1',
    id,
    ...common,
    ...times,
    name: `Mining pool ${endpointName(pool.listed_hosts[0] ?? pool.address, pool.port)}`,
    indicator_types: ['anomalous-activity'],
    pattern,
    pattern_type: 'stix',
    pattern_version: '2.1',
    valid_from: first_seen,
    ...(maxAgeSeconds === null
      ? {}
      : { valid_until: new Date(Date.parse(last_seen) + maxAgeSeconds * 1000).toISOString() }),
    confidence: Math.floor(pool.score * 100),
    labels: ['cryptocurrency-mining', ...pool.coins.map((coin) => `coin-${coin.toLowerCase()}`)],
  };
  yield {
    type: 'relationship',
    spec_version: '2.1',
    id: `relationship--${uuidV5(RIGWATCH_NAMESPACE, `indicates ${id}`)}`,
    ...common,
    ...times,
    relationship_type: 'indicates',
    source_ref: id,
    target_ref: ATTACK_PATTERN.id,
  };
  yield {
    type: 'sighting',
    spec_version: '2.1',
    id: `sighting--${uuidV5(RIGWATCH_NAMESPACE, `sighting ${id} ${common.created_by_ref}`)}`,
    ...common,
    ...times,
    first_seen,
    last_seen,
    count: Math.min(pool.suspects, MAX_COUNT),
    sighting_of_ref: id,
    where_sighted_refs: [common.created_by_ref],
    summary: true,
  };
}

/** The suspect's traffic with the pools of its verdict, as one observation. */
function* observed(
  verdict: VerdictObject,
  selection: Selection,
  common: Common,
  told: Once,
): Generator<StixObject> {
  const { ip, pools, first_seen, last_seen, sessions } = verdict;
  if (first_seen === null || last_seen === null) return;
  const suspect = addressOf(ip);
  if (told.isFirst(ip)) yield suspect;
  // A pool that was last seen before the time asked for is not among those told.
  for (const { address } of pools) if (told.isFirst(address)) yield addressOf(address);
  const ports = new Map(
    selection.conversations(ip).map((one) => [endpointName(one.address, one.port), one.source_port]),
  );
  // A dialect was read: that is TCP for certain.
  const isSpoken = verdict.dialects.length > 0;
  const traffic = pools.map(({ address, port, tls }) => {
    const source = ports.get(endpointName(address, port));
    const facts = {
      src_ref: suspect.id,
      dst_ref: addressOf(address).id,
      ...(source === undefined ? {} : { src_port: source }),
      dst_port: port,
      protocols: [
        isIPv6(address) ? 'ipv6' : 'ipv4',
        ...(isSpoken ? ['tcp'] : []),
        ...(tls ? ['tls'] : []),
        ...(isSpoken ? ['stratum'] : []),
      ],
    };
    return observable('network-traffic', facts);
  });
  yield* traffic;
  const id = `observed-data--${uuidV5(RIGWATCH_NAMESPACE, `observed ${ip}`)}`;
  yield {
    type: 'observed-data',
    spec_version: '2.1',
    id,
    ...common,
    created: first_seen,
    modified: last_seen,
    first_observed: first_seen,
    last_observed: last_seen,
    number_observed: Math.min(Math.max(1, sessions), MAX_COUNT),
    object_refs: [suspect.id, ...traffic.map((one) => one.id)],
    confidence: Math.floor(verdict.score * 100),
  };
  yield {
    type: 'sighting',
    spec_version: '2.1',
    id: `sighting--${uuidV5(RIGWATCH_NAMESPACE, `sighting of ${id}`)}`,
    ...common,
    created: first_seen,
    modified: last_seen,
    first_seen,
    last_seen,
    count: Math.min(Math.max(1, sessions), MAX_COUNT),
    sighting_of_ref: ATTACK_PATTERN.id,
    observed_data_refs: [id],
    where_sighted_refs: [common.created_by_ref],
  };
}

/** A cyber-observable, its id made of its properties: their canonical JSON (RFC 8785), keys in order. */
function observable(type: string, properties: Readonly<Record<string, unknown>>): StixObject {
  const sorted = Object.fromEntries(Object.entries(properties).sort(([a], [b]) => (a < b ? -1 : 1)));
  return {
    type,
    spec_version: '2.1',
    id: `${type}--${uuidV5(OBSERVABLES, JSON.stringify(sorted))}`,
    ...properties,
  };
}

function addressOf(value: string): StixObject {
  return observable(isIPv6(value) ? 'ipv6-addr' : 'ipv4-addr', { value });
}

function nameOf(value: string): StixObject {
  return observable('domain-name', { value });
}

function identityOf(name: string): StixObject {
  return {
    type: 'identity',
    spec_version: '2.1',
    id: `identity--${uuidV5(RIGWATCH_NAMESPACE, `office ${name}`)}`,
    created: CREATED,
    modified: CREATED,
    name,
    identity_class: 'organization',
  };
}

function markingOf(tlp: Tlp): StixObject {
  return {
    type: 'marking-definition',
    spec_version: '2.1',
    id: TLP_MARKINGS[tlp],
    created: TLP_CREATED,
    name: `TLP:${tlp.toUpperCase()}`,
    extensions: { [TLP_EXTENSION]: { extension_type: 'property-extension', tlp_2_0: tlp } },
  };
}

const ATTACK_PATTERN: StixObject = {
  type: 'attack-pattern',
  spec_version: '2.1',
  id: `attack-pattern--${uuidV5(RIGWATCH_NAMESPACE, TECHNIQUE.id)}`,
  created: CREATED,
  modified: CREATED,
  name: TECHNIQUE.name,
  external_references: [{ source_name: 'mitre-attack', external_id: TECHNIQUE.id, url: TECHNIQUE.reference }],
};
