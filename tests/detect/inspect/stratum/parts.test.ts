/** The pure pieces by themselves: probe, cutting of JSON, targets, claims. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Counters } from '../../../../src/base/counters.js';
import { optionClaims, userClaims } from '../../../../src/detect/inspect/stratum/claims.js';
import {
  JsonStream,
  MAX_DEPTH,
  MAX_VALUE_BYTES,
} from '../../../../src/detect/inspect/stratum/json-stream.js';
import { probeDirections } from '../../../../src/detect/inspect/stratum/probe.js';
import {
  fromCryptonoteTarget,
  fromDecimalTarget,
  fromPackedDifficulty,
  fromTarget256,
} from '../../../../src/detect/inspect/stratum/targets.js';

const EMPTY = Buffer.alloc(0);

describe('probe', () => {
  const of = (text: string | Buffer) => probeDirections(Buffer.from(text), EMPTY);

  it('wants an object with a key', () => {
    for (const text of [
      '{"id":1',
      ' \r\n\0{ "id"',
      '[{"id":1}',
      '"],true]}\n{"id":null',
      'ab12","ff"]}{"a"',
    ]) {
      expect([text, of(text)]).toEqual([text, 'yes']);
    }
    for (const text of ['', ' ', '{', '[ {', 'ab12","ff",true]}', 'ab12","ff",true]}\n', '[1,2']) {
      expect([text, of(text)]).toEqual([text, 'more']);
    }
    for (const text of [
      '{}',
      '{1',
      'GET / HTTP/1.1\r\n',
      'SSH-2.0-x\r\n',
      '\x16\x03\x01',
      ':nick PRIVMSG #c :{"id"\n',
    ]) {
      expect([text, of(text)]).toEqual([text, 'no']);
    }
  });

  it('is content with one side', () => {
    expect(probeDirections(Buffer.from('\x16\x03'), Buffer.from('{"id":1'))).toBe('yes');
    expect(probeDirections(Buffer.from('{"id":1'), Buffer.from('HTTP/1.1 400 Bad\r\n'))).toBe('yes');
    expect(probeDirections(Buffer.from('\x16\x03'), Buffer.from('{'))).toBe('more');
    expect(probeDirections(Buffer.from('\x16\x03'), Buffer.from('\x16\x03'))).toBe('no');
    expect(probeDirections(EMPTY, EMPTY)).toBe('more');
  });

  it('knows four frames of BTCAgent', () => {
    const frame = Buffer.from('7f020f0011000001020304050607ff', 'hex');
    expect(of(Buffer.concat([frame, frame, frame]))).toBe('more');
    expect(of(Buffer.concat([frame, frame, frame, frame]))).toBe('yes');
    expect(of(Buffer.from('7f454c460201', 'hex'))).toBe('no');
  });
});

describe('JSON out of a stream', () => {
  function cut(pieces: readonly (Buffer | 'gap')[], byLine = false) {
    const found: [unknown, boolean][] = [];
    const frames: string[] = [];
    const counters = new Counters();
    const sink = {
      value: (parsed: unknown, _text: string, partial: boolean) => void found.push([parsed, partial]),
      frame: (bytes: Buffer) => void frames.push(bytes.toString('hex')),
    };
    const stream = new JsonStream(sink, counters, byLine);
    for (const piece of pieces) piece === 'gap' ? stream.gap() : stream.feed(piece);
    stream.end();
    return { found, frames, counters, junk: stream.junkBytes };
  }
  const values = (text: string, byLine = false) =>
    cut([Buffer.from(text)], byLine).found.map(([value]) => value);

  it('gives back what was written, however it is cut', () => {
    const document = fc.array(
      fc.oneof(
        fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 })),
        fc.array(fc.jsonValue({ maxDepth: 3 })),
      ),
      { maxLength: 5 },
    );
    const glue = fc.constantFrom('', '\n', '\r\n', '\0', ' \n\n\t');
    fc.assert(
      fc.property(document, glue, fc.array(fc.nat(300), { maxLength: 20 }), (written, between, cuts) => {
        const bytes = Buffer.from(written.map((value) => JSON.stringify(value) + between).join(''));
        const edges = [0, ...cuts.filter((at) => at < bytes.length).sort((a, b) => a - b), bytes.length];
        const pieces = edges.slice(1).map((end, at) => bytes.subarray(edges[at], end));
        const expected = written.map((value) => [JSON.parse(JSON.stringify(value)), false]);
        expect(cut(pieces).found).toEqual(expected);
      }),
    );
  });

  it('begins anew behind a closing bracket, or a line where lines are whole', () => {
    expect(values('1,"x"]}\n{"a":1}')).toEqual([{ a: 1 }]);
    expect(values('1,"x"]}{"a":1}')).toEqual([{ a: 1 }]);
    expect(values('ab {"no":1} {"a":1}')).toEqual([{ a: 1 }]);
    expect(values('ab\n{"no":1}\n')).toEqual([]);
    expect(values('ab\n{"a":1}\n', true)).toEqual([{ a: 1 }]);
    expect(values('{"open":"\n{"a":1}')).toEqual([{ a: 1 }]);
  });

  it('repairs what a gap, the end or the limit cut', () => {
    const text = '{"id":1,"method":"m","params":["a","b",[1,2],{"c":"d';
    const repaired = { id: 1, method: 'm', params: ['a', 'b', [1, 2]] };
    expect(cut([Buffer.from(text)]).found).toEqual([[repaired, true]]);
    expect(cut([Buffer.from(text), 'gap', Buffer.from('"}]}\n{"a":1}')]).found).toEqual([
      [repaired, true],
      [{ a: 1 }, false],
    ]);
    const long = `{"a":1,"list":[${'123456789,'.repeat(MAX_VALUE_BYTES / 10)}1]}\n{"b":2}`;
    const { found, counters } = cut([Buffer.from(long)]);
    expect(found.map(([, partial]) => partial)).toEqual([true, false]);
    expect((found[0]![0] as { list: number[] }).list.length).toBeGreaterThan(6000);
    expect(counters.get('stratum.json-too-long')).toBe(1);
  });

  it('has a limit of depth', () => {
    const nested = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}\n`;
    expect(values(nested(MAX_DEPTH))).toHaveLength(1);
    expect(values(nested(MAX_DEPTH + 1))).toEqual([]);
  });

  it('finds frames between the values', () => {
    const frame = Buffer.from('7f12130011017b7d0a22debd2aa20040fa027f', 'hex');
    const bytes = Buffer.concat([Buffer.from('{"a":1}\n'), frame, frame, Buffer.from('{"b":2}\n')]);
    for (const step of [1, 3, 1000]) {
      const pieces = Array.from({ length: Math.ceil(bytes.length / step) }, (_, at) =>
        bytes.subarray(at * step, (at + 1) * step),
      );
      const { found, frames } = cut(pieces);
      expect(found.map(([value]) => value)).toEqual([{ a: 1 }, { b: 2 }]);
      expect(frames).toEqual([frame.toString('hex'), frame.toString('hex')]);
    }
  });
});

describe('targets', () => {
  it('are worth what the pools say', () => {
    const hashes = [
      fromCryptonoteTarget('b88d0600'),
      fromCryptonoteTarget('dc460300'),
      fromCryptonoteTarget('ffffff00'),
      fromCryptonoteTarget('edb5a0f7c6100000'),
      fromTarget256('0x0000000112e0be826d694b2e62d01511f12a6061fbaec8bc02357593e70e52ba'),
      fromTarget256(`0004189374bc6a7e${'f'.repeat(48)}`),
      fromDecimalTarget('33083454067804626758805863191124452845564213437274362095492057268224'),
    ].map((target) => Math.round(target?.hashes ?? 0));
    expect(hashes).toEqual([10_000, 20_000, 256, 1_000_000, 4_000_000_000, 16_000, 3_500_000_000]);
    expect(fromPackedDifficulty(159_383_552)?.difficulty).toBe(768);
  });

  it('are null where there is none', () => {
    const none = [
      fromCryptonoteTarget('00000000'),
      fromCryptonoteTarget('abc'),
      fromCryptonoteTarget(5),
      fromTarget256('0'.repeat(64)),
      fromTarget256('12'),
      fromDecimalTarget('0'),
      fromPackedDifficulty(-1),
      fromPackedDifficulty(2 ** 40),
    ];
    expect(none.every((target) => target === null)).toBe(true);
  });
});

describe('claims', () => {
  it('split a machine off a login', () => {
    const machine = (login: string) => userClaims(login).workers;
    expect(machine('wallet.rig1')).toEqual(['rig1']);
    expect(machine('kaspa:wallet.rig1')).toEqual(['rig1']);
    expect(machine('0xwallet/site.rig1/mail@example.net')).toEqual(['site.rig1']);
    expect(machine('0xwallet.rig1/mail@example.net')).toEqual(['rig1']);
    expect(machine('someone@example.net')).toEqual([]);
    expect(machine('wallet')).toEqual([]);
    expect(machine('.rig1')).toEqual([]);
    expect(userClaims('wallet', 'eth1.0').workers).toEqual([]);
    expect(userClaims('wallet.a', 'b').workers).toEqual(['a', 'b']);
  });

  it('read options, and nothing that could be a password', () => {
    expect(optionClaims('c=RVN, d=0.5').options).toEqual(['c=RVN', 'd=0.5']);
    for (const password of ['x', 'hunter2', 'c=RVN,hunter2', 'pin=1234', 'c=', '', 7, null]) {
      expect(optionClaims(password).options).toBeUndefined();
    }
  });
});
