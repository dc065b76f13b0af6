import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { contentKey, loadRules, readRuleTexts } from '../../../src/app/pipeline/load-rules.js';
import { prereadRules } from '../../../src/app/pipeline/preread-rules.js';
import { parseRules, runExamples } from '../../../src/detect/rules/index.js';
import { BASES } from '../../../src/detect/rules/kinds/endpoint.js';
import { GUARD_IDS } from '../../../src/detect/rules/kinds/guard.js';
import { MAX_WAYS, patternFault } from '../../../src/detect/rules/syntax/pattern.js';
import { HAS_SHARED, SHARED } from '../../support/transcripts.js';

const rules = await loadRules([]);

describe('the bundled rules', () => {
  it('hold thousands of endpoints, every endpoint basis and every guard', () => {
    expect(rules.pools.rows.length).toBeGreaterThan(3000);
    const endpoints = rules.rules.filter((rule) => rule.kind === 'endpoint');
    expect(new Set(endpoints.map(({ basis }) => basis))).toEqual(new Set(BASES));
    expect(
      rules.rules
        .filter(({ kind }) => kind === 'guard')
        .map(({ id }) => id)
        .sort(),
    ).toEqual([...GUARD_IDS].sort());
  });

  it('carry the weights of the evidence table', () => {
    const weights = new Map(
      rules.rules.flatMap((rule) => ('weight' in rule ? [[rule.id, rule.weight]] : [])),
    );
    expect(Object.fromEntries(weights)).toMatchObject({
      'stratum.*.mining': 8,
      'stratum.*.login': 6.5,
      'stratum.*.midstream': 6,
      'stratum.*.poll': 6,
      'stratum.*.attempt': 3.5,
      'stratum.*.web-miner': 6,
      'stratum.*.noise': 2.5,
      'endpoint.sni': 5,
      'endpoint.dns-flow': 5,
      'endpoint.dns-flow-shared': 4,
      'endpoint.ip-port': 3.5,
      'endpoint.ip': 1.5,
      'endpoint.dns-lookup': 1.5,
    });
    expect(rules.guards.prober).toEqual({
      weight: -6,
      minEndpoints: 10,
      windowSeconds: 3600,
      medianSeconds: 60,
      minChecks: 10,
      watchSeconds: 1800,
    });
  });

  it('pass their own examples', () => {
    const results = runExamples(rules).flatMap(({ id, results }) =>
      results.map((result) => ({ id, ...result })),
    );
    expect(results.length).toBeGreaterThan(100);
    expect(results.filter(({ wrong }) => wrong !== null)).toEqual([]);
  });

  it('say the same when read beforehand', async () => {
    const preread = JSON.parse(JSON.stringify(await prereadRules())) as Record<string, unknown>;
    const texts = await readRuleTexts([]);
    const again = parseRules(
      texts.map((one) => ({ ...one, preread: preread[contentKey(one.text)] ?? null })),
    );
    expect(Object.keys(preread)).toHaveLength(
      texts.filter(({ path }) => /\.yaml$|pools\.csv$/.test(path)).length,
    );
    expect(again.rules).toEqual(rules.rules);
    expect(again.guards).toEqual(rules.guards);
    expect(again.pools.rows).toEqual(rules.pools.rows);
  });

  it('name programs by the longest fitting token', () => {
    expect(rules.programOf('xmrig-proxy/6.26.0 (Linux)')?.program).toBe('xmrig-proxy');
    expect(rules.programOf('XMRig/6.26.0 (Linux)')?.program).toBe('XMRig');
    expect(rules.programOf('Mozilla/5.0')).toBeNull();
  });

  it('have wallet patterns that cannot be slow', () => {
    expect(rules.wallets.length).toBeGreaterThan(50);
    for (const { pattern } of rules.wallets) expect(patternFault(pattern)).toBeNull();
    expect(MAX_WAYS).toBe(1_000_000);
  });

  it.skipIf(!HAS_SHARED)('know no name of the benign sample', () => {
    const names = readFileSync(join(SHARED, 'behaviour-data', 'benign_names.csv'), 'utf8')
      .split('\n')
      .slice(1)
      .map((line) => line.split(',')[1] ?? '');
    expect(names.length).toBeGreaterThan(1000);
    expect(names.filter((name) => rules.pools.ofName(name) !== null)).toEqual([]);
  });
});
