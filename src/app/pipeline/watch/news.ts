import { formatTime } from '../../../base/time.js';
import { toVerdictObject } from '../../../deliver/print/verdict-json.js';
import { LEVELS, type Level, type Verdict } from '../../../model/verdict.js';
import type { NoticeObject } from '../../../model/verdict-object.js';

/** A verdict that is new, or higher than what was told of its address before. */
export interface News {
  readonly verdict: Verdict;
  /** The level told before; null: none. */
  readonly before: Level | null;
}

/** Whether a verdict is worth telling: at least of the lowest level asked for, and higher than what was told. */
export function isNews(level: Level, before: Level | null, lowest: Level): boolean {
  if (level === 'cleared' || rank(level) > rank(lowest)) return false;
  return before === null || rank(level) < rank(before);
}

export function toNotice({ verdict, before }: News, timeUs: number): NoticeObject {
  return {
    ...toVerdictObject(verdict),
    notice: { change: before === null ? 'new' : 'raised', before, at: formatTime(timeUs) ?? '' },
  };
}

/** 0 is the strongest. */
function rank(level: Level): number {
  return LEVELS.indexOf(level);
}
