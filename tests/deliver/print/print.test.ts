import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { toErrorObject } from '../../../src/deliver/print/error-json.js';
import { explainVerdict } from '../../../src/deliver/print/explain.js';
import { formatDuration, formatScore } from '../../../src/deliver/print/format.js';
import { CATALOGUE } from '../../../src/deliver/print/messages/messages.js';
import { formatTable, tsvHeader, tsvRow } from '../../../src/deliver/print/table.js';
import { toVerdictObject } from '../../../src/deliver/print/verdict-json.js';
import { cutToWidth, padToWidth, wrapToWidth } from '../../../src/deliver/print/width.js';
import { HOSTILE, sampleEvidence, sampleSuspect, sampleVerdict } from '../samples.js';

const PLAIN = { language: 'en', color: false, width: null } as const;
const CONTROL = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/;

const hostileVerdict = () =>
  sampleVerdict({
    ip: HOSTILE,
    coins: [{ ticker: HOSTILE, basis: 'job', confidence: 1 }],
    algorithms: [HOSTILE],
    dialects: [HOSTILE],
    pools: [{ address: HOSTILE, port: 1, host: HOSTILE, operator: HOSTILE, country: HOSTILE, tls: true }],
    agents: [HOSTILE],
    wallets: [HOSTILE],
    workers: [HOSTILE],
    miners: { low: 1, high: 1, basis: HOSTILE },
    reasons: [{ code: HOSTILE, text: HOSTILE }],
    arithmetic: [{ part: HOSTILE, bans: 1 }],
    evidence: [
      sampleEvidence({
        rule: HOSTILE,
        peer: { ip: HOSTILE, port: 1 },
        excerpt: HOSTILE,
        origin: { source: HOSTILE, format: HOSTILE, record: 1 },
      }),
    ],
  });

describe('the verdict object', () => {
  it('is the one of the contract, key by key', () => {
    const object = toVerdictObject(sampleVerdict());
    expect(Object.keys(object).slice(0, 21)).toEqual(
      (
        'schema ip level score first_seen last_seen active_seconds coins algorithms dialects pools agents wallets ' +
        'workers sessions miners hashrate energy nature unit evidence'
      ).split(' '),
    );
    expect(object).toMatchObject({
      schema: 'rigwatch.verdict/1',
      first_seen: '2021-07-03T02:11:09.120Z',
      last_seen: '2021-07-03T02:12:09.120Z',
      hashrate: null,
      pools: [{ address: '198.51.100.7', port: 3333, host: 'pool.example', country: 'US', tls: false }],
      evidence: [
        { rule: 'stratum.cryptonote.login', strength: 'decisive', peer: '198.51.100.7:3333', count: 12 },
      ],
    });
    expect(JSON.parse(JSON.stringify(object))).toEqual(object);
  });

  it('tells what speaks against apart, and is never certain', () => {
    const against = sampleEvidence({ strength: 'against', weight: -6, peer: { ip: '2001:db8::1', port: 1 } });
    const weak = sampleEvidence({ strength: 'weak', weight: 1, peer: null });
    const object = toVerdictObject(sampleVerdict({ score: 1, evidence: [weak, against, sampleEvidence()] }));
    expect(object.evidence.map(({ strength, peer }) => [strength, peer])).toEqual([
      ['decisive', '198.51.100.7:3333'],
      ['weak', null],
    ]);
    expect(object.against.map(({ peer }) => peer)).toEqual(['[2001:db8::1]:1']);
    expect(object.score).toBeLessThan(1);
    expect(object.evidence_count).toBe(3);
  });

  it('carries nothing that acts', () => {
    const strings: string[] = [];
    JSON.stringify(toVerdictObject(hostileVerdict()), (_, value: unknown) => {
      if (typeof value === 'string') strings.push(value);
      return value;
    });
    // A reason's code is our own word.
    expect(strings.filter((text) => text !== HOSTILE && CONTROL.test(text))).toEqual([]);
    expect(toErrorObject({ code: 'x', message: HOSTILE }).message).not.toMatch(CONTROL);
  });
});

