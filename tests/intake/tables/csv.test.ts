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

function read(pieces: Iterable<string>): Read {
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
  readCsv(pieces, visitor, faults);
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

  it('is read as it was written, wherever its pieces are cut', () => {
    const cases = fc.record({
      rows: fc.array(row, { maxLength: 6 }),
      delimiter: fc.constantFrom(',', '\t', ';', '，'),
      newline: fc.constantFrom('\n', '\r\n', '\r'),
      size: fc.integer({ min: 1, max: 40 }),
      isEnded: fc.boolean(),
    });
    fc.assert(
      fc.property(cases, ({ rows, delimiter, newline, size, isEnded }) => {
        let text = `one${delimiter}two${delimiter}three`;
        let line = 1;
        const expected: Read['rows'] = [];
        for (const { cells, before, pad, always } of rows) {
          text += `\n${before}`;
          line += 1 + before.split('\n').length - 1;
          const blanks = delimiter === '\t' ? '' : pad;
          const written = cells.map((value, at) =>
            // The first is always quoted: a row is never a remark, and never empty.
            always || at === 0 || /["\n,;，\t]/.test(value)
              ? `${blanks}"${value.replaceAll('"', '""')}"${blanks}`
              : `${blanks}${value}${blanks}`,
          );
          expected.push({
            cells: cells.map((value, at) => (written[at]?.includes('"') ? value : value.trim())),
            line,
          });
          text += written.join(delimiter);
          line += cells.join('').split('\n').length - 1;
        }
        if (isEnded) text += '\n';
        // A cell keeps the line ends that it was written with.
        const whole = text.replaceAll('\n', newline);
        const found = read(cut(whole, size));
        expect(found.faults).toEqual([]);
        expect(found.header).toEqual(['one', 'two', 'three']);
        expect(
          found.rows.map((one) => ({ ...one, cells: one.cells.map((c) => c.replaceAll(newline, '\n')) })),
        ).toEqual(expected);
      }),
    );
  });

  it.each([
    ['a quote that is not closed', 'a,b\n1,2\n"3,4\n5,6\n', 3],
    ['a quote within a cell', 'a,b\n1"x",2\n', 2],
    ['something behind a closed quote', 'a,b\n1,2\n\n"1"x,2\n', 4],
    ['a row without end', `a,b\n1,2\n${'x'.repeat(MAX_RECORD_CHARS + 1)}`, 3],
    ['a remark without end', `a,b\n1,2\n#${'x'.repeat(MAX_RECORD_CHARS + 1)}`, 3],
  ])('is refused at the line of %s', (_name, text, line) => {
    const found = read(cut(text, 65_536));
    expect(found.faults).toEqual([expect.stringMatching(new RegExp(`^${line} expected CSV`))]);
    expect(found.rows.length).toBeLessThanOrEqual(line - 2);
  });

  it('with an open quote is given up after one row, not searched to its end', () => {
    let pieces = 0;
    const endless = (function* () {
      yield 'a,b\n"';
      for (; pieces < 1000; pieces++) yield 'x\n'.repeat(32_768);
    })();
    expect(read(endless).faults).toEqual([expect.stringMatching(/^2 expected CSV/)]);
    expect(pieces).toBeLessThan(20);
  });
});
