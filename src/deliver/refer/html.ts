import type { Block, TableBlock } from './blocks.js';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => ENTITIES[char] ?? char);
}

/** A4 as Chinese offices set it (GB/T 9704: margins 37, 26, 35, 28 mm; body 16 pt). No script, no outside resource. */
const STYLE = `
@page { size: A4; margin: 30mm 24mm 26mm 26mm; @bottom-center { content: counter(page); } }
* { box-sizing: border-box; }
body { font: 12pt/1.7 "Noto Serif CJK SC", "Songti SC", SimSun, "Times New Roman", serif; color: #111; max-width: 170mm;
  margin: 12mm auto; padding: 0 6mm; overflow-wrap: anywhere; }
:lang(zh-CN) body, body:lang(zh-CN) { font-family: FangSong, STFangsong, "Noto Serif CJK SC", SimSun, serif; font-size: 14pt; }
@media print { body { margin: 0; max-width: none; padding: 0; } }
.letterhead { text-align: center; color: #c00; font-size: 20pt; font-weight: bold; line-height: 1.3; margin: 4mm 0 6mm; }
.letterhead:lang(zh-CN) { font-size: 26pt; letter-spacing: .06em; }
.number { text-align: center; margin: 0 0 8mm; padding-bottom: 3mm; border-bottom: .7mm solid #c00; }
h1 { text-align: center; font-size: 1.5em; line-height: 1.4; margin: 8mm 0 7mm; }
h2 { font-size: 1.05em; margin: 6mm 0 2mm; break-after: avoid; }
h3 { font-size: 1em; margin: 4mm 0 1mm; break-after: avoid; }
p { margin: 0 0 2mm; }
p.paragraph:lang(zh-CN) { text-indent: 2em; }
.addressee { margin-bottom: 3mm; }
.right { text-align: right; margin: 0 4mm 1mm 0; break-before: avoid; }
:not(.right) + .right { margin-top: 9mm; }
.note { font-size: .78em; line-height: 1.5; color: #444; }
ul { margin: 0 0 3mm; padding-left: 7mm; }
ul.check { list-style: none; padding-left: 0; font-size: .85em; line-height: 1.5; }
ul.check li { padding-left: 8mm; text-indent: -8mm; margin-bottom: 1.2mm; break-inside: avoid; }
ul.check li::before { content: "□"; display: inline-block; width: 8mm; text-indent: 0; }
table { border-collapse: collapse; width: calc(100% - .5mm); table-layout: fixed; font: 8.5pt/1.4 "Noto Sans CJK SC", "Microsoft YaHei", "WenQuanYi Micro Hei", Arial, sans-serif; margin: 2mm 0 4mm; }
thead { display: table-header-group; }
tr { break-inside: avoid; }
th, td { border: .25mm solid #555; padding: 1mm 1.4mm; text-align: left; vertical-align: top; white-space: pre-line; }
th { background: #eee; }
`;

/** A page that prints as a letter. Every text is escaped; the page may load nothing and run nothing. */
export function writeHtml(
  blocks: readonly Block[],
  { title, language }: { title: string; language: string },
): string {
  return [
    '<!doctype html>',
    `<html lang="${escapeHtml(language)}">`,
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
    `<title>${escapeHtml(title)}</title>`,
    `<style>${STYLE}</style>`,
    '</head>',
    '<body>',
    ...blocks.map((block, at) => element(block, blocks[at - 1]?.kind, blocks[at + 1]?.kind)),
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

function element(block: Block, before: Block['kind'] | undefined, after: Block['kind'] | undefined): string {
  if (block.kind === 'table') return table(block);
  const text = escapeHtml(block.text);
  switch (block.kind) {
    case 'title':
      return `<h1>${text}</h1>`;
    case 'heading':
      return `<h2>${text}</h2>`;
    case 'subheading':
      return `<h3>${text}</h3>`;
    case 'item':
    case 'check': {
      const start = before === block.kind ? '' : `<ul class="${block.kind}">\n`;
      const end = after === block.kind ? '' : '\n</ul>';
      return `${start}<li>${text}</li>${end}`;
    }
    default:
      return `<p class="${block.kind}">${text}</p>`;
  }
}

function table({ columns, rows }: TableBlock): string {
  const total = columns.reduce((sum, { width }) => sum + width, 0);
  const cells = (tag: 'th' | 'td', texts: readonly string[]) =>
    `<tr>${texts.map((text) => `<${tag}>${escapeHtml(text)}</${tag}>`).join('')}</tr>`;
  return [
    '<table>',
    `<colgroup>${columns.map(({ width }) => `<col style="width:${((width / total) * 100).toFixed(1)}%">`).join('')}</colgroup>`,
    `<thead>${cells(
      'th',
      columns.map(({ title }) => title),
    )}</thead>`,
    '<tbody>',
    ...rows.map((row) => cells('td', row)),
    '</tbody>',
    '</table>',
  ].join('\n');
}
