import { join } from 'node:path';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { declareEvidence } from '../../src/app/cli/evidence.js';
import { judge } from '../../src/app/pipeline/judge.js';
import { loadRules } from '../../src/app/pipeline/load-rules.js';
import { openStore } from '../../src/deliver/store/index.js';
import { Matcher } from '../../src/detect/rules/index.js';
import { Ledger } from '../../src/detect/verdict/ledger/ledger.js';
import type { SuspectFile } from '../../src/model/verdict.js';
import { temporaryFolder } from '../deliver/samples.js';
import { run } from '../detect/inspect/stratum/harness.js';
import { BITCOIN_125552, BLOCKS, sessionOf } from '../detect/inspect/stratum/published-blocks.js';
import { saidBy } from '../support/said.js';
import { Sqlite } from '../support/sqlite.js';

const rules = await loadRules([]);

/** Observation → evidence → suspects, as the sensor does it. */
function suspectsOf(block: (typeof BLOCKS)[number]): readonly SuspectFile[] {
  const matcher = new Matcher(rules);
  const ledger = new Ledger();
  for (const observation of run(sessionOf(block)).observations)
    ledger.add(observation, matcher.match(observation));
  return ledger.drain();
}

function stored(...blocks: readonly (typeof BLOCKS)[number][]): string {
  const path = join(temporaryFolder(), 'db.sqlite');
  const store = openStore(path);
  const runId = store.beginRun({ startedUs: 1, version: '0', rulesVersion: rules.version });
  for (const block of blocks) {
    const summary = {
      path: `${block.name}.pcap`,
      sha256: null,
      format: 'pcap',
      first: null,
      last: null,
      complete: true,
      problems: [],
    };
    store.saveInput(runId, {
      contentId: block.name,
      rulesVersion: rules.version,
      summary,
      suspects: suspectsOf(block),
      state: 'complete',
    });
  }
  store.close();
  return path;
}

async function verify(db: string, ...words: string[]) {
  const program = new Command('rigwatch')
    .option('--db <FILE>', '', db)
    .option('--json', '', false)
    .option('--lang <LANG>', '', 'en')
    .option('-q, --quiet', '', false)
    .exitOverride();
  declareEvidence(program);
  return saidBy(() => program.parseAsync(['evidence', 'verify', ...words], { from: 'user' }));
}

describe('rigwatch evidence verify', () => {
  it.each(BLOCKS)('$name: the verdict rests on the proof', (block) => {
    const [verdict] = judge(suspectsOf(block), rules);
    expect(verdict).toMatchObject({ level: 'confirmed', algorithms: [block.algorithm] });
    const proof = verdict?.evidence.find(({ item }) => item === 'P1');
    expect(proof).toMatchObject({
      rule: 'stratum.stratum-v1.share-proof',
      strength: 'decisive',
      weight: 9,
      count: 1,
      excerpt: expect.stringContaining(block.hash.slice(0, 40)),
    });
    expect(verdict?.reasons.map(({ code }) => code)).toContain('share-proved');
  });

  it('recomputes every stored proof from the stored bytes', async () => {
    const db = stored(...BLOCKS);
    const { stdout, stderr, code } = await verify(db, '--all');
    expect(code).toBe(0);
    for (const { hash } of BLOCKS) expect(stdout).toContain(hash);
    expect(stderr).toContain('3 proofs verified, 0 not');
    const lines = (await verify(db, '--json', '10.0.0.1')).stdout.trim().split('\n');
    expect(lines.map((line) => JSON.parse(line))).toEqual(
      BLOCKS.map(() =>
        expect.objectContaining({ schema: 'rigwatch.proof/1', ip: '10.0.0.1', verified: true }),
      ),
    );
    expect((await verify(db, '10.9.9.9')).stdout).toBe('');
  });

  it('says so when a stored proof was changed', async () => {
    const db = stored(BITCOIN_125552);
    const raw = new Sqlite(db);
    raw
      .prepare("UPDATE evidence SET proof = replace(proof, '9546a142', '9546a143') WHERE proof IS NOT NULL")
      .run();
    raw.close();
    const { stdout, code } = await verify(db, '--all');
    expect(code).toBe(1);
    expect(stdout).toContain('NOT verified: the hash is above the target');
  });

  it('wants an address, or --all', async () => {
    const db = stored(BITCOIN_125552);
    await expect(verify(db)).rejects.toMatchObject({ exitCode: 2 });
    await expect(verify(db, '--all', '10.0.0.1')).rejects.toMatchObject({ exitCode: 2 });
    await expect(verify(db, 'nonsense')).rejects.toMatchObject({ exitCode: 2 });
  });
});
