import { createRequire } from 'node:module';

type StringWidth = typeof import('string-width');
/** Loaded when a text asks for it: its tables cost a tenth of a short scan, and most tables are ASCII. */
let loaded: StringWidth | undefined;

const PLAIN = /^[\x20-\x7e]*$/;
const graphemes = new Intl.Segmenter('und', { granularity: 'grapheme' });

/** Columns that a text takes on a terminal: East-Asian wide characters take two. */
export function widthOf(text: string): number {
  if (PLAIN.test(text)) return text.length;
  loaded ??= createRequire(import.meta.url)('string-width') as StringWidth;
  return loaded.default(text);
}

/** Cuts to at most `width` columns; what was cut ends in `…`. */
export function cutToWidth(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  if (width < 1) return '';
  let out = '';
  let used = 0;
  for (const { segment } of graphemes.segment(text)) {
    const wide = widthOf(segment);
    if (used + wide > width - 1) break;
    out += segment;
    used += wide;
  }
  return `${out}…`;
}

export function padToWidth(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const blanks = ' '.repeat(Math.max(0, width - widthOf(text)));
  return align === 'left' ? text + blanks : blanks + text;
}

/** Breaks into lines of at most `width` columns, at blanks where there are any. */
export function wrapToWidth(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  let used = 0;
  for (const { segment } of graphemes.segment(text)) {
    const wide = widthOf(segment);
    if (used + wide > width && line !== '') {
      const blank = segment === ' ' ? line.length : line.lastIndexOf(' ');
      const breaksAtBlank = blank > line.length / 2;
      lines.push(breaksAtBlank ? line.slice(0, blank) : line);
      line = breaksAtBlank ? line.slice(blank + 1) : '';
      used = widthOf(line);
      if (segment === ' ' && breaksAtBlank) continue;
    }
    line += segment;
    used += wide;
  }
  if (line !== '' || lines.length === 0) lines.push(line);
  return lines;
}
