import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Subject } from '../../../src/deliver/export/exporter.js';
import { uuidV5 } from '../../../src/deliver/export/uuid.js';
import { toVerdictObject } from '../../../src/deliver/print/verdict-json.js';
import { sampleVerdict } from '../samples.js';
import { exportedText, NOW_MS, sampleConversation, samplePool, selectionOf } from './selection.js';

const facts = {
  // One of them is a pool as well; one speaks with a pool that is not told of.
  verdicts: [
    toVerdictObject(sampleVerdict()),
    toVerdictObject(
      sampleVerdict({
        ip: '203.0.113.10',
        pools: [{ address: '192.0.2.99', port: 1, host: null, operator: null, country: null, tls: true }],
      }),
    ),
  ],
  pools: [
    samplePool(),
    samplePool({ port: 443 }),
    samplePool({ address: '2001:db8::7', held_back: 'own', listed_hosts: ['own.example'] }),
    samplePool({ address: '203.0.113.9', held_back: 'shared', listed_hosts: ['pool.example'] }),
    samplePool({ address: '203.0.113.10', held_back: 'local', listed_hosts: [] }),
  ],
  conversations: [sampleConversation()],
};

interface Stix {
  readonly type: string;
  readonly id: string;
  readonly [key: string]: unknown;
}

