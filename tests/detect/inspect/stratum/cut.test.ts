import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StratumObservation } from '../../../../src/model/observation.js';
import { type Line, run } from './harness.js';

const WALLET = `4${'A'.repeat(94)}`;
const HASH = 'ab12cd34'.repeat(8);
const line = (direction: Line['direction'], message: object | string, at: number): Line => ({
  direction,
  atSeconds: at,
  bytes: Buffer.from(typeof message === 'string' ? message : `${JSON.stringify(message)}\n`),
});

/** Each message cut to `kept` bytes, the rest of it missing. */
function cutTo(kept: number, messages: readonly (readonly ['>' | '<', object | string])[]) {
  const lines = messages.flatMap(([from, message], at) => {
    const whole = line(from === '>' ? 'to-server' : 'to-client', message, at);
    // A blank, so that the gap is told.
    return [{ ...whole, bytes: whole.bytes.subarray(0, kept) }, line(whole.direction, ' ', at)];
  });
  return run(lines, { gapBefore: new Set([...lines.keys()].filter((at) => at % 2 === 1)) });
}
const rolesOf = ({ stratum }: { stratum: StratumObservation[] }) => stratum[0]?.roles;

describe('a message whose end was lost', () => {
  const bitcoin = [
    ['>', { id: 1, method: 'mining.subscribe', params: ['cgminer/4.11.1', 'abcdefgh'] }],
    [
      '<',
      {
        id: 1,
        result: [
          [
            ['mining.set_difficulty', 'b'],
            ['mining.notify', 'a'],
          ],
          '08000002',
          4,
        ],
      },
    ],
    ['>', { id: 2, method: 'mining.authorize', params: ['acc.rig1', 'secret'] }],
    ['<', { id: null, method: 'mining.notify', params: ['j1', HASH, HASH, HASH, [HASH], '20000000'] }],
    ['>', { id: 3, method: 'mining.submit', params: ['acc.rig1', 'j1', '0a0b0c0d', '66f2a1b4', '1a2b3c4d'] }],
  ] as const;

  it('counts as far as its grammar goes', () => {
    const outcome = cutTo(74, bitcoin);
    expect(rolesOf(outcome)).toMatchObject({ hello: 1, login: 1, job: 1, share: 1, shareLinked: 1 });
    expect(outcome.stratum[0]?.dialect).toBe('stratum-v1');
  });

  it('counts no more where less is there', () => {
    expect(rolesOf(cutTo(58, bitcoin))).toMatchObject({ job: 0, share: 0 });
    expect(cutTo(24, bitcoin).stratum).toEqual([]);
  });

  it('claims nothing from a text that ends unfinished', () => {
    const login = [
      '>',
      { id: 1, method: 'login', params: { login: WALLET, pass: 'x', agent: 'XMRig/6.2' } },
    ] as const;
    const [half] = cutTo(90, [login]).stratum;
    expect(half?.roles.login).toBe(1);
    expect(half?.logins).toEqual([]);
    const [whole] = cutTo(150, [login]).stratum;
    expect(whole?.logins).toEqual([WALLET]);
  });

  it('of a wrong shape stays silent', () => {
    const silent: readonly (readonly ['>' | '<', object])[] = [
      ['<', { method: 'mining.notify', params: ['j1', 'not hex at all, but long enough to be'] }],
      ['<', { method: 'job', params: { blob: 'zz00zz00zz00zz00zz00', job_id: 'a' } }],
      ['>', { method: 'mining.submit', params: ['ore', 'batch', 'twelve tons of it, please'] }],
      ['>', { method: 'login', params: { login: 'alice', password: 'a longer secret than that' } }],
      ['>', { method: 'submit', params: { id: 'form', text: 'a text that goes on and on' } }],
      ['<', { id: 1, result: [HASH, HASH, HASH] }],
      ['<', { id: 1, result: [`0x${HASH}`, `0x${HASH}`, `0x${HASH}`] }],
    ];
    for (const kept of [40, 50, 60, 70, 140])
      for (const one of silent) expect(cutTo(kept, [one]).stratum).toEqual([]);
  });

  it('is survived whatever its bytes, and never claims a password', () => {
    fc.assert(
      fc.property(
        fc.nat(130),
        fc.array(fc.tuple(fc.nat(130), fc.nat(255)), { maxLength: 3 }),
        (kept, edits) => {
          const [greeting, login] = [bitcoin[0], bitcoin[2]];
          const bytes = Buffer.from(JSON.stringify(login[1]));
          for (const [at, byte] of edits) if (at < bytes.length && byte < 0x80) bytes[at] = byte;
          const { stratum } = cutTo(kept, [greeting, ['>', bytes.toString('latin1')]]);
          if (edits.length === 0) expect(JSON.stringify(stratum)).not.toContain('secre');
        },
      ),
      { numRuns: 300 },
    );
  });
});
