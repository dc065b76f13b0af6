import { describe, expect, it } from 'vitest';
import { NATURE_MESSAGES, NATURE_TITLES } from '../../../src/deliver/print/messages/nature-messages.js';
import {
  indicationText,
  natureLines,
  natureObject,
  refutationText,
} from '../../../src/deliver/print/nature.js';
import type { FuseContext } from '../../../src/detect/verdict/context.js';
import { fuse } from '../../../src/detect/verdict/fuse.js';
import type { Nature } from '../../../src/model/nature.js';
import type { AgentFact, MalwareFact } from '../../../src/model/rule-table.js';
import type { SuspectSession } from '../../../src/model/verdict.js';
import { context, file, HOUR, item, MINING, roles, START, session } from './builders.js';

const PUBLIC = { ip: '1.2.3.4', port: 3333 };

function nature(
  sessions: readonly Partial<SuspectSession>[],
  more: Partial<FuseContext> = {},
  items = [item('P2')],
): Nature {
  const all = sessions.map((one, at) =>
    session({ session: `s${at + 1}`, roles: MINING, peer: PUBLIC, ...one }),
  );
  const verdict = fuse(file(items, all), context(more));
  return verdict?.nature ?? { active: [], passive: [], research: [] };
}
const codes = (list: Nature['active']) => list.map(({ code }) => code);

const agent = (device: AgentFact['device']) => (text: string) =>
  text === 'x'
    ? null
    : ({
        program: text,
        device,
        tokens: [],
        examples: { positive: [], negative: [] },
        file: '',
        line: 1,
      } as AgentFact);
const malware = (fact: Partial<MalwareFact>) => (text: string) =>
  text === fact.indicator
    ? ({ type: 'wallet', family: 'Family', source: 'list', file: '', line: 1, ...fact } as MalwareFact)
    : null;

