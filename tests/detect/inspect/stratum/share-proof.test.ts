import { describe, expect, it } from 'vitest';
import { MAX_HASHED_SHARES } from '../../../../src/detect/inspect/stratum/prover.js';
import {
  hashOf,
  headerOf,
  hex256,
  recompute,
  resultTarget,
  targetOf,
} from '../../../../src/detect/inspect/stratum/share-proof.js';
import type { HeaderProof, ShareProof } from '../../../../src/model/proof.js';
import { randomFrom } from '../../../support/random.js';
import { type Line, run } from './harness.js';
import { BITCOIN_0, BITCOIN_125552, BLOCKS, LITECOIN_29255, sessionOf } from './published-blocks.js';

const proofOf = (lines: readonly Line[]) => run(lines).stratum.at(-1);
const header = (proof: ShareProof | undefined) => proof as HeaderProof;

describe('published blocks as shares', () => {
  it.each(BLOCKS)('$name rebuilds its own hash', (block) => {
    const told = proofOf(sessionOf(block));
    expect(told?.proofs).toEqual({ verified: 1, failed: 0 });
    const proof = header(told?.proof);
    expect(proof.algorithm).toBe(block.algorithm);
    expect(proof.hash).toBe(hashOf(Buffer.from(proof.header, 'hex'), block.algorithm));
    if (block.algorithm === 'sha256d') expect(proof.hash).toBe(block.hash);
    expect(recompute(proof)).toEqual({
      hash: proof.hash,
      target: proof.target,
      meetsTarget: true,
      matchesRecord: true,
    });
    expect(told?.algorithms).toEqual([block.algorithm]);
  });

  it('Litecoin 29255 has the hash that its chain knows', () => {
    expect(header(proofOf(sessionOf(LITECOIN_29255))?.proof).hash).toBe(LITECOIN_29255.hash);
  });

  it('whatever the share of the extranonce in the coinbase', () => {
    for (const cut of [84, 86, 92]) {
      for (const [extranonce1, extranonce2] of [
        [0, 8],
        [8, 0],
        [4, 4],
        [6, 2],
      ] as const) {
        const told = proofOf(sessionOf(BITCOIN_125552, { cut, extranonce1, extranonce2 }));
        expect(header(told?.proof).hash).toBe(BITCOIN_125552.hash);
      }
    }
  });

  it('whatever the cut of the stream', () => {
    const whole = proofOf(sessionOf(BITCOIN_125552))?.proof;
    const random = randomFrom(11);
    for (let round = 0; round < 200; round++) {
      const pieces = sessionOf(BITCOIN_125552).flatMap((line): Line[] => {
        const at = Math.floor(random() * line.bytes.length);
        return [
          { ...line, bytes: line.bytes.subarray(0, at) },
          { ...line, bytes: line.bytes.subarray(at) },
        ].filter(({ bytes }) => bytes.length > 0);
      });
      expect(proofOf(pieces)?.proof).toEqual(whole);
    }
  });

  it('with version bits that the share rolls', () => {
    const told = proofOf(sessionOf(BITCOIN_125552, { jobVersion: '00002001', versionBits: '00000000' }));
    expect(header(told?.proof)).toMatchObject({ versionMask: '1fffe000', hash: BITCOIN_125552.hash });
  });
});

describe('what proves nothing', () => {
  it('a share with another nonce', () => {
    const told = proofOf(sessionOf(BITCOIN_125552, { nonce: '9546a143' }));
    expect(told?.proof).toBeUndefined();
    expect(told?.proofs).toEqual({ verified: 0, failed: 1 });
  });

  it('a block below the difficulty of the pool', () => {
    expect(proofOf(sessionOf(BITCOIN_0, { difficulty: 3000 }))?.proof).toBeUndefined();
  });

  it('a share that the pool refuses', () => {
    const answer = { result: null, error: [23, 'Low difficulty share', null] };
    const told = proofOf(sessionOf(BITCOIN_125552, { answer }));
    expect([told?.proof, told?.proofs]).toEqual([undefined, undefined]);
  });

  it('a session whose extranonce was not captured', () => {
    expect(proofOf(sessionOf(BITCOIN_125552).slice(4))?.proof).toBeUndefined();
  });

  it('a difficulty so low that chance may meet it', () => {
    expect(proofOf(sessionOf(BITCOIN_0, { difficulty: 1e-6 }))?.proof).toBeUndefined();
  });

  it('and never more than a few shares are hashed', () => {
    const lines = sessionOf(BITCOIN_125552, { nonce: '00000000' });
    for (let id = 4; id < 60; id++) {
      const [asked, answer] = sessionOf(BITCOIN_125552, { nonce: id.toString(16).padStart(8, '0') }).slice(
        -2,
      );
      for (const line of [asked!, answer!]) {
        const text = line.bytes.toString().replace('"id":3', `"id":${id}`);
        lines.push({ ...line, atSeconds: id * 5, bytes: Buffer.from(text) });
      }
    }
    expect(proofOf(lines)?.proofs).toEqual({ verified: 0, failed: MAX_HASHED_SHARES });
  });
});

