import { describe, expect, it } from 'vitest';
import { explainCase } from '../../../src/deliver/print/case-brief.js';
import { sampleCase } from '../../detect/cases/samples.js';

const timeUs = (iso: string) => Date.parse(iso) * 1000;

describe('a case for people', () => {
  const one = sampleCase({
    state: 'claimed',
    referral: {
      document: '2021-17',
      dateUs: timeUs('2021-11-01T00:00+08:00'),
      deadlineUs: timeUs('2021-11-16T00:00+08:00'),
    },
    claimedUs: timeUs('2021-11-21T00:00+08:00'),
  });
  const text = (utcOffsetMinutes: number) =>
    explainCase(
      { one, unit: null, trail: [], quiet: null, repeat: 0, utcOffsetMinutes },
      { language: 'zh-CN', color: false, width: null },
    );

  it('has the days of the letter in the zone of the office', () => {
    expect(text(480)).toContain('2021-17 · 2021-11-01 · 期限 2021-11-15');
    expect(text(480)).toContain('整改：2021-11-20');
  });

  it('names the zone where a day of another is no day of this', () => {
    expect(text(0)).toContain('2021-10-31 16:00:00 +00:00');
  });
});
