import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cpuMs } from '../../../support/cpu.js';
import { type Line, run } from './harness.js';
import { h, linesOf, SAMPLES } from './sessions.js';

const line = (bytes: Buffer | string, direction: Line['direction'] = 'to-server'): Line => ({
  direction,
  atSeconds: 0,
  bytes: Buffer.from(bytes),
});
const mining = () => linesOf(SAMPLES.find((sample) => sample.dialect === 'stratum-v1')!);
const job = (id: string) =>
  `${JSON.stringify({ id: null, method: 'mining.notify', params: [id, h(64), h(90), h(90), [], h(8), h(8), h(8), true] })}\n`;

describe('hostile input', () => {
  it('is dropped and counted, and the session goes on', () => {
    const bad: [string, Buffer | string][] = [
      ['stratum.json-too-deep', `${'['.repeat(500)}\n`],
      ['stratum.json-too-deep', `{"a":${'{"b":'.repeat(50)}1${'}'.repeat(51)}\n`],
      ['stratum.json-too-long', `{"id":1,"method":"${'x'.repeat(1_000_000)}"}\n`],
      ['stratum.json-invalid', '{"id":1,"method":"mining.notify","params":[}]}\n'],
      ['stratum.json-invalid', '{"id":1,,}\n'],
      ['stratum.json-invalid', '{"id":"never closed\n'],
      ['stratum.frame-invalid', Buffer.from([0x7f, 1, 1, 0, 0x0a])],
    ];
    for (const [counter, bytes] of bad) {
      const lines = mining();
      const outcome = run([...lines.slice(0, 6), line(bytes, 'to-client'), ...lines.slice(6)]);
      expect([counter, outcome.counters.get(counter)]).toEqual([counter, 1]);
      expect(outcome.stratum[0]?.roles.share).toBe(2);
    }
  });

  it('means nothing: strange keys, numbers and text', () => {
    const strange = [
      '{"__proto__":{"method":"mining.notify","polluted":1},"id":1}',
      '{"constructor":{"prototype":{"polluted":1}},"method":"__proto__","params":{"__proto__":[]}}',
      '{"id":1e999,"method":"mining.set_difficulty","params":[1e999]}',
      '{"id":-0,"method":"mining.set_difficulty","params":[-1]}',
      '{"id":[[]],"method":{},"params":"mining.submit"}',
      '{"method":"mining.notify","method":"ping","params":[]}',
      `{"id":1,"result":{"job":{"blob":"${h(152)}","job_id":"\\u0000","target":"b88d0600"}}}`,
      'null',
      '[]',
      '[[],null,1,"x"]',
    ];
    const outcome = run(strange.flatMap((text) => [line(`${text}\n`), line(`${text}\n`, 'to-client')]));
    expect(outcome.stratum).toEqual([]);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    const bytes = Buffer.concat([
      Buffer.from('{"id":2,"method":"mining.authorize","params":["'),
      Buffer.from([0xff, 0xc0, 0x80]),
      Buffer.from('","x"]}\n'),
    ]);
    expect(run([line(bytes)]).stratum[0]?.logins[0]).toMatch(/^\ufffd+$/);
  });

  it('never throws, whatever the bytes and the order of calls', () => {
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
      fc
        .constantFrom(
          '{',
          '}',
          '[',
          ']',
          '"',
          '\\',
          ',',
          '\n',
          '\0',
          '\x7f\x01\x09\0',
          '{"id":1,',
          '"params":[',
        )
        .map((text) => Buffer.from(text, 'latin1')),
      fc.json({ maxDepth: 4 }).map((text) => Buffer.from(`${text}\n`)),
      fc.constantFrom(...SAMPLES.flatMap((sample) => linesOf(sample).map((entry) => entry.bytes))),
    );
    const step = fc.record({
      bytes: piece,
      direction: fc.constantFrom('to-server' as const, 'to-client' as const),
      atSeconds: fc.integer({ min: 0, max: 5000 }),
    });
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 60 }),
        fc.constantFrom('http', 'websocket', null),
        fc.constantFrom('handshake' as const, 'port' as const),
        fc.array(fc.nat(60)),
        (lines, wrapper, orientedBy, gaps) => {
          const hints = { wrappers: wrapper === null ? [] : [wrapper] };
          const { stratum } = run(lines, { hints, orientedBy, gapBefore: new Set(gaps) });
          for (const told of stratum) {
            expect(told.quotes.every((quote) => quote.text.length <= 512)).toBe(true);
            expect(told.roles.shareLinked).toBeLessThanOrEqual(told.roles.share);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('takes time in proportion', () => {
    const cost = (lines: Line[]) => {
      let best = Number.POSITIVE_INFINITY;
      for (let round = 0; round < 2; round++) {
        const start = cpuMs();
        run(lines);
        best = Math.min(best, cpuMs() - start);
      }
      return best;
    };
    const shares = (count: number) =>
      Array.from({ length: count }, (_, id) => [
        line(job(`j${id}`), 'to-client'),
        line(`{"id":${id},"method":"mining.submit","params":["a.b","j${id}","00","${h(8)}","${h(8)}"]}\n`),
      ]).flat();
    const dribble = (bytes: number) => {
      const text = job('a')
        .repeat(Math.ceil(bytes / 400))
        .slice(0, bytes);
      return Array.from(text, (char) => line(char, 'to-client'));
    };
    const open = (bytes: number) => [
      line(job('a'), 'to-client'),
      line(`{"a":"${'\\"'.repeat(bytes / 2)}`, 'to-client'),
    ];
    const cases: [string, (size: number) => Line[], number][] = [
      ['shares', shares, 1500],
      ['one byte at a time', dribble, 20_000],
      ['a string without end', open, 1_000_000],
    ];
    for (const [name, make, size] of cases) {
      run(make(size));
      // Quadratic work is so each time; a collector's pause is not.
      const exponents = Array.from({ length: 3 }, () => {
        const [small, large] = [cost(make(size)), cost(make(size * 4))];
        return Math.log(large / small) / Math.log(4);
      });
      expect([name, Math.min(...exponents) < 1.7]).toEqual([name, true]);
    }
  });

  it('tells little of a flood', () => {
    const flood = function* () {
      yield line(job('a'), 'to-client');
      for (let id = 0; id < 50_000; id++) {
        yield line(
          `{"id":"${id}","method":"mining.submit","params":["u${id}.w${id}","j${id}","00","${h(8)}","${h(8)}"]}\n`,
        );
      }
    };
    const [told] = run([...flood()]).stratum;
    expect(told?.roles.share).toBe(50_000);
    expect(told?.logins.length).toBe(64);
    expect(JSON.stringify(told).length).toBeLessThan(100_000);
  });
});
