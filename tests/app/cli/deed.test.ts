import { describe, expect, it } from 'vitest';
import { datesOfDocument } from '../../../src/app/cli/deed.js';

const NOW_US = Date.parse('2021-11-01T20:00:00Z') * 1000;

describe('date and deadline of a document', () => {
  it('are days of the zone, the deadline with its whole day', () => {
    expect(datesOfDocument({ deadline: '2021-11-02' }, 480, NOW_US)).toEqual({
      dateUs: Date.parse('2021-11-02T00:00+08:00') * 1000,
      deadlineUs: Date.parse('2021-11-03T00:00+08:00') * 1000,
    });
    expect(datesOfDocument({ date: '2021-11-05' }, 480, NOW_US).deadlineUs).toBeNull();
  });

  it('may be the same day, but not in the wrong order', () => {
    const dates = (deadline: string) => datesOfDocument({ date: '2021-11-05', deadline }, 480, NOW_US);
    expect(dates('2021-11-05').deadlineUs).toBe(Date.parse('2021-11-06T00:00+08:00') * 1000);
    expect(() => dates('2021-11-04')).toThrow('--deadline 2021-11-04: expected a day not before');
  });
});
