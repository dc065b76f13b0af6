import { once } from 'node:events';
import type { Writable } from 'node:stream';
import type { Zip, ZipDeflate } from 'fflate';
import { UsageError } from '../../base/errors.js';
import { phrase } from '../../base/phrase.js';
import { cellXml, columnLetters, escapeXml, linesOf, type SheetCell } from './xlsx-cells.js';

type Fflate = typeof import('fflate');

export interface SheetColumn {
  readonly title: string;
  /** In characters. */
  readonly width: number;
}

/** How a sheet is shown, beyond its columns. */
export interface SheetLayout {
  /** Columns at the left that tell a row from others: they stay in sight, and stand on every page. */
  readonly keys: number;
  /** Long texts go on in the next line of their cell, so that nothing is cut on paper. */
  readonly wraps: boolean;
}

const PLAIN: SheetLayout = { keys: 0, wraps: false };

/** Rows of one sheet, header included (ECMA-376 as Excel reads it). */
const MAX_SHEET_ROWS = 1_048_576;
/** Sizes in a zip without its 64-bit extension, which not every spreadsheet reads. */
const MAX_SHEET_BYTES = 3 * 1024 ** 3;
const MAX_FILE_BYTES = 2 ** 32 - 64 * 1024 * 1024;
/** XML is packed in pieces of about this many characters. */
const CHUNK = 131_072;

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"';
const DOCUMENT = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';
const TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml';

/** Characters across an A4 page at full size between these margins, and the smallest size that is still read with ease. */
const PAGE_CHARACTERS = 148;
const SMALLEST_SCALE = 0.7;
const MARGINS =
  '<printOptions gridLines="1"/><pageMargins left="0.4" right="0.4" top="0.5" bottom="0.6" header="0.3" footer="0.3"/>';
const FOOTER = '<headerFooter><oddFooter>&amp;C&amp;A · &amp;P / &amp;N</oddFooter></headerFooter>';

/** Styles of cells, by their place in cellXfs: plain, heading, time, text that stays text when it is edited, the same in lines, plain beside those, a heading in lines. */
const STYLES = `${XML}<styleSheet ${MAIN}><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd hh:mm:ss"/></numFmts><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="7"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/><xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" quotePrefix="1"/><xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" quotePrefix="1" applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0" applyAlignment="1"><alignment vertical="top"/></xf><xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1" applyAlignment="1"><alignment vertical="top" wrapText="1"/></xf></cellXfs></styleSheet>`;

/**
 * An XLSX workbook (ECMA-376) written row by row: packed as it goes, whatever the number of rows. Sheets are shown in the
 * order of `order`; those that it does not name after them.
 */
export class XlsxWorkbook {
  readonly #out: Writable;
  readonly #rowsPerSheet: number;
  readonly #fflate: Fflate;
  readonly #zip: Zip;
  readonly #sheets: { readonly name: string; readonly keys: number }[] = [];
  #packed: Uint8Array[] = [];
  #written = 0;

