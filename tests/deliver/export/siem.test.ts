import { describe, expect, it } from 'vitest';
import { toVerdictObject } from '../../../src/deliver/print/verdict-json.js';
import { sampleVerdict } from '../samples.js';
import { exportedText, NOW_MS, sampleConversation, selectionOf } from './selection.js';

const unit = { id: 'U=1|x', name: '某^单位\\', category: 'school', region: 'Hangzhou' };
const verdicts = [
  toVerdictObject(sampleVerdict({ unit })),
  toVerdictObject(
    sampleVerdict({
      ip: '2001:db8::1',
      level: 'probable',
      pools: [],
      evidence: [],
      coins: [],
      dialects: [],
      workers: [],
    }),
  ),
];
const selection = selectionOf('suspects', { verdicts, conversations: [sampleConversation()] });
const bare = selectionOf('suspects', { verdicts });
const lines = async (name: string, of = selection) => (await exportedText(name, of)).trimEnd().split('\n');
const objects = async (name: string, of = selection) =>
  (await lines(name, of)).map((line) => JSON.parse(line) as Record<string, never>);

/** A CEF extension as ArcSight reads it: a key begins after a blank and ends at an equals sign that is not escaped. */
function extensionOf(line: string): Record<string, string> {
  // After the seventh bar of the header a bar is a character like any other.
  const [, extension = ''] = /^(?:(?:[^|\\]|\\.)*\|){7}(.*)$/.exec(line) ?? [];
  const parts = extension.split(/ (?=[A-Za-z0-9]+(?<!\\)=)/);
  return Object.fromEntries(
    parts.map((part) => {
      const at = part.indexOf('=');
      return [part.slice(0, at), part.slice(at + 1).replace(/\\([\\=])/g, '$1')];
    }),
  );
}

describe('cef', () => {
  it('has seven fields of header, then pairs', async () => {
    const [first = '', second = ''] = await lines('cef');
    expect(first).toMatch(
      /^CEF:0\|rigwatch\|rigwatch\|1\.2\.3\|stratum\.cryptonote\.login\|Cryptocurrency mining\|8\|src=/,
    );
    expect(extensionOf(first)).toEqual({
      src: '10.8.3.17',
      dst: '198.51.100.7',
      dhost: 'pool.example',
      dpt: '3333',
      proto: 'TCP',
      app: 'cryptonote',
      cnt: '1',
      start: '1625278269120',
      end: '1625278329120',
      cs1Label: 'coin',
      cs1: 'XMR',
      cs2Label: 'level',
      cs2: 'confirmed',
      cs3Label: 'unit',
      cs3: 'U=1|x 某^单位\\',
      cs4Label: 'worker',
      cs4: 'rig-01',
      cs5Label: 'operator',
      cs5: 'Example Pool',
      cfp1Label: 'score',
      cfp1: '0.998',
      externalId: '10.8.3.17-confirmed',
    });
    expect(extensionOf(second)).toMatchObject({ c6a2: '2001:db8::1', c6a2Label: 'Source IPv6 Address' });
    expect(Object.keys(extensionOf(second))).not.toContain('cs1Label');
  });
});

describe('leef', () => {
  it('has six fields of header, then pairs that the delimiter parts', async () => {
    const [first = ''] = await lines('leef');
    const fields = first.split('|');
    expect(fields.slice(0, 6)).toEqual([
      'LEEF:2.0',
      'rigwatch',
      'rigwatch',
      '1.2.3',
      'stratum.cryptonote.login',
      '^',
    ]);
    const pairs = Object.fromEntries(
      (fields[6] ?? '').split('^').map((pair) => pair.split(/=(.*)/s).slice(0, 2)),
    );
    expect(pairs).toMatchObject({
      src: '10.8.3.17',
      dstPort: '3333',
      sev: '8',
      unitName: '某\\x5e单位\\',
      unitId: 'U=1\\x7cx',
    });
    expect(fields).toHaveLength(7);
  });
});

describe('ecs', () => {
  it('puts each fact where the schema has it', async () => {
    const [first, second] = await objects('ecs');
    expect(first).toMatchObject({
      '@timestamp': '2021-07-03T02:12:09.120Z',
      event: {
        kind: 'alert',
        category: ['network', 'intrusion_detection'],
        type: ['info'],
        duration: 60_000_000_000,
        dataset: 'rigwatch.verdict',
      },
      source: { ip: '10.8.3.17', port: 50_000, bytes: 1200 },
      destination: {
        ip: '198.51.100.7',
        port: 3333,
        domain: 'pool.example',
        geo: { country_iso_code: 'US' },
      },
      network: { protocol: 'stratum', transport: 'tcp', community_id: ['1:LQU9qZlK+B5F3KDmev6m5PMibrg='] },
      threat: { technique: { subtechnique: { id: ['T1496.001'] } } },
      organization: { id: 'U=1|x' },
      related: { ip: ['10.8.3.17', '198.51.100.7'] },
      rigwatch: { level: 'confirmed', coins: ['XMR'] },
    });
    expect(second).not.toHaveProperty('destination');
    expect(JSON.stringify(second)).not.toContain('null');
  });

  it('uses no field set that the schema does not have', async () => {
    const sets = [
      '@timestamp',
      'message',
      'ecs',
      'event',
      'observer',
      'source',
      'destination',
      'network',
      'rule',
      'threat',
      'organization',
      'related',
      'rigwatch',
    ];
    for (const object of await objects('ecs'))
      for (const key of Object.keys(object)) expect(sets).toContain(key);
  });
});

describe('ocsf', () => {
  it('is a Detection Finding with what the class requires', async () => {
    const [first] = await objects('ocsf');
    expect(first).toMatchObject({
      class_uid: 2004,
      category_uid: 2,
      activity_id: 1,
      type_uid: 200_401,
      severity_id: 4,
      time: NOW_MS,
      metadata: { version: '1.8.0', product: { name: 'rigwatch', vendor_name: 'rigwatch' } },
      finding_info: {
        uid: expect.stringMatching(/^[0-9a-f-]{36}$/),
        first_seen_time: 1_625_278_269_120,
        analytic: { type_id: 1 },
        attacks: [{ sub_technique: { uid: 'T1496.001' } }],
      },
      confidence_score: 99,
      evidences: [
        {
          src_endpoint: { ip: '10.8.3.17', port: 50_000 },
          dst_endpoint: { ip: '198.51.100.7', port: 3333 },
          connection_info: {
            direction_id: 2,
            protocol_num: 6,
            uid: '1:LQU9qZlK+B5F3KDmev6m5PMibrg=',
          },
          data: { rule: 'stratum.cryptonote.login' },
        },
      ],
    });
  });

  it('tells of pools where no conversation is stored, and closes what was released', async () => {
    const [first, second] = await objects('ocsf', bare);
    expect(first).toMatchObject({
      evidences: [{ dst_endpoint: { port: 3333 }, connection_info: { direction_id: 2 } }],
    });
    expect(second).toMatchObject({ evidences: [{ src_endpoint: { ip: '2001:db8::1' } }] });
    const cleared = [toVerdictObject(sampleVerdict({ level: 'cleared' }))];
    const [closed] = await objects('ocsf', selectionOf('suspects', { verdicts: cleared }));
    expect(closed).toMatchObject({ activity_id: 3, type_uid: 200_403, is_alert: false });
  });
});
