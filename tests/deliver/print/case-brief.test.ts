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

  const waiting = (
    neededDays: number,
    pause: { days: number; coveredDays: number } | null,
    language = 'en',
  ) => {
    const fromUs = timeUs('2019-11-01T00:00Z');
    const quiet = {
      quietDays: 3,
      neededDays,
      coverage: 0.957,
      pause:
        pause === null
          ? null
          : { fromUs, toUs: fromUs + pause.days * 86_400e6, coveredDays: pause.coveredDays },
      leastDays: 14,
      mostDays: 1096,
    };
    return explainCase(
      { one, unit: null, trail: [], quiet, repeat: 0, utcOffsetMinutes: 0 },
      { language: language === 'en' ? 'en' : 'zh-CN', color: false, width: 1000 },
    );
  };

  it('says why so much quiet is asked for', () => {
    expect(waiting(14, null)).toContain('3 of the 14 days that are needed');
    expect(waiting(14, { days: 2, coveredDays: 2 })).toContain('14 is the least');
    const paused = waiting(60, { days: 20, coveredDays: 18 });
    expect(paused).toContain(
      '3 times the longest pause between two signs of mining before the claim, 20 days (2019-11-01 to 2019-11-21); data cover 18 of them',
    );
    expect(paused).not.toMatch(/nobody looked|by itself/);
  });

  it('says that nobody looked, and what to do where the quiet can never be long enough', () => {
    const never = waiting(2100, { days: 700, coveredDays: 2 }, 'zh-CN');
    expect(never).toContain('须满 2100 日（该段时间数据覆盖 95%）');
    expect(never).toContain('最长间歇 700 日（2019-11-01 至 2021-10-01）的 3 倍；其中有监测数据的 2 日');
    expect(never).toContain('其间是否挖矿未知');
    expect(never).toContain(`rigwatch cases close ${one.caseId} --why`);
  });
});