  private constructor(out: Writable, fflate: Fflate, rowsPerSheet: number) {
    this.#out = out;
    this.#rowsPerSheet = rowsPerSheet;
    this.#fflate = fflate;
    this.#zip = new fflate.Zip((error, chunk) => {
      if (error) throw error;
      this.#packed.push(chunk);
    });
  }

  /** fflate is loaded when the first workbook is made. */
  static async open(out: Writable, rowsPerSheet = MAX_SHEET_ROWS): Promise<XlsxWorkbook> {
    return new XlsxWorkbook(out, await import('fflate'), rowsPerSheet);
  }

  /** Adds a sheet; what does not fit on it goes on to `NAME 2` and so on. */
  async addSheet(
    name: string,
    columns: readonly SheetColumn[],
    rows: Iterable<readonly SheetCell[]>,
    layout = PLAIN,
  ): Promise<void> {
    const left = rows[Symbol.iterator]();
    let isDone = false;
    for (let part = 1; !isDone; part++) {
      isDone = await this.#addPart(part === 1 ? name : `${name} ${part}`, columns, left, layout);
    }
  }

  async finish(order: readonly string[]): Promise<void> {
    const rank = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length);
    const shown = this.#sheets
      .map((sheet, at) => ({ ...sheet, id: at + 1 }))
      .sort((a, b) => rank(a.name) - rank(b.name) || a.id - b.id);
    const sheets = shown.map(
      ({ name, id }) => `<sheet name="${escapeXml(name)}" sheetId="${id}" r:id="rId${id}"/>`,
    );
    await this.#addFile(
      'xl/workbook.xml',
      `${XML}<workbook ${MAIN} xmlns:r="${DOCUMENT}"><sheets>${sheets.join('')}</sheets><definedNames>${shown.map(printTitles).join('')}</definedNames></workbook>`,
    );
    const relations = this.#sheets.map(
      (_, at) =>
        `<Relationship Id="rId${at + 1}" Type="${DOCUMENT}/worksheet" Target="worksheets/sheet${at + 1}.xml"/>`,
    );
    const styles = `<Relationship Id="rId${this.#sheets.length + 1}" Type="${DOCUMENT}/styles" Target="styles.xml"/>`;
    await this.#addFile(
      'xl/_rels/workbook.xml.rels',
      `${XML}<Relationships xmlns="${PACKAGE}/relationships">${relations.join('')}${styles}</Relationships>`,
    );
    await this.#addFile('xl/styles.xml', STYLES);
    await this.#addFile(
      '_rels/.rels',
      `${XML}<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${DOCUMENT}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    );
    const parts = this.#sheets.map(
      (_, at) =>
        `<Override PartName="/xl/worksheets/sheet${at + 1}.xml" ContentType="${TYPE}.worksheet+xml"/>`,
    );
    await this.#addFile(
      '[Content_Types].xml',
      `${XML}<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${TYPE}.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="${TYPE}.styles+xml"/>${parts.join('')}</Types>`,
    );
    this.#zip.end();
    await this.#drain();
  }

  /** True where the rows came to their end. */
  async #addPart(
    name: string,
    columns: readonly SheetColumn[],
    rows: Iterator<readonly SheetCell[]>,
    { keys, wraps }: SheetLayout,
  ): Promise<boolean> {
    this.#sheets.push({ name, keys });
    const entry = this.#entry(`xl/worksheets/sheet${this.#sheets.length}.xml`);
    const widths = columns.map(
      ({ width }, at) => `<col min="${at + 1}" max="${at + 1}" width="${width}" customWidth="1"/>`,
    );
    let xml = `${XML}<worksheet ${MAIN}><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr><sheetViews><sheetView workbookViewId="0">${paneXml(keys)}</sheetView></sheetViews><cols>${widths.join('')}</cols><sheetData>`;
    xml += rowXml(
      1,
      columns.map(({ title }) => ({ heading: title })),
      wraps ? columns : null,
    );
    let bytes = 0;
    let count = 1;
    let isDone = false;
    while (count < this.#rowsPerSheet && bytes < MAX_SHEET_BYTES) {
      const next = rows.next();
      if (next.done) {
        isDone = true;
        break;
      }
      xml += rowXml(++count, next.value, wraps ? columns : null);
      if (xml.length < CHUNK) continue;
      bytes += await this.#push(entry, xml, false);
      xml = '';
    }
    const filter = `<autoFilter ref="A1:${columnLetters(columns.length - 1)}${count}"/>`;
    await this.#push(
      entry,
      `${xml}</sheetData>${filter}${MARGINS}${pageXml(columns, keys)}${FOOTER}</worksheet>`,
      true,
    );
    return isDone;
  }

  async #addFile(path: string, text: string): Promise<void> {
    await this.#push(this.#entry(path), text, true);
  }

  #entry(path: string): ZipDeflate {
    const entry = new this.#fflate.ZipDeflate(path, { level: 1 });
    // The format has no zone; a fixed time makes the same facts the same file.
    entry.mtime = new Date(1980, 0, 1);
    this.#zip.add(entry);
    return entry;
  }

  /** Returns the bytes that went in. */
  async #push(entry: ZipDeflate, text: string, isLast: boolean): Promise<number> {
    const bytes = Buffer.from(text);
    entry.push(bytes, isLast);
    await this.#drain();
    return bytes.length;
  }

  async #drain(): Promise<void> {
    const packed = this.#packed;
    this.#packed = [];
    for (const chunk of packed) {
      this.#written += chunk.length;
      if (this.#written > MAX_FILE_BYTES)
        throw new UsageError(
          'output-too-large',
          phrase`an xlsx file cannot hold so much: choose less, or take csv`,
        );
      if (this.#out.errored) throw this.#out.errored;
      if (!this.#out.write(chunk)) await once(this.#out, 'drain');
    }
  }
}

/** The heading, and the columns that tell rows apart, stay in sight. */
function paneXml(keys: number): string {
  const across = keys === 0 ? '' : ` xSplit="${keys}"`;
  const pane = keys === 0 ? 'bottomLeft' : 'bottomRight';
  return `<pane${across} ySplit="1" topLeftCell="${columnLetters(keys)}2" activePane="${pane}" state="frozen"/>`;
}

/** On paper: A4 across, as many pages side by side as it takes to stay readable. */
function pageXml(columns: readonly SheetColumn[], keys: number): string {
  const sum = (some: readonly SheetColumn[]) => some.reduce((all, { width }) => all + width, 0);
  const repeated = sum(columns.slice(0, keys));
  const room = PAGE_CHARACTERS / SMALLEST_SCALE - repeated;
  const pages = Math.max(1, Math.ceil((sum(columns) - repeated) / room));
  return `<pageSetup paperSize="9" orientation="landscape" pageOrder="overThenDown" fitToWidth="${pages}" fitToHeight="0"/>`;
}

/** The heading and the key columns stand on every page. */
function printTitles({ name, keys }: { readonly name: string; readonly keys: number }, at: number): string {
  const sheet = `'${name.replace(/'/g, "''")}'!`;
  const columns = keys === 0 ? '' : `${sheet}$A:$${columnLetters(keys - 1)},`;
  return `<definedName name="_xlnm.Print_Titles" localSheetId="${at}">${escapeXml(`${columns}${sheet}$1:$1`)}</definedName>`;
}

/** `wrapped`: the columns, where texts go on in the next line; not every program finds the height of such rows itself. */
function rowXml(number: number, cells: readonly SheetCell[], wrapped: readonly SheetColumn[] | null): string {
  let xml = `<row r="${number}"${wrapped === null ? '' : heightXml(cells, wrapped)}>`;
  for (const [at, cell] of cells.entries())
    xml += cellXml(`${columnLetters(at)}${number}`, cell, wrapped !== null);
  return `${xml}</row>`;
}

const LINE_POINTS = 15;
/** A row is at most 409 points high (ECMA-376 as Excel reads it). */
const MAX_LINES = 27;

function heightXml(cells: readonly SheetCell[], columns: readonly SheetColumn[]): string {
  const lines = cells.map((cell, at) => linesOf(cell, columns[at]?.width ?? 1));
  return ` ht="${Math.min(Math.max(1, ...lines), MAX_LINES) * LINE_POINTS}" customHeight="1"`;
}
