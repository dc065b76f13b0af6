import { printable } from '../../base/text.js';
import type { Language } from '../../model/language.js';
import { bold } from './format.js';
import { type OfficeKey, officeMessage } from './messages/office-messages.js';
import { cutToWidth, padToWidth, widthOf } from './width.js';

/** One column of a list of anything. */
export interface ListColumn<Row> {
  /** Name in TSV, never translated. */
  readonly name: string;
  readonly title: OfficeKey;
  readonly align?: 'left' | 'right';
  /** What machines get, and people where there is no `cell`. Made printable here. */
  value(row: Row): string;
  cell?(row: Row, language: Language): string;
}

export interface ListOptions {
  readonly language: Language;
  readonly color: boolean;
  /** Columns of the terminal; null: as wide as it gets. */
  readonly width: number | null;
}

const GAP = '  ';
/** A cell of a list for people; the whole of it is in TSV and JSON. */
const MAX_CELL = 60;

/** A table for people; ends without a line feed. */
export function formatListing<Row>(
  columns: readonly ListColumn<Row>[],
  rows: readonly Row[],
  { language, color, width }: ListOptions,
): string {
  if (rows.length === 0) return officeMessage(language, 'none');
  const titles = columns.map(({ title }) => officeMessage(language, title));
  const cells = rows.map((row) =>
    columns.map((column) =>
      cutToWidth(printable(column.cell?.(row, language) ?? column.value(row)), MAX_CELL),
    ),
  );
  const widths = columns.map((_, at) =>
    [titles, ...cells].reduce((most, row) => Math.max(most, widthOf(row[at] ?? '')), 0),
  );
  const line = (row: readonly string[]) => {
    const padded = columns.map(({ align }, at) => padToWidth(row[at] ?? '', widths[at] ?? 0, align));
    const text = padded.join(GAP).trimEnd();
    return width === null ? text : cutToWidth(text, width);
  };
  return [bold(line(titles), color), ...cells.map(line)].join('\n');
}

/** The same for machines: nothing cut, nothing translated, a header first; each piece ends with a line feed. */
export function* listingTsv<Row>(
  columns: readonly ListColumn<Row>[],
  rows: Iterable<Row>,
): Generator<string> {
  yield `${columns.map(({ name }) => name).join('\t')}\n`;
  for (const row of rows)
    yield `${columns.map((column) => printable(column.value(row), Number.POSITIVE_INFINITY)).join('\t')}\n`;
}
