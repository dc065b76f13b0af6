/** A heading is bold; a Date is shown as time, UTC; null leaves the cell empty. */
export type SheetCell = string | number | Date | null | { readonly heading: string };

/** Characters of one cell (Excel). */
const MAX_CELL_TEXT = 32_767;
/** Lines break at words: so much of each stays empty, on average. */
const WRAP_LOSS = 2;
const MS_PER_DAY = 86_400_000;
/** Day 0 of spreadsheets: 1899-12-30. */
const DAY_ZERO_MS = Date.UTC(1899, 11, 30);
const HEADING = 1;
const TIME = 2;
const TEXT = 3;
const WRAPPED = 4;
const BESIDE_WRAPPED = 5;
const WRAPPED_HEADING = 6;

/**
 * A text is always an inline string, which no spreadsheet takes for a formula; its style keeps it text when somebody
 * edits the cell. `wraps`: a long one goes on in the next line of its cell.
 */
export function cellXml(place: string, cell: SheetCell, wraps = false): string {
  if (cell === null || cell === '') return '';
  if (typeof cell === 'string') return textXml(place, cell, wraps ? WRAPPED : TEXT);
  if (typeof cell === 'number') {
    const style = wraps ? ` s="${BESIDE_WRAPPED}"` : '';
    return Number.isFinite(cell) ? `<c r="${place}"${style}><v>${cell}</v></c>` : '';
  }
  if (cell instanceof Date) {
    const day = (cell.getTime() - DAY_ZERO_MS) / MS_PER_DAY;
    return Number.isFinite(day) ? `<c r="${place}" s="${TIME}"><v>${day.toFixed(8)}</v></c>` : '';
  }
  return textXml(place, cell.heading, wraps ? WRAPPED_HEADING : HEADING);
}

/** How many lines a cell takes in a column of this many characters: letters beyond Latin are twice as wide. */
export function linesOf(cell: SheetCell, width: number): number {
  const text =
    typeof cell === 'string'
      ? cell
      : cell !== null && typeof cell === 'object' && 'heading' in cell
        ? cell.heading
        : '';
  const wide = text.match(/[^\u0000-\u02ff]/g)?.length ?? 0;
  return Math.ceil((text.length + wide) / Math.max(1, width - WRAP_LOSS));
}

function textXml(place: string, text: string, style: number): string {
  const cut =
    text.length > MAX_CELL_TEXT
      ? `${text.slice(0, MAX_CELL_TEXT - 2).replace(/[\ud800-\udbff]$/, '')}…`
      : text;
  return `<c r="${place}" s="${style}" t="inlineStr"><is><t xml:space="preserve">${escapeXml(cut)}</t></is></c>`;
}

const SPECIAL: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/**
 * Character data of XML 1.0: what it cannot hold becomes U+FFFD; `_x0041_`, which spreadsheets take for an escaped
 * character (ECMA-376 part 1, §22.9.2.19), is made harmless.
 */
export function escapeXml(text: string): string {
  return text
    .replace(/_(?=x[0-9A-Fa-f]{4}_)/g, '_x005F_')
    .replace(/[&<>"]/g, (char) => SPECIAL[char] ?? char)
    .replace(
      /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g,
      '\ufffd',
    );
}

/** `A` for 0, `AA` for 26. */
export function columnLetters(at: number): string {
  const rest = String.fromCharCode(65 + (at % 26));
  return at < 26 ? rest : columnLetters(Math.floor(at / 26) - 1) + rest;
}
