import { describe, expect, it } from 'vitest';
import { categoryTitle, levelTitle } from '../../src/model/titles.js';
import { UNIT_CATEGORIES } from '../../src/model/unit.js';
import { LEVELS } from '../../src/model/verdict.js';

const KINDS = [
  { name: 'levels', words: LEVELS, title: levelTitle },
  { name: 'categories', words: UNIT_CATEGORIES, title: categoryTitle },
] as const;

describe('titles', () => {
  it.each(KINDS)('tell all $name apart in both languages', ({ words, title }) => {
    for (const language of ['en', 'zh-CN'] as const)
      expect(new Set(words.map((word) => title(language, word))).size).toBe(words.length);
    for (const word of words) expect(title('zh-CN', word)).toMatch(/^\p{Script=Han}+$/u);
  });

  it('leave a word of another version as it is', () => {
    expect(levelTitle('zh-CN', 'doubtful')).toBe('doubtful');
    expect(categoryTitle('en', 'constructor')).toBe('constructor');
  });
});
