import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { MAX_HASHED_SHARES } from '../../src/detect/inspect/stratum/prover.js';
import { scanFile } from '../support/scan-frames.js';
import { HAS_SHARED, SHARED } from '../support/transcripts.js';

/** Real captures with labels: what must be found, what must be left alone, what must be survived. */
interface Label {
  path: string;
  class: string;
  miner_ips: string;
  coin: string;
  agent: string;
  workers: string;
  notes: string;
}

const CORPUS = join(SHARED, 'corpus');
const labels: Label[] = HAS_SHARED ? parse(readFileSync(join(CORPUS, 'labels.csv')), { columns: true }) : [];
const captures = labels.filter((label) => label.path.startsWith('captures/'));
const isProbe = (label: Label) => label.notes.startsWith('PROBE');
const isHeaderOnly = (label: Label) => label.notes.includes('header-only');

/** Accepted shares whose job and extranonce were captured; of headers at most MAX_HASHED_SHARES are checked. */
const PROVABLE: ReadonlyMap<string, number> = new Map([
  ['peafowl__monero.pcap', 30],
  ['coiniumserv__litecoin-testnet-mini.pcapng', MAX_HASHED_SHARES],
  ['coiniumserv__litecoin-testnet-v1.pcapng', MAX_HASHED_SHARES],
  ['coiniumserv__litecoin-testnet-v2.pcapng', MAX_HASHED_SHARES],
]);

describe.skipIf(!HAS_SHARED)('real captures', () => {
  it.each(captures.filter((label) => label.class === 'mining' && !isProbe(label) && !isHeaderOnly(label)))(
    'names the miner of $path',
    async (label) => {
      const { verdicts } = await scanFile(join(CORPUS, label.path));
      const flagged = verdicts.filter(({ level }) => level === 'confirmed' || level === 'probable');
      expect(flagged.map(({ ip, level }) => `${ip} ${level}`)).toEqual([`${label.miner_ips} confirmed`]);
      const verdict = flagged[0];
      if (label.agent !== '') expect(verdict?.agents.join(' ')).toContain(label.agent);
      if (label.workers !== '') {
        const [account = '', ...rest] = label.workers.split('.');
        expect(verdict?.wallets).toEqual([account]);
        // A payment id is no worker.
        expect(verdict?.workers).toEqual(rest.filter((name) => !/^[0-9a-f]{63,64}$/.test(name)));
      }
      // No coin is called likely that the label does not name; one that it names for sure is.
      const likely = verdict?.coins.filter(({ confidence }) => confidence >= 0.5) ?? [];
      for (const { ticker } of likely) expect(label.coin.split(' ')).toContain(ticker);
      if (!label.coin.includes(' ')) expect(likely[0]?.ticker).toBe(label.coin);
      const names = [
        ...(verdict?.wallets ?? []),
        ...(verdict?.workers ?? []),
        ...(verdict?.evidence ?? []).map(({ excerpt }) => excerpt),
      ];
      const proved = verdict?.evidence.filter(({ item }) => item === 'P1') ?? [];
      const shares = PROVABLE.get(basename(label.path));
      if (shares !== undefined) expect(proved.reduce((sum, { count }) => sum + count, 0)).toBe(shares);
      for (const worker of label.workers.split(';')) {
        expect(
          names.some((name) => name.includes(worker) || worker.includes(name)),
          `${worker} in ${names}`,
        ).toBe(true);
      }
    },
  );

  it.each(captures.filter(isProbe))('takes the prober of $path for a prober', async (label) => {
    const { verdicts } = await scanFile(join(CORPUS, label.path));
    expect(verdicts.filter(({ level }) => level !== 'suspected')).toEqual([]);
    const prober = verdicts.find(({ ip }) => ip === label.miner_ips);
    expect(prober?.reasons.map(({ code }) => code)).toContain('prober');
  });

  it('flags nobody in negative, node and malformed captures, and survives them all', {
    timeout: 300_000,
  }, async () => {
    const others = captures.filter((label) => label.class !== 'mining');
    expect(others.length).toBeGreaterThan(1000);
    const flagged: string[] = [];
    for (const label of others) {
      try {
        const { verdicts } = await scanFile(join(CORPUS, label.path));
        for (const { ip, level } of verdicts)
          if (level !== 'suspected') flagged.push(`${label.path}: ${ip} ${level}`);
      } catch (error) {
        if (!(error instanceof Error) || error.name !== 'InputError')
          throw new Error(label.path, { cause: error });
      }
    }
    expect(flagged).toEqual([]);
  });
});
