import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TableError } from '../../../src/base/errors.js';
import { readCsv } from '../../../src/intake/tables/csv.js';
import { TableFaults } from '../../../src/intake/tables/faults.js';
import { MAX_RECORD_CHARS } from '../../../src/intake/tables/limits.js';

interface Read {
  readonly header: readonly string[];
  readonly rows: { cells: readonly string[]; line: number }[];
  readonly faults: string[];
}

async function read(pieces: Iterable<string>): Promise<Read> {
  const found = { header: [] as readonly string[], rows: [] as Read['rows'], faults: [] as string[] };
  const faults = new TableFaults('t.csv');
  const visitor = {
    header(cells: readonly string[]) {
      found.header = cells;
      return true;
    },
    row(cells: readonly string[], line: number) {
      found.rows.push({ cells, line });
    },
  };
  await readCsv(pieces, visitor, faults);
  try {
    faults.throwIfAny();
  } catch (error) {
    if (error instanceof TableError)
      found.faults = error.faults.map(({ line, message }) => `${line} ${message}`);
  }
  return found;
}

const cut = (text: string, size: number) =>
  Array.from({ length: Math.ceil(text.length / size) }, (_, at) => text.slice(at * size, (at + 1) * size));

describe('a CSV file', () => {
  const cell = fc.string({
    unit: fc.constantFrom('a', '学', ' ', '"', ',', ';', '\t', '，', '#', '\n', "'"),
    maxLength: 6,
  });
  const row = fc.record({
    cells: fc.tuple(cell, cell, cell),
    before: fc.constantFrom('', '', '# a "remark\n', ' \n', '\n\n'),
    pad: fc.constantFrom('', ' ', '  '),
    always: fc.boolean(),
  });

  it('is read as it was written, wherever its pieces are cut', async () => {
    const cases = fc.record({
      rows: fc.array(row, { maxLength: 6 }),
      delimiter: fc.constantFrom(',', '\t', ';', '，'),
      newline: fc.constantFrom('\n', '\r\n', '\r'),
      size: fc.integer({ min: 1, max: 40 }),
      isEnded: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(cases, async ({ rows, delimiter, newline, size, isEnded }) => {
        let text = `one${delimiter}two${delimiter}three`;
        const expected: string[][] = [];
        for (const { cells, before, pad, always } of rows) {
          text += `\n${before}`;
          const blanks = delimiter === '\t' ? '' : pad;
          const written = cells.map((value, at) =>
            // The first is always quoted: a row is never a remark, and never empty.
            always || at === 0 || /["\n,;，\t]/.test(value)
              ? `${blanks}"${value.replaceAll('"', '""')}"${blanks}`
              : `${blanks}${value}${blanks}`,
          );
          expected.push(cells.map((value, at) => (written[at]?.includes('"') ? value : value.trim())));
          text += written.join(delimiter);
        }
        if (isEnded) text += '\n';
        // A cell keeps the line ends that it was written with.
        const whole = text.replaceAll('\n', newline);
        const found = await read(cut(whole, size));
        expect(found.faults).toEqual([]);
        expect(found.header).toEqual(['one', 'two', 'three']);
        expect(found.rows.map(({ cells }) => cells.map((one) => one.replaceAll(newline, '\n')))).toEqual(
          expected,
        );
      }),
    );
  });

  it('tells each row with the line that it ends on', async () => {
    const found = await read(cut('a,b\n# remark\n1,2\n\n"3\n",4\n', 3));
    expect(found.rows.map(({ line }) => line)).toEqual([3, 6]);
  });

  it.each([
    ['a quote that is not closed', 'a,b\n1,2\n"3,4\n5,6\n', 4],
    ['a quote within a cell', 'a,b\n1"x",2\n', 2],
    ['something behind a closed quote', 'a,b\n1,2\n\n"1"x,2\n', 4],
    ['a row without end', `a,b\n1,2\n${'x'.repeat(MAX_RECORD_CHARS + 100)}`, 3],
  ])('is refused at the line of %s', async (_name, text, line) => {
    const found = await read(cut(text, 65_536));
    expect(found.faults).toEqual([expect.stringMatching(new RegExp(`^${line} expected CSV`))]);
    expect(found.rows.length).toBeLessThanOrEqual(line - 2);
  });

  it('with an open quote is given up after one row, not read to its end', async () => {
    let pieces = 0;
    const endless = function* () {
      yield 'a,b\n"';
      for (; pieces < 1000; pieces++) yield 'x\n'.repeat(32_768);
    };
    expect((await read({ [Symbol.iterator]: endless })).faults).toEqual([
      expect.stringMatching(/expected CSV/),
    ]);
    expect(pieces).toBeLessThan(20);
  });
});