/** What STIX 2.1 and the JSON schemas of OASIS require of each type, beyond type and id. */
const DOMAIN = ['spec_version', 'created', 'modified'];
const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  'marking-definition': ['spec_version', 'created', 'extensions'],
  identity: [...DOMAIN, 'name'],
  'attack-pattern': [...DOMAIN, 'name'],
  indicator: [...DOMAIN, 'pattern', 'pattern_type', 'valid_from'],
  relationship: [...DOMAIN, 'relationship_type', 'source_ref', 'target_ref'],
  sighting: [...DOMAIN, 'sighting_of_ref'],
  'observed-data': [...DOMAIN, 'first_observed', 'last_observed', 'number_observed', 'object_refs'],
  'ipv4-addr': ['value'],
  'ipv6-addr': ['value'],
  'domain-name': ['value'],
  'network-traffic': ['protocols', 'src_ref', 'dst_ref'],
};
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const ID = /^[a-z0-9-]+--[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

async function bundle(of: Subject, options = {}): Promise<Stix[]> {
  const text = await exportedText('stix', selectionOf(of, facts), options);
  const { type, id, objects } = JSON.parse(text) as { type: string; id: string; objects: Stix[] };
  expect(type).toBe('bundle');
  expect(id).toMatch(ID);
  return objects;
}

function faultsOf(objects: readonly Stix[]): string[] {
  const ids = new Set(objects.map(({ id }) => id));
  const faults: string[] = ids.size === objects.length ? [] : ['an id comes twice'];
  for (const object of objects) {
    const fault = (text: string) => faults.push(`${object.id}: ${text}`);
    const needed = REQUIRED[object.type];
    if (needed === undefined) fault('of no known type');
    if (!ID.test(object.id) || !object.id.startsWith(`${object.type}--`)) fault('id');
    for (const key of needed ?? []) if (object[key] === undefined) fault(`no ${key}`);
    for (const [key, value] of Object.entries(object)) {
      // Properties of the specification: never null, never an empty list.
      if (value === null || (Array.isArray(value) && value.length === 0)) fault(`${key} is empty`);
      if (!/^[a-z0-9_]{3,250}$/.test(key) && key !== 'id') fault(`${key} is no name of a property`);
      if (
        /^(created|modified|valid_|first_|last_)/.test(key) &&
        !key.endsWith('_ref') &&
        !TIME.test(String(value))
      )
        fault(`${key} is no time`);
      for (const ref of key.endsWith('_refs')
        ? (value as string[])
        : key.endsWith('_ref')
          ? [String(value)]
          : [])
        if (!ids.has(ref)) fault(`${key} leads nowhere`);
    }
  }
  return faults;
}

describe('stix', () => {
  it.each(['pools', 'suspects'] as const)('of %s is a bundle whose objects are whole', async (of) => {
    expect(faultsOf(await bundle(of))).toEqual([]);
  });

  it('knows a fault when it sees one', () => {
    expect(faultsOf([{ type: 'ipv4-addr', id: 'ipv4-addr--1' }])).not.toEqual([]);
  });

  it('gives an address the identifier that everybody gives it', async () => {
    const objects = await bundle('pools');
    const address = objects.find(({ value }) => value === '198.51.100.7');
    // Python: uuid.uuid5(UUID('00abedb4-aa42-466c-9c01-fed23315a9b7'), '{"value":"198.51.100.7"}')
    const hash = createHash('sha1')
      .update(Buffer.from('00abedb4aa42466c9c01fed23315a9b7', 'hex'))
      .update('{"value":"198.51.100.7"}')
      .digest('hex');
    expect(address?.id.slice(0, 'ipv4-addr--'.length + 8)).toBe(`ipv4-addr--${hash.slice(0, 8)}`);
    expect(uuidV5('6ba7b810-9dad-11d1-80b4-00c04fd430c8', 'www.example.com')).toBe(
      '2ed6657d-e927-568b-95e1-2665a8aea6a2',
    );
  });

  it('indicates what may be blocked: addresses that are not held back, and listed names', async () => {
    const indicators = (await bundle('pools')).filter(({ type }) => type === 'indicator');
    expect(indicators.map(({ pattern }) => pattern)).toEqual([
      "[network-traffic:dst_ref.type = 'ipv4-addr' AND network-traffic:dst_ref.value = '198.51.100.7' AND network-traffic:dst_port = 3333] OR [domain-name:value = 'pool.example']",
      "[network-traffic:dst_ref.type = 'ipv4-addr' AND network-traffic:dst_ref.value = '198.51.100.7' AND network-traffic:dst_port = 443] OR [domain-name:value = 'pool.example']",
      "[domain-name:value = 'own.example']",
      "[domain-name:value = 'pool.example']",
    ]);
  });

  it('of pools names no suspect; of suspects says who spoke with whom', async () => {
    expect(JSON.stringify(await bundle('pools'))).not.toContain('10.8.3.17');
    const objects = await bundle('suspects');
    const traffic = objects.find(({ type }) => type === 'network-traffic');
    expect(traffic).toMatchObject({
      src_port: 50_000,
      dst_port: 3333,
      protocols: ['ipv4', 'tcp', 'stratum'],
    });
  });

  it('carries the marking asked for, and ends with the age', async () => {
    const objects = await bundle('pools', { tlp: 'red', maxAgeSeconds: 86_400 });
    const indicator = objects.find(({ type }) => type === 'indicator');
    expect(indicator?.object_marking_refs).toEqual([
      'marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1',
    ]);
    expect(indicator?.valid_until).toBe('2021-07-04T02:12:09.120Z');
  });
});

describe('misp', () => {
  const event = async (of: Subject) =>
    (JSON.parse(await exportedText('misp', selectionOf(of, facts))) as { Event: Record<string, unknown> })
      .Event;
  const attributes = async (of: Subject) => (await event(of)).Attribute as Record<string, unknown>[];

  it('has what the core format requires, as the types it requires', async () => {
    const { Attribute: _, ...head } = await event('pools');
    expect(head).toEqual({
      uuid: expect.stringMatching(/^[0-9a-f-]{36}$/),
      id: '0',
      info: 'Cryptocurrency mining: pools (rigwatch)',
      date: '2021-07-04',
      timestamp: String(NOW_MS / 1000),
      publish_timestamp: '0',
      org_id: '0',
      orgc_id: '0',
      threat_level_id: '2',
      analysis: '2',
      distribution: '0',
      sharing_group_id: '0',
      published: false,
      Orgc: { id: '0', name: 'An Office', uuid: expect.stringMatching(/^[0-9a-f-]{36}$/) },
      Tag: [
        { name: 'tlp:amber' },
        { name: 'misp-galaxy:mitre-attack-pattern="Compute Hijacking - T1496.001"' },
      ],
    });
    for (const attribute of await attributes('suspects')) {
      for (const key of ['uuid', 'type', 'category', 'value', 'timestamp', 'distribution'])
        expect(typeof attribute[key]).toBe('string');
      expect(typeof attribute.to_ids).toBe('boolean');
    }
  });

  it('detects pools, never suspects', async () => {
    const pools = await attributes('pools');
    expect(pools.map(({ type, value, to_ids }) => [type, value, to_ids])).toEqual([
      ['ip-dst|port', '198.51.100.7|3333', true],
      ['hostname', 'pool.example', true],
      ['ip-dst|port', '198.51.100.7|443', true],
      ['hostname', 'own.example', true],
    ]);
    const suspects = (await attributes('suspects')).slice(pools.length);
    expect(suspects.map(({ type, value, to_ids }) => [type, value, to_ids])).toEqual([
      ['ip-src', '10.8.3.17', false],
      ['xmr', '4Abc', false],
      ['ip-src', '203.0.113.10', false],
    ]);
  });
});
