import { describe, expect, it } from 'vitest';
import { formatListing, listingTsv } from '../../../src/deliver/print/listing.js';
import {
  OFFICE_MESSAGES,
  officeMessage,
  officeWord,
} from '../../../src/deliver/print/messages/office-messages.js';
import { widthOf } from '../../../src/deliver/print/width.js';
import { GROUPINGS } from '../../../src/detect/accounting/account.js';
import { PLAN_POINTS } from '../../../src/detect/cases/plan.js';
import { CASE_ACTIONS, CASE_STATES, CHECK_METHODS, FINDINGS } from '../../../src/model/case.js';
import { RANGE_KINDS } from '../../../src/model/unit.js';
import { HOSTILE } from '../samples.js';

const SAME_IN_BOTH = new Set(['repeat.0']);

describe('texts of the office', () => {
  it('are there in both languages, with the same blanks to fill in', () => {
    for (const [key, { en, 'zh-CN': zh }] of Object.entries(OFFICE_MESSAGES)) {
      if (SAME_IN_BOTH.has(key)) continue;
      expect(en, key).not.toBe('');
      // A text of nothing but blanks to fill in has no words to translate.
      if (/\p{L}/u.test(en.replace(/\{\w+\}|UTC/g, ''))) expect(zh, key).toMatch(/\p{Script=Han}/u);
      const blanks = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([blank]) => blank).sort();
      expect(blanks(zh), key).toEqual(blanks(en));
    }
  });

  it('cover every word that can be printed', () => {
    const words = [
      ...CASE_STATES.map((word) => `state.${word}`),
      ...CASE_ACTIONS.map((word) => `action.${word}`),
      ...FINDINGS.map((word) => `finding.${word}`),
      ...CHECK_METHODS.map((word) => `method.${word}`),
      ...RANGE_KINDS.map((word) => `kind.${word}`),
      ...Object.keys(PLAN_POINTS).map((word) => `plan.reason.${word}`),
      ...GROUPINGS.map((word) => `by.${word}`),
    ];
    expect(words.filter((word) => !Object.hasOwn(OFFICE_MESSAGES, word))).toEqual([]);
  });

  it('are filled in, and leave unknown words as they are', () => {
    expect(officeMessage('zh-CN', 'show.title', { id: 7 })).toBe('案件 7');
    expect(officeWord('zh-CN', 'state', 'watch')).toBe('复测中');
    expect(officeWord('en', 'state', 'constructor')).toBe('constructor');
  });
});

describe('lists', () => {
  const columns = [
    { name: 'id', title: 'column.unit_id', value: (row: { id: string }) => row.id },
    { name: 'hint', title: 'column.hint', align: 'right', value: () => 'x', cell: () => '备注' },
  ] as const;
  const options = { language: 'zh-CN', color: false, width: 30 } as const;

  it('keep hostile text in its cell', () => {
    const text = formatListing(columns, [{ id: HOSTILE }, { id: 'U1' }], options);
    expect(text.split('\n')).toHaveLength(3);
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
    for (const line of text.split('\n')) expect(widthOf(line)).toBeLessThanOrEqual(30);
    const tsv = [...listingTsv(columns, [{ id: HOSTILE }])];
    expect(tsv[1]?.split('\t')).toHaveLength(2);
    expect(tsv[1]?.trimEnd().split('\n')).toHaveLength(1);
  });

  it('say so when they are empty', () => {
    expect(formatListing(columns, [], options)).toBe('没有结果');
  });
});