describe('a record of a proof', () => {
  const proof = header(proofOf(sessionOf(BITCOIN_125552))?.proof);

  it('is checked from its inputs: whatever is changed shows', () => {
    const changed: HeaderProof[] = [
      { ...proof, hash: '0'.repeat(64) },
      { ...proof, header: '00'.repeat(80) },
      { ...proof, difficulty: 1e9 },
      { ...proof, target: 'f'.repeat(64) },
      { ...proof, extranonce1: '00000000' },
      { ...proof, submit: { ...proof.submit, nonce: '00000000' } },
      { ...proof, job: { ...proof.job, branches: [] } },
    ];
    for (const one of changed) {
      const found = recompute(one);
      expect(found?.meetsTarget === true && found.matchesRecord).toBe(false);
    }
  });

  it('that is damaged is called so', () => {
    const damaged = [
      { ...proof, job: { ...proof.job, previousHash: 'abc' } },
      { ...proof, extranonce1: 'xyz' },
      { ...proof, algorithm: 'md5' },
      { kind: 'result', job: proof.job, submit: proof.submit },
    ] as unknown as ShareProof[];
    expect(damaged.map(recompute)).toEqual([null, null, null, null]);
  });
});

describe('targets', () => {
  it('of difficulties are those of Bitcoin and of scrypt pools', () => {
    expect(hex256(targetOf(1, 'sha256d')!)).toBe(`00000000ffff${'0'.repeat(52)}`);
    expect(hex256(targetOf(1, 'scrypt')!)).toBe(`0000ffff${'0'.repeat(56)}`);
    expect(targetOf(0.5, 'sha256d')).toBe(targetOf(1, 'sha256d')! * 2n);
    for (const bad of [0, -1, Number.NaN, Number.POSITIVE_INFINITY])
      expect(targetOf(bad, 'scrypt')).toBeNull();
  });

  it('of CryptoNote jobs follow XMRig', () => {
    const hashes = (stated: string) => (2n ** 64n - 1n) / resultTarget(stated)!;
    expect(hashes('b88d0600')).toBe(10_000n);
    expect(hashes('c5a70000')).toBe(100_001n);
    expect(hashes('dc460300')).toBe(20_000n);
    expect(hashes('ffffff00')).toBe(256n);
    expect(hashes('edb5a0f7c6100000')).toBe(1_000_000n);
    expect(hashes('d5000')).toBe(5000n);
    for (const bad of ['', '00000000', 'zz', 'd0', 'd1e9']) expect(resultTarget(bad)).toBeNull();
  });

  it('version bits outside the mask stay those of the job', () => {
    const { job, extranonce1, submit } = header(proofOf(sessionOf(BITCOIN_125552))?.proof);
    const rolled = headerOf(job, extranonce1, { ...submit, versionBits: 'ffffffff' }, '00ff0000');
    expect(rolled.readUInt32LE(0)).toBe(0x00ff0001);
  });
});

describe('CryptoNote results', () => {
  const job = (target: string) => ({
    job_id: 'j1',
    blob: `0c0c${'ab'.repeat(74)}`,
    target,
    algo: 'rx/0',
  });
  const session = (target: string, results: readonly string[]): Line[] => {
    const line = (direction: Line['direction'], atSeconds: number, message: object): Line => ({
      direction,
      atSeconds,
      bytes: Buffer.from(`${JSON.stringify(message)}\n`),
    });
    return [
      line('to-server', 0, {
        id: 1,
        method: 'login',
        params: { login: '4abc', pass: 'x', agent: 'XMRig/6.21.0' },
      }),
      line('to-client', 0.1, { id: 1, error: null, result: { id: 's', status: 'OK', job: job(target) } }),
      ...results.flatMap((result, at) => [
        line('to-server', 10 + at, {
          id: 2 + at,
          method: 'submit',
          params: { id: 's', job_id: 'j1', nonce: `0000000${at}`, result },
        }),
        line('to-client', 10.1 + at, { id: 2 + at, error: null, result: { status: 'OK' } }),
      ]),
    ];
  };
  const low = (top: string) => '11'.repeat(24) + top;

  it('below the target prove work, above it do not', () => {
    const told = proofOf(session('b88d0600', [low('0000000000000000'), low('ffffffffffff0500')]));
    expect(told?.proofs).toEqual({ verified: 2, failed: 0 });
    expect(recompute(told!.proof!)).toMatchObject({ meetsTarget: true, matchesRecord: true });
    const above = proofOf(session('b88d0600', [low('ffffffffffffff00')]));
    expect(above?.proof).toBeUndefined();
    expect(above?.proofs).toEqual({ verified: 0, failed: 1 });
  });

  it('that meet a trifling target prove nothing until there are enough of them', () => {
    expect(proofOf(session('ffffff7f', Array(7).fill(low('0000000000000000'))))?.proof).toBeUndefined();
    const told = proofOf(session('ffffff7f', Array(8).fill(low('0000000000000000'))));
    expect(told?.proofs).toEqual({ verified: 8, failed: 0 });
  });
});