describe('signs of who set it up', () => {
  it('are mostly none', () => {
    expect(
      nature([{ logins: ['x'], agents: ['XMRig/6.21.0'], workers: ['rig'], lastUs: START + 3 * HOUR }]),
    ).toEqual({
      active: [],
      passive: [],
      research: [],
    });
  });

  it.each([
    ['asic-agent', { agents: ['Antminer S19'] }, { programOf: agent('asic') }],
    ['proxy-agent', { agents: ['xmrig-proxy/6.22.0'] }, { programOf: agent('proxy') }],
    ['worker-series', { workers: ['rig01', 'rig02', 'rig17'] }, {}],
    ['pool-account', { logins: ['demofarm.rig'] }, {}],
    ['many-machines', { machines: { devices: 9, partitions: 0, counters: 0, inner: [], stack: null } }, {}],
  ] as const)('active: %s', (code, one, more) => {
    expect(codes(nature([one], more).active)).toContain(code);
  });

  it.each([
    [
      'malware-wallet',
      {
        logins: [
          '48edfHu7V9Z84YzzMa6fUueoELZ9ZRXq9VetWzYGzKt52XU5xvqgzYnDK9URnRoJMk1j8nLwEVsaSWJ4fhdUyZijBGUicoD',
        ],
      },
      {
        malwareOf: malware({
          indicator:
            '48edfHu7V9Z84YzzMa6fUueoELZ9ZRXq9VetWzYGzKt52XU5xvqgzYnDK9URnRoJMk1j8nLwEVsaSWJ4fhdUyZijBGUicoD',
        }),
      },
    ],
    ['malware-server', {}, { malwareOf: malware({ indicator: '1.2.3.4:3333', type: 'endpoint' }) }],
    [
      'malware-server',
      { host: 'bad.example' },
      { malwareOf: malware({ indicator: 'bad.example', type: 'name' }) },
    ],
    ['host-name-worker', { workers: ['DESKTOP-4F2A9'] }, {}],
    ['no-agent', { dialect: 'cryptonote', roles: roles({ login: 1, job: 1 }) }, {}],
    ['web-port-bare-address', { peer: { ip: '1.2.3.4', port: 443 } }, {}],
  ] as const)('passive: %s', (code, one, more) => {
    expect(codes(nature([one], more).passive)).toContain(code);
  });

  it('passive: a browser, and what is started again and again', () => {
    expect(codes(nature([{}], {}, [item('P7')]).passive)).toContain('browser');
    const short = Array.from({ length: 6 }, (_, at) => ({
      roles: roles({ login: 1, job: 1, share: 1 }),
      peer: { ip: `1.2.3.${at}`, port: 3333 },
      firstUs: START + at * 60e6,
      lastUs: START + at * 60e6 + 5e6,
    }));
    expect(codes(nature(short).passive)).toContain('restarts');
    expect(codes(nature(short.slice(1)).passive)).not.toContain('restarts');
  });

  it.each([
    ['testnet-wallet', { logins: ['mn4jUMneEBjZuDPEdFuj6BmFPmehmrT2Zc'] }],
    ['private-server', { peer: { ip: '10.0.0.13', port: 3333 } }],
    ['short-without-share', { roles: roles({ login: 1, job: 1 }), lastUs: START + 60e6 }],
  ] as const)('research: %s', (code, one) => {
    expect(codes(nature([one]).research)).toContain(code);
  });

  it('a server outside beside one inside is no laboratory', () => {
    expect(codes(nature([{ peer: { ip: '10.0.0.13', port: 3333 } }, {}]).research)).not.toContain(
      'private-server',
    );
  });

  it('declared research clears while it lasts, with its name and end, and no further', () => {
    const declared = (atUs: number, untilUs: number) => ({
      cleared: () => ({ atUs, untilUs, reason: 'Project 7', isDeclared: true as const }),
    });
    const judged = (more: Partial<FuseContext>) =>
      fuse(file([item('P2')], [session({ roles: MINING })]), context(more));
    const verdict = judged(declared(START - HOUR, START + 24 * HOUR));
    expect(verdict?.level).toBe('cleared');
    expect(verdict?.nature?.research[0]).toEqual({
      code: 'declared',
      values: { name: 'Project 7', until: '2021-07-04' },
    });
    expect(verdict?.reasons.find(({ code }) => code === 'cleared')?.text).toBe(
      'Cleared: declared research Project 7, until 2021-07-04.',
    );
    // Mining before the declaration, or after its end, is not what was declared.
    expect(judged(declared(START + HOUR, START + 24 * HOUR))?.level).toBe('confirmed');
    expect(judged(declared(START - 9 * HOUR, START - HOUR))?.level).toBe('confirmed');
  });
});

describe('the sentences of signs', () => {
  const all = Object.entries(NATURE_MESSAGES);

  it('exist in both languages, with the same places to fill in, each with what would refute it', () => {
    const places = (text: string) => [...text.matchAll(/\{(\w+)/g)].map(([, name]) => name).sort();
    for (const [code, { seen, refute }] of all) {
      expect(places(seen['zh-CN']), code).toEqual(places(seen.en));
      for (const text of [seen, refute]) {
        expect(text['zh-CN']).toMatch(/\p{Script=Han}/u);
        expect(text.en).not.toBe('');
      }
    }
    for (const title of Object.values(NATURE_TITLES)) expect(title['zh-CN']).toMatch(/\p{Script=Han}/u);
  });

  it('never call anybody guilty', () => {
    for (const [, { seen, refute }] of all)
      for (const text of [seen.en, refute.en])
        expect(text).not.toMatch(/guilt|culprit|criminal|offender|illegal/i);
  });

  it('are printed with their refutation, and nothing of them acts', () => {
    const one = { code: 'testnet-wallet', values: { wallet: 'm\u001b[31m', network: 'testnet' } };
    const both: Nature = { active: [], passive: [one], research: [] };
    expect(indicationText(one, 'en')).not.toContain('\u001b');
    expect(natureLines(both, 'zh-CN').join('\n')).toContain('可推翻');
    expect(natureObject(both).passive[0]).toContain(`; refuted by: ${refutationText(one, 'en')}`);
    expect(natureLines({ active: [], passive: [], research: [] }, 'en')).toEqual([NATURE_TITLES.nothing.en]);
    expect(indicationText({ code: 'of-the-future', values: {} }, 'en')).toBe('of-the-future');
  });
});
