import type { Paragraph, Table } from 'docx';
import { UsageError } from '../../base/errors.js';
import { phrase } from '../../base/phrase.js';
import type { Language } from '../../model/language.js';
import type { Block, TableBlock, TextBlock } from './blocks.js';
import { fixedOffice } from './office-file.js';

type Docx = typeof import('docx');

/** Twentieths of a point. A4, with the margins of the HTML letter. */
const PAGE = { width: 11_906, height: 16_838 };
const MARGIN = { top: 1701, right: 1361, bottom: 1474, left: 1474 };
const TEXT_WIDTH = PAGE.width - MARGIN.left - MARGIN.right;
/** Half points. */
const BODY = { en: 23, 'zh-CN': 30 };
const TABLE_SIZE = 17;
const LETTERHEAD_SIZE = { en: 40, 'zh-CN': 52 };
const RED = 'C00000';

/** As a Word or WPS document; the same blocks always give the same bytes. */
export async function writeDocx(
  blocks: readonly Block[],
  { title, language }: { title: string; language: Language },
): Promise<Uint8Array> {
  const docx = await loadDocx();
  const body = BODY[language];
  const font = {
    ascii: 'Times New Roman',
    hAnsi: 'Times New Roman',
    cs: 'Times New Roman',
    eastAsia: '仿宋',
  };
  const document = new docx.Document({
    title,
    creator: 'rigwatch',
    styles: {
      default: {
        document: {
          run: { font, size: body, language: { value: 'en-GB', eastAsia: 'zh-CN' } },
          paragraph: { spacing: { line: language === 'en' ? 320 : 460, after: 100 } },
        },
      },
    },
    sections: [
      {
        properties: { page: { size: PAGE, margin: MARGIN } },
        footers: {
          default: new docx.Footer({
            children: [
              new docx.Paragraph({
                alignment: docx.AlignmentType.CENTER,
                children: [new docx.TextRun({ children: ['- ', docx.PageNumber.CURRENT, ' -'], size: 20 })],
              }),
            ],
          }),
        },
        children: blocks.map((block, at) =>
          block.kind === 'table'
            ? table(docx, block)
            : paragraph(docx, block, blocks[at - 1]?.kind ?? null, language, body),
        ),
      },
    ],
  });
  return fixedOffice(await docx.Packer.toBuffer(document));
}

async function loadDocx(): Promise<Docx> {
  try {
    return await import('docx');
  } catch (error) {
    throw new UsageError(
      'docx-missing',
      phrase`the docx package is not installed: expected it for --letter docx; --letter html does without`,
      { cause: error },
    );
  }
}

function paragraph(
  docx: Docx,
  { kind, text }: TextBlock,
  before: Block['kind'] | null,
  language: Language,
  body: number,
): Paragraph {
  const { AlignmentType, Paragraph, TextRun, BorderStyle } = docx;
  const run = (options: { size?: number; bold?: boolean; color?: string; eastAsia?: string } = {}) =>
    new TextRun({
      text,
      ...(options.size === undefined ? {} : { size: options.size }),
      ...(options.bold === undefined ? {} : { bold: options.bold }),
      ...(options.color === undefined ? {} : { color: options.color }),
      ...(options.eastAsia === undefined
        ? {}
        : { font: { ascii: 'Times New Roman', hAnsi: 'Times New Roman', eastAsia: options.eastAsia } }),
    });
  switch (kind) {
    case 'letterhead':
      return new Paragraph({
        alignment: AlignmentType.CENTER,
        spacing: { before: 200, after: 240, line: 640 },
        children: [run({ size: LETTERHEAD_SIZE[language], bold: true, color: RED, eastAsia: '宋体' })],
      });
    case 'number':
      return new Paragraph({
        alignment: AlignmentType.CENTER,
        spacing: { after: 360 },
        border: { bottom: { style: BorderStyle.SINGLE, size: 16, space: 8, color: RED } },
        children: [run()],
      });
    case 'title':
      return new Paragraph({
        alignment: AlignmentType.CENTER,
        spacing: { before: 360, after: 360, line: 560 },
        keepNext: true,
        children: [run({ size: language === 'en' ? 34 : 40, bold: true, eastAsia: '宋体' })],
      });
    case 'heading':
      return new Paragraph({
        spacing: { before: 240, after: 80 },
        keepNext: true,
        children: [run({ bold: true, eastAsia: '黑体' })],
      });
    case 'subheading':
      return new Paragraph({
        spacing: { before: 180, after: 60 },
        keepNext: true,
        children: [run({ bold: true, size: body - 3, eastAsia: '黑体' })],
      });
    case 'right':
      return new Paragraph({
        alignment: AlignmentType.RIGHT,
        indent: { right: 240 },
        keepNext: true,
        spacing: { before: before === 'right' ? 0 : 520 },
        children: [run()],
      });
    case 'note':
      return new Paragraph({
        spacing: { line: 280, after: 60 },
        children: [run({ size: 19, color: '444444' })],
      });
    case 'item':
      return new Paragraph({
        indent: { left: 480, hanging: 300 },
        spacing: { line: language === 'en' ? 300 : 400, after: 60 },
        children: [new TextRun('• '), run({ size: body - 3 })],
      });
    case 'check':
      return new Paragraph({
        indent: { left: 460, hanging: 460 },
        spacing: { line: 300, after: 70 },
        children: [new TextRun({ text: '□  ', size: 24 }), run({ size: language === 'en' ? 21 : 24 })],
      });
    case 'addressee':
      return new Paragraph({ spacing: { after: 120 }, children: [run()] });
    default:
      return new Paragraph({
        ...(language === 'en' ? {} : { indent: { firstLine: body * 20 } }),
        children: [run()],
      });
  }
}

function table(docx: Docx, { columns, rows }: TableBlock): Table {
  const { Paragraph, Table, TableCell, TableRow, TextRun, WidthType, ShadingType } = docx;
  const total = columns.reduce((sum, { width }) => sum + width, 0);
  const widths = columns.map(({ width }) => Math.floor((width / total) * TEXT_WIDTH));
  const font = { ascii: 'Arial', hAnsi: 'Arial', eastAsia: '宋体' };
  const cell = (text: string, at: number, isHead: boolean) =>
    new TableCell({
      width: { size: widths[at] ?? 0, type: WidthType.DXA },
      margins: { top: 40, bottom: 40, left: 70, right: 70 },
      ...(isHead ? { shading: { type: ShadingType.CLEAR, fill: 'EEEEEE', color: 'auto' } } : {}),
      children: text.split('\n').map(
        (line) =>
          new Paragraph({
            spacing: { line: 240, after: 0 },
            children: [new TextRun({ text: line, size: TABLE_SIZE, bold: isHead, font })],
          }),
      ),
    });
  return new Table({
    width: { size: TEXT_WIDTH, type: WidthType.DXA },
    columnWidths: widths,
    rows: [
      new TableRow({ tableHeader: true, children: columns.map(({ title }, at) => cell(title, at, true)) }),
      ...rows.map(
        (row) =>
          new TableRow({ cantSplit: true, children: columns.map((_, at) => cell(row[at] ?? '', at, false)) }),
      ),
    ],
  });
}
