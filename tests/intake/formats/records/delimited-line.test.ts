import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatOf, readAll } from './read.js';

const HEADER = 'ts,te,td,sa,da,sp,dp,pr,flg,fwd,ipkt,ibyt,opkt,obyt';
const USUAL =
  '2023-11-14 22:13:20,2023-11-14 22:18:10,290.976,10.0.204.64,192.0.2.189,52904,3333,TCP,...AP.SF,0,74,101010,0,0';

const pair = (most: number) => fc.nat(most).map((value) => String(value).padStart(2, '0'));
const date = fc.oneof(
  fc
    .tuple(fc.constantFrom('1969', '2023', '2024'), pair(13), pair(32), pair(24), pair(60), pair(61))
    .map(([year, month, day, hour, minute, second]) => `${year}-${month}-${day} ${hour}:${minute}:${second}`),
  fc.constantFrom('2024-03-10 02:30:00', '2024-03-10 02:30:59', '2024-11-03 01:30:00', '2024-11-03 01:30:01'),
  fc.constantFrom(
    '2023-11-14 22:13:20.123',
    '2023-11-14 22:13:20.123456',
    '2023-11-14 22:13:20.1234567',
    '2023-11-14 22:13:20.',
    '2023-11-14T22:13:20.5',
    '2023-11-14T22:13:20Z',
    '2023/11/14 22:13:20',
    '1700000000',
    '-',
  ),
  fc.constantFrom('2023-11-14 22:13:2x', '2023-11-14 22:13', '2023-11-14 22:13:61', '1700000000123', ''),
);
const number = fc.oneof(
  fc.nat(70_000).map(String),
  fc.double({ min: 0, max: 1e6, noNaN: true }).map((value) => value.toFixed(3)),
  fc.constantFrom('', '-', '-1', ' 12', '12 ', '1.', '.5', '12.000', '1.1234567', '0x1bb', '8.0', 'x'),
  fc.constantFrom('123456789', '1234567890', '999999999999999', '9999999999999999', '123456789012345678901'),
);
const address = fc.oneof(
  fc.ipV4(),
  fc.ipV6(),
  fc.constantFrom(
    '',
    '-',
    '0.0.0.0',
    '10.0.0',
    '1.2.3.4.5',
    '256.1.1.1',
    '01.002.3.4',
    '1..2.3',
    ' 10.0.0.1',
  ),
);
const word = fc.constantFrom(
  'TCP',
  'UDP',
  'tcp',
  'Udp',
  'ICMP',
  '6',
  '0',
  '300',
  '255',
  '256',
  '17',
  'TCPX',
  '...AP.SF',
  '........',
  '0x1b',
  '',
);
const COLUMNS = [
  date,
  date,
  number,
  address,
  address,
  number,
  number,
  word,
  word,
  word,
  number,
  number,
  number,
  number,
];

/** A usual line of which few values are others, or which ends early. */
const line = fc
  .tuple(
    fc.array(fc.tuple(fc.nat(COLUMNS.length - 1), fc.nat()), { maxLength: 3 }),
    fc.oneof({ weight: 9, arbitrary: fc.constant(COLUMNS.length) }, fc.nat(COLUMNS.length)),
  )
  .map(([changes, length]) => {
    const values = USUAL.split(',');
    for (const [index, seed] of changes)
      values[index] = fc.sample(COLUMNS[index]!, { seed, numRuns: 1 })[0] ?? '';
    return values.slice(0, Math.max(1, length));
  })
  // Without quotes that is an empty line, which is no record.
  .filter((values) => values.length > 1 || values[0] !== '');

function told(lines: readonly (readonly string[])[], quote: string, tz: string) {
  const text = [HEADER, ...lines.map((values) => values.map((one) => `${quote}${one}${quote}`).join(','))];
  const input = Buffer.from(`${text.join('\n')}\n`);
  const { flows, counters } = readAll(formatOf(input, tz)!, input);
  return { flows, counters };
}

describe('DelimitedLine', () => {
  it('comes to the same whether a value is plain, and taken at once, or quoted, and set', () => {
    fc.assert(
      fc.property(
        fc.array(line, { minLength: 1, maxLength: 12 }),
        fc.constantFrom('UTC', 'America/New_York', 'Asia/Shanghai'),
        (lines, tz) => {
          const all = [USUAL.split(','), ...lines, USUAL.split(',')];
          expect(told(all, '', tz)).toEqual(told(all, '"', tz));
        },
      ),
      { numRuns: 400 },
    );
  });

  it('reads each value of a usual line', () => {
    expect(told([USUAL.split(',')], '', 'UTC').flows).toEqual([
      expect.objectContaining({
        src: '0a00cc40',
        dst: 'c00002bd',
        srcPort: 52904,
        dstPort: 3333,
        protocol: 6,
        tcpFlags: 27,
        startUs: Date.UTC(2023, 10, 14, 22, 13, 20) * 1000,
        endUs: Date.UTC(2023, 10, 14, 22, 18, 10) * 1000 + 976_000,
        packets: 74,
        octets: 101_010,
      }),
    ]);
  });

  it.each([1, 40, 117])(
    'takes nothing of the line before where a line is short, in chunks of %i',
    (chunk) => {
      // The line that a chunk's edge cuts lies where a longer one lay: behind its end are that one's bytes.
      const cut = (text: string) => {
        const input = Buffer.from(`${HEADER}\n${USUAL}\n${text}`);
        return readAll(formatOf(input)!, input, chunk).flows.length;
      };
      for (let length = 0; length <= USUAL.length; length++) {
        const isWhole = USUAL.slice(0, length).split(',').length === HEADER.split(',').length;
        expect(cut(USUAL.slice(0, length))).toBe(isWhole ? 2 : 1);
      }
    },
  );
});