describe('widths', () => {
  it('count wide characters twice and never cut one in two', () => {
    expect(cutToWidth('矿池地址', 5)).toBe('矿池…');
    expect(cutToWidth('矿池地址', 4)).toBe('矿…');
    expect(cutToWidth('矿池', 4)).toBe('矿池');
    expect(cutToWidth('abc', 0)).toBe('');
    expect(padToWidth('矿池', 6)).toBe('矿池  ');
    expect(padToWidth('7', 3, 'right')).toBe('  7');
    expect(wrapToWidth('aa bb cc', 5)).toEqual(['aa bb', 'cc']);
    expect(wrapToWidth('矿池矿池矿', 4)).toEqual(['矿池', '矿池', '矿']);
    expect(wrapToWidth('', 4)).toEqual(['']);
  });
});

describe('the table', () => {
  const verdicts = [
    sampleVerdict({
      workers: ['矿机一号矿机一号矿机一号'],
      pools: [{ ...sampleVerdict().pools[0]!, operator: '鱼池鱼池鱼池' }],
    }),
    sampleVerdict({ ip: '2001:db8::17', level: 'suspected', score: 0.31, pools: [], coins: [], wallets: [] }),
  ];

  it.each([40, 80, 100, 120, 200])('fits a terminal of %i columns, in line', (width) => {
    for (const language of ['en', 'zh-CN'] as const) {
      const lines = formatTable(verdicts, { language, color: false, width }).split('\n');
      expect(lines).toHaveLength(3);
      for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(width);
      const colored = formatTable(verdicts, { language, color: true, width });
      expect(stripVTControlCharacters(colored)).toBe(lines.join('\n'));
    }
  });

  it('lines up columns where characters are wide', () => {
    const lines = formatTable(verdicts, { ...PLAIN, language: 'zh-CN' }).split('\n');
    const before = lines.map((line) =>
      stringWidth(line.slice(0, /0\.998|0\.310|评分/.exec(line)?.index ?? -1)),
    );
    const ends = before.map((start, at) => start + (at === 0 ? 4 : 5));
    expect(new Set(ends).size).toBe(1);
  });

  it('says the level as a word and colours only when asked', () => {
    expect(formatTable(verdicts, PLAIN)).toContain('confirmed');
    expect(formatTable(verdicts, PLAIN)).not.toContain('\u001b');
    expect(formatTable(verdicts, { ...PLAIN, color: true })).toContain('\u001b[1;31mconfirmed');
    expect(formatTable([], PLAIN)).toBe('no verdicts');
  });

  it('shows operator and country, and that a pool is overseas', () => {
    expect(formatTable([sampleVerdict()], PLAIN)).toContain('pool.example:3333 (Example Pool, US overseas)');
    const home = { ...sampleVerdict().pools[0]!, country: 'CN', operator: null, host: null };
    expect(formatTable([sampleVerdict({ pools: [home, home] })], PLAIN)).toContain(
      '198.51.100.7:3333 (CN) +1',
    );
  });

  it('keeps a verdict on one line of as many fields as the header has, whatever traffic says', () => {
    const row = tsvRow(hostileVerdict());
    expect(row.split('\t')).toHaveLength(tsvHeader().split('\t').length);
    expect(row.replaceAll('\t', '')).not.toMatch(CONTROL);
    expect(row).not.toContain('\n');
    const table = formatTable([hostileVerdict()], { ...PLAIN, width: 100 });
    expect(table).not.toMatch(CONTROL);
    expect(table.split('\n')).toHaveLength(2);
  });
});

