import { describe, expect, it } from 'vitest';
import { formatProgress, Progress, wantsProgress } from '../../../src/deliver/print/progress.js';

const STATE = { name: '/captures/big.pcap', bytes: 1.2e9, totalBytes: 4e9, packets: 3e6, suspects: 3 };

function terminal() {
  const written: string[] = [];
  return { written, isTTY: true, columns: 60, write: (text: string) => written.push(text) };
}

describe('progress', () => {
  it('tells rate, share and time left', () => {
    expect(formatProgress(STATE, 1.5, 'en')).toBe(
      'big.pcap  1.2 GB / 4.0 GB (30 %)  800 MB/s  2.0 M packets/s  4s left  3 suspects',
    );
    expect(formatProgress({ ...STATE, totalBytes: null, bytes: 999 }, 0, 'en')).toBe(
      'big.pcap  999 B  3 suspects',
    );
    expect(formatProgress({ ...STATE, name: 'a\u001b[2Jb' }, 0, 'zh-CN')).toContain('a\\x1b[2Jb');
  });

  it('writes at most four times a second, one line, and clears it', () => {
    const stream = terminal();
    let now = 0;
    const progress = new Progress(stream, 'en', () => now);
    for (; now < 1000; now += 10) progress.update(STATE);
    expect(stream.written).toHaveLength(3);
    for (const text of stream.written) {
      expect(text.startsWith('\r\u001b[K')).toBe(true);
      expect(text.length).toBeLessThanOrEqual(4 + 59);
    }
    progress.clear();
    progress.clear();
    expect(stream.written.slice(3)).toEqual(['\r\u001b[K']);
  });

  it('is for terminals and for those who want it', () => {
    const wants = { quiet: false, progress: true };
    expect(wantsProgress(terminal(), wants, {})).toBe(true);
    expect(wantsProgress({ ...terminal(), isTTY: false }, wants, {})).toBe(false);
    expect(wantsProgress(terminal(), { ...wants, quiet: true }, {})).toBe(false);
    expect(wantsProgress(terminal(), { ...wants, progress: false }, {})).toBe(false);
    expect(wantsProgress(terminal(), wants, { CI: 'true' })).toBe(false);
  });
});
