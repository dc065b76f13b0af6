import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import type { Verdict } from '../../src/model/verdict.js';
import { scanFrames } from '../support/scan-frames.js';
import { HAS_SHARED, readTranscript, SHARED } from '../support/transcripts.js';
import { VARIANTS } from '../support/variants.js';

/** What the sample sessions were composed with: who, what and how much must be read from them. */
interface Row {
  file: string;
  coin: string;
  expected_hashes_per_share: string;
  nominal_hashrate_hs: string;
  expected_account_or_wallet: string;
  expected_workers: string;
  pool_endpoint_in_stream: string;
}

const FOLDER = join(SHARED, 'reference', 'transcripts');
const rows: Row[] = HAS_SHARED
  ? parse(readFileSync(join(FOLDER, 'index.csv'), 'utf8'), { columns: true })
  : [];
/** Its content is not read. */
const readable = rows.filter(({ file }) => !file.startsWith('sv2-noise'));
const verdicts = new Map<string, Verdict | undefined>();
for (const { file } of readable) {
  const capture = VARIANTS.plain!(readTranscript(join(FOLDER, file)));
  const outcome = await scanFrames(capture);
  verdicts.set(
    file,
    outcome.verdicts.find(({ ip }) => ip === '10.0.0.1'),
  );
}

/** What these were composed without: a chain in the header, an address in its coin's alphabet. */
const NO_COIN = new Set(['btc-cgminer-gbt-http.jsonl', 'zano-progpowz-solo.jsonl']);
/** The capture is dated after the end of ETH, whose dialects ETC speaks. */
const tickerOf = ({ coin }: Row) => (coin.split(' ')[0] === 'ETH' ? 'ETC' : (coin.split(' ')[0] ?? ''));

describe.skipIf(!HAS_SHARED)('sample sessions', () => {
  it.each(readable)('$file: coin, wallet, workers and endpoint', (row) => {
    const verdict = verdicts.get(row.file);
    if (!NO_COIN.has(row.file)) {
      expect(verdict?.coins[0]).toMatchObject({ ticker: tickerOf(row) });
      expect(verdict?.coins[0]?.confidence).toBeGreaterThanOrEqual(0.5);
    }
    const wallet = row.expected_account_or_wallet;
    if (wallet !== '') expect(verdict?.wallets).toEqual([wallet]);
    const workers = row.expected_workers.split(';').filter((name) => name !== '');
    if (workers.length > 0) expect(verdict?.workers).toEqual(workers);
    const named = row.pool_endpoint_in_stream.split(/ ?\/ ?/).map((text) => text.replace(/:\d+$/, ''));
    const hosts = verdict?.pools.map(({ host }) => host) ?? [];
    if (row.pool_endpoint_in_stream !== '') expect(named.some((host) => hosts.includes(host))).toBe(true);
  });

  it('the interval of the hash rate holds the rate they were composed with', () => {
    const measured = readable.flatMap((row) => {
      const rate = verdicts.get(row.file)?.estimates?.hashrate ?? null;
      return row.nominal_hashrate_hs === '' || rate === null ? [] : [{ row, rate }];
    });
    const sure = measured.filter(({ rate }) => rate.shares >= 10);
    expect(sure.length).toBeGreaterThan(20);
    const missed = sure.filter(({ row, rate }) => {
      const nominal = Number(row.nominal_hashrate_hs);
      return nominal < rate.low || nominal > rate.high;
    });
    expect(missed.length / sure.length, missed.map(({ row }) => row.file).join()).toBeLessThanOrEqual(0.1);
  });

  it('shares of CryptoNote dialects all meet their targets', () => {
    const checked = readable.flatMap(({ file }) => {
      const verdict = verdicts.get(file);
      const proofs = verdict?.evidence.filter(({ item }) => item === 'P1') ?? [];
      return proofs.length === 0 ? [] : [{ file, proofs, shares: verdict?.estimates?.hashrate?.shares }];
    });
    expect(checked.length).toBeGreaterThan(8);
    for (const { file, proofs, shares } of checked) {
      expect(
        proofs.reduce((sum, { count }) => sum + count, 0),
        file,
      ).toBe(shares);
    }
  });
});