describe('the brief on one address', () => {
  it('tells verdict, arithmetic, sessions, quotes, gaps, and what to look for', () => {
    const text = explainVerdict('10.8.3.17', sampleVerdict(), sampleSuspect(), { ...PLAIN, width: 140 });
    for (const part of [
      'confirmed 0.998',
      '-3.82',
      '+4.18',
      'Example Pool · US (overseas)',
      'source port 50000',
      '3 of 3 shares accepted',
      '» {"id":1,"method":"login"}',
      'a.pcap, pcap record 4',
      'a log-in was answered with a job',
      'machines or users named rig-01',
    ]) {
      expect(text).toContain(part);
    }
    // The sum is not added to itself, and groups that brought nothing are left out.
    expect(text).not.toContain('8.36');
    expect(text).not.toContain('known pool endpoints');
  });

  it('does not say that the owner is not known where it is', () => {
    const unit = { id: 'U1', name: 'School 1', category: null, region: null };
    const brief = (more: object) =>
      explainVerdict('10.8.3.17', { ...sampleVerdict(), ...more }, sampleSuspect(), PLAIN);
    expect(brief({})).toContain('Which unit owns the address is not known');
    expect(brief({ unit })).toContain('School 1');
    expect(brief({ unit })).not.toContain('Which unit owns the address');
  });

  it('is bounded', () => {
    const [session] = sampleSuspect().sessions;
    const file = {
      ip: '10.8.3.17',
      sessions: Array.from({ length: 500 }, (_, at) => ({ ...session!, suspectPort: at })),
      evidence: [],
    };
    const verdict = sampleVerdict({
      workers: Array.from({ length: 500 }, (_, at) => `rig-${at}`),
      evidence: Array.from({ length: 500 }, () => sampleEvidence()),
    });
    const lines = explainVerdict('10.8.3.17', verdict, file, PLAIN).split('\n');
    expect(lines.length).toBeLessThan(160);
    expect(lines.filter((line) => line.includes('480 more'))).toHaveLength(2);
  });

  it('says so where there is no verdict', () => {
    expect(explainVerdict('10.0.0.1', null, null, PLAIN)).toBe(
      'Brief on 10.0.0.1\nThere is no verdict on 10.0.0.1: nothing that was read so far shows mining, which does not prove that there is none.',
    );
    expect(explainVerdict('10.8.3.17', null, sampleSuspect(), PLAIN)).toContain(
      'There is no verdict on 10.8.3.17: facts are stored',
    );
  });

  it('lets nothing act and fits its width', () => {
    const file = { ...sampleSuspect(), sessions: [{ ...sampleSuspect().sessions[0]!, dialect: HOSTILE }] };
    for (const language of ['en', 'zh-CN'] as const) {
      const text = explainVerdict(HOSTILE, hostileVerdict(), file, { language, color: false, width: 72 });
      expect(text).not.toMatch(CONTROL);
      for (const line of text.split('\n').slice(1)) expect(stringWidth(line)).toBeLessThanOrEqual(72);
    }
  });
});

describe('messages', () => {
  it('exist in both languages, with the same places to fill in', () => {
    const places = (text: string) => [...text.matchAll(/\{(\w+)/g)].map(([, place]) => place).sort();
    expect(Object.keys(CATALOGUE['zh-CN'])).toEqual(Object.keys(CATALOGUE.en));
    for (const [key, text] of Object.entries(CATALOGUE.en)) {
      const translated = Object.entries(CATALOGUE['zh-CN']).find(([name]) => name === key)?.[1] ?? '';
      expect(places(translated), key).toEqual(places(text));
    }
  });

  it('show numbers as people read them', () => {
    expect([0, 59, 60, 77_020, 200_000].map((seconds) => formatDuration(seconds, 'en'))).toEqual([
      '0s',
      '59s',
      '1m00s',
      '21h23m',
      '2d07h',
    ]);
    expect([45, 206, 77_020].map((seconds) => formatDuration(seconds, 'zh-CN'))).toEqual([
      '45秒',
      '3分26秒',
      '21小时23分',
    ]);
    expect([0.9999999, 0.998, 0.29, 0].map(formatScore)).toEqual(['0.999', '0.998', '0.290', '0.000']);
  });
});
