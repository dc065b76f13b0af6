import { parse } from 'csv-parse/sync';
import { strFromU8, unzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { EXPORTERS } from '../../../src/deliver/export/index.js';
import { toVerdictObject } from '../../../src/deliver/print/verdict-json.js';
import { HOSTILE, sampleEvidence, sampleVerdict } from '../samples.js';
import { exportedBytes, sampleConversation, samplePool, selectionOf } from './selection.js';

/** What traffic and imported tables may carry into a verdict, for each grammar that an export is written in. */
const NAMES = [
  HOSTILE,
  '=1+1',
  '|cs2=cleared^level=cleared',
  'x\nadd element inet rigwatch pools4 { 0.0.0.0/0 }',
  'x" } ; flush ruleset; #',
  "x'; drop",
  'a"; sid:1; rev:1;) alert ip any any -> any any (msg:"',
  'a\tIntel::ADDR\tb',
  "x' OR '1'='1",
  '"},{"type":"indicator"',
  '\u202e\u0000\u001b[2J\ud800\ufffe',
  '$(reboot)`reboot`',
];

const verdicts = NAMES.map((name, at) =>
  toVerdictObject(
    sampleVerdict({
      ip: `10.8.3.${at + 1}`,
      coins: [{ ticker: name, basis: 'job', confidence: 1 }],
      algorithms: [name],
      dialects: [name],
      agents: [name],
      wallets: [name],
      workers: [name],
      pools: [{ address: '198.51.100.7', port: 3333, host: name, operator: name, country: name, tls: false }],
      evidence: [sampleEvidence({ rule: name, excerpt: name, host: name })],
      unit: { id: name, name, category: name, region: name },
    }),
  ),
);
// Names reach pools printable, as the selection makes them; lists know none of them.
const [shown = []] = [verdicts.map(({ pools }) => pools[0]?.host ?? '')];
const pools = shown.map((name, at) =>
  samplePool({
    address: `198.51.100.${at + 1}`,
    hosts: [name],
    listed_hosts: [],
    operator: name,
    country: name,
    coins: [name],
  }),
);
const conversations = [sampleConversation({ host: shown[0] ?? null, dialect: shown[0] ?? null })];

const combinations = EXPORTERS.flatMap((exporter) =>
  exporter.subjects.map((of) => ({ name: exporter.name, of })),
);

async function textOf(name: string, of: 'suspects' | 'pools'): Promise<string> {
  const bytes = await exportedBytes(name, selectionOf(of, { verdicts, pools, conversations }), {
    office: '=1+1"',
  });
  if (name !== 'xlsx') return bytes.toString('utf8');
  return Object.values(unzipSync(bytes))
    .map((part) => strFromU8(part))
    .join('\n');
}

describe.each(combinations)('hostile names in $name of $of', ({ name, of }) => {
  it('stay text: no control character, no lone surrogate, no line of their own', async () => {
    const text = await textOf(name, of);
    expect(text.length).toBeGreaterThan(0);
    expect(text).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\ufffe\uffff]/);
    for (const line of text.split('\n')) {
      expect(line).not.toMatch(/^(add element inet rigwatch pools4 \{ 0\.|flush ruleset|drop)/);
    }
  });
});

describe('hostile names', () => {
  const lines = async (name: string, of: 'suspects' | 'pools') =>
    (await textOf(name, of)).trimEnd().split('\n');

  it('appear in no list that tools act on', async () => {
    for (const { name, isBlockList } of EXPORTERS) {
      if (isBlockList !== true) continue;
      const text = await textOf(name, 'pools');
      expect(text).not.toMatch(/flush ruleset|reboot|0\.0\.0\.0|sid:1;|calc|'1'/);
    }
  });

  it('make no line, row or object more', async () => {
    for (const name of ['cef', 'leef', 'ecs', 'ocsf', 'jsonl'])
      expect(await lines(name, 'suspects')).toHaveLength(NAMES.length);
    expect(parse(await textOf('csv', 'suspects'))).toHaveLength(NAMES.length + 1);
    expect(parse(await textOf('csv', 'pools'))).toHaveLength(NAMES.length + 1);
    for (const name of ['ecs', 'ocsf', 'jsonl'])
      for (const line of await lines(name, 'suspects'))
        expect(() => JSON.parse(line) as unknown).not.toThrow();
    const { objects } = JSON.parse(await textOf('stix', 'pools')) as { objects: { type: string }[] };
    expect(objects.filter(({ type }) => type === 'indicator')).toHaveLength(NAMES.length);
    const { Event } = JSON.parse(await textOf('misp', 'pools')) as { Event: { Attribute: unknown[] } };
    expect(Event.Attribute).toHaveLength(NAMES.length);
    expect((await lines('zeek-intel', 'pools')).every((line) => line.split('\t').length <= 7)).toBe(true);
  });

  it('end no field of cef or leef', async () => {
    for (const line of await lines('cef', 'suspects')) {
      const header = /^((?:[^|\\]|\\.)*\|){7}/.exec(line)?.[0] ?? '';
      const extension = line.slice(header.length);
      expect(extension.match(/(?<!\\)(?:\\\\)*\bcs2=/g)).toHaveLength(1);
      expect(extension).toMatch(/\bcs2=confirmed /);
    }
    for (const line of await lines('leef', 'suspects')) {
      expect(line.split('^').filter((pair) => pair.startsWith('level='))).toEqual(['level=confirmed']);
      expect(line.split('|')).toHaveLength(7);
    }
  });
});
