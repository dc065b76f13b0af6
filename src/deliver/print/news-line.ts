import type { Language } from '../../model/language.js';
import { levelTitle } from '../../model/titles.js';
import type { Level, Verdict } from '../../model/verdict.js';
import { colored, formatSecond } from './format.js';
import { watchMessage } from './messages/watch-messages.js';
import { tableCells } from './table.js';
import { cutToWidth } from './width.js';

export interface NewsLineOptions {
  readonly language: Language;
  readonly color: boolean;
  /** Columns of the terminal; null: as wide as it gets. */
  readonly width: number | null;
}

/** One line for people: when, new or raised, and what a table would say of the verdict. `before`: the level told before. */
export function formatNews(
  {
    verdict,
    before,
    timeUs,
  }: { readonly verdict: Verdict; readonly before: Level | null; readonly timeUs: number },
  { language, color, width }: NewsLineOptions,
): string {
  const change =
    before === null
      ? watchMessage(language, 'watch.new')
      : watchMessage(language, 'watch.raised', { before: levelTitle(language, before) });
  const [level = '', ...cells] = tableCells(verdict, language);
  const start = `${formatSecond(timeUs)}  ${change}  `;
  const line = `${start}${[level, ...cells.filter((cell) => cell !== '')].join('  ')}`;
  const shown = width === null ? line : cutToWidth(line, width);
  if (!shown.startsWith(start + level)) return shown;
  return start + colored(level, verdict.level, color) + shown.slice(start.length + level.length);
}
