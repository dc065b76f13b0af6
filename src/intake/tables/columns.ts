import { either, phrase } from '../../base/phrase.js';
import { quoted, type TableFaults } from './faults.js';
import { MAX_CELL_CHARS } from './limits.js';
import type { RowVisitor } from './table.js';

/** A column of a template. */
export interface Column {
  /** What it is called in English, in templates and documents. */
  readonly name: string;
  /** What it is called in Chinese. */
  readonly zh: string;
  /** Other names that are understood. */
  readonly also: readonly string[];
  /** An example, for the template. */
  readonly example: string;
  readonly exampleZh?: string;
}

/** What a person sees: letter case, blanks, `_`, `-`, `*` and remarks in brackets do not matter. */
function plain(title: string): string {
  return title
    .normalize('NFKC')
    .replace(/[(（【[].*$/, '')
    .replace(/[\s_*:\-/]/g, '')
    .toLowerCase();
}

/** One row by column name; the empty text where the column is not there. */
export type CellOf = (column: string) => string;

/**
 * A visitor that knows its columns: finds them in the header under any of their names, then hands over each row.
 * `required`: groups of columns, of each of which one must be there. Columns that nobody knows are a fault: a title
 * with a typing error would otherwise lose its column in silence.
 */
export function columnVisitor(
  columns: readonly Column[],
  required: readonly (readonly string[])[],
  faults: TableFaults,
  onRow: (cell: CellOf, line: number) => void,
): RowVisitor {
  const names = new Map(
    columns.flatMap(({ name, zh, also }) => [name, zh, ...also].map((title) => [plain(title), name])),
  );
  const chinese = new Map(columns.map(({ name, zh }) => [name, zh]));
  const bothNames = (name: string) => `${name} (${chinese.get(name) ?? name})`;
  const position = new Map<string, number>();
  let cells: readonly string[] = [];
  const cell: CellOf = (column) => {
    const text = cells[position.get(column) ?? -1] ?? '';
    return text.length > MAX_CELL_CHARS ? text.slice(0, MAX_CELL_CHARS) : text;
  };
  return {
    header(titles, line) {
      const before = faults.count;
      for (const [at, title] of titles.entries()) {
        if (title.trim() === '') continue;
        const name = names.get(plain(title));
        if (name === undefined) {
          const known = columns.map(({ name }) => bothNames(name));
          faults.add(line, phrase`unknown column ${quoted(title)}; expected some of ${known}`);
        } else if (position.has(name)) faults.add(line, phrase`expected the column ${quoted(title)} once`);
        else {
          position.set(name, at);
          faults.entitle(name, title);
        }
      }
      for (const group of required) {
        if (!group.some((name) => position.has(name)))
          faults.add(line, phrase`expected a column ${either(group.map(bothNames))}, which is missing`);
      }
      return faults.count === before;
    },
    row(row, line) {
      cells = row;
      onRow(cell, line);
    },
  };
}
