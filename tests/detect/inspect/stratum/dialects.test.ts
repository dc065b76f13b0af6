import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DIALECTS } from '../../../../src/detect/inspect/stratum/index.js';
import { randomFrom } from '../../../support/random.js';
import { type Line, type RunOptions, run } from './harness.js';
import { linesOf, respell, SAMPLES, type Sample } from './sessions.js';

const optionsOf = (sample: Sample): RunOptions =>
  sample.wrapper === undefined ? {} : { hints: { wrappers: [sample.wrapper] } };
const told = (sample: Sample, lines = linesOf(sample)) => run(lines, optionsOf(sample)).stratum;
/** Roles and names, without what depends on how messages were spelled. */
const gist = (sample: Sample, lines?: Line[]) =>
  told(sample, lines).map(({ quotes, ...rest }) => ({ ...rest, quoted: quotes.map((quote) => quote.role) }));

describe('the registry', () => {
  const names = DIALECTS.map((dialect) => dialect.name);

  it('has each name once, a sample and a row in the docs', () => {
    expect(new Set(names).size).toBe(names.length);
    expect(SAMPLES.map((sample) => sample.dialect).sort()).toEqual([...names].sort());
    const page = readFileSync(new URL('../../../../docs/dialects.md', import.meta.url), 'utf8');
    expect(names.filter((name) => !page.includes(`| \`${name}\` |`))).toEqual([]);
  });
});

describe.each(SAMPLES.map((sample) => [sample.dialect, sample] as const))('%s', (dialect, sample) => {
  const shares = sample.said.filter(([side, value]) => side === '>' && isShare(value)).length;

  it('is read from start to end', () => {
    const [first, ...others] = told(sample);
    expect(others).toEqual([]);
    expect(first).toMatchObject({ kind: 'stratum', dialect, part: 0, bothDirections: true });
    const roles = first!.roles;
    expect(roles.share).toBe(shares);
    expect(roles.job + roles.poll).toBeGreaterThanOrEqual(2 - Number(dialect === 'btcagent'));
    if (!['getwork', 'getblocktemplate', 'monero-daemon'].includes(dialect))
      expect(roles.shareLinked).toBe(shares);
    if (sample.unanswered !== true) expect(roles.shareAccepted + roles.shareRejected).toBe(shares);
    if (sample.login !== undefined) expect(first!.logins).toContain(sample.login);
    if (sample.worker !== undefined) expect(first!.workers).toContain(sample.worker);
    if (sample.agent !== undefined) expect(first!.agents).toContain(sample.agent);
    if (sample.coin !== undefined) expect(first!.coins.map((coin) => coin.ticker)).toContain(sample.coin);
    if (sample.algorithm !== undefined) expect(first!.algorithms).toContain(sample.algorithm);
    if (sample.hashes !== undefined) {
      expect(first!.shares.map((sum) => Math.round(sum.hashesPerShare ?? 0))).toContain(sample.hashes);
    }
    const sums = first!.shares.reduce((sum, group) => sum + group.submitted, 0);
    expect(sums).toBe(shares);
  });

  it('is the same however the stream is cut and joined', () => {
    const whole = told(sample);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 31 }), fc.integer({ min: 1, max: 200 }), (seed, most) => {
        const pieces = recut(linesOf(sample), seed, most);
        const { shares: _, ...first } = { ...told(sample, pieces)[0]! };
        const { shares: __, ...expected } = { ...whole[0]! };
        expect(first).toEqual(expected);
      }),
      { numRuns: 10 },
    );
  });

  it('is the same with other blanks, key order and escapes', () => {
    for (const seed of [1, 2, 3]) {
      const random = randomFrom(seed);
      const lines = linesOf(sample, (value) => `${respell(value, random)}${random() < 0.5 ? '\r\n' : '\n'}`);
      expect(gist(sample, lines)).toEqual(gist(sample));
    }
  });

  it('is the same without line ends', () => {
    const lines = linesOf(sample, (value) => JSON.stringify(value));
    if (sample.wrapper !== 'http') expect(gist(sample, lines)).toEqual(gist(sample));
  });

  it('is known from its middle', () => {
    if (sample.wrapper === 'http') return;
    for (let from = 1; from <= sample.handshake; from++) {
      const late = told(sample, linesOf(sample).slice(from))[0];
      expect(late?.roles.share).toBe(shares);
      expect(late?.roles.job).toBeGreaterThan(0);
      // Without its three-parameter login, XELIS is told by its shares.
      expect(late?.dialect).toBe(dialect);
    }
    const lines = linesOf(sample);
    const cut = lines.findIndex((line) => line.direction === 'to-client');
    const tail = { ...lines[cut]!, bytes: lines[cut]!.bytes.subarray(20) };
    const fromTail = told(sample, [tail, ...lines.slice(cut + 1)])[0];
    expect(fromTail?.roles.share).toBe(shares);
  });

  it('is known from the client alone, and from the server alone', () => {
    const lines = linesOf(sample);
    const client = told(
      sample,
      lines.filter((line) => line.direction === 'to-server'),
    )[0];
    const server = told(
      sample,
      lines.filter((line) => line.direction === 'to-client'),
    )[0];
    expect(client?.dialect).toBe(sample.clientOnly ?? dialect);
    expect(client?.roles).toMatchObject({
      share: sample.clientShares ?? shares,
      shareLinked: 0,
      shareAccepted: 0,
    });
    if (sample.wrapper === 'http') return;
    expect(server?.dialect).toBe(sample.serverOnly ?? dialect);
    expect(server?.roles).toMatchObject({ hello: 0, login: 0, share: 0 });
    expect(server!.roles.job).toBeGreaterThan(0);
  });

  it('turns the sides round where a guess had them wrong, and only there', () => {
    if (sample.wrapper !== undefined) return;
    const turned = run(linesOf(sample), { reversed: true, orientedBy: 'port' }).stratum[0];
    const { orientedBy: _, ...rest } = turned!;
    const { orientedBy: __, ...expected } = told(sample)[0]!;
    expect(rest).toEqual(expected);
    const kept = run(linesOf(sample), { reversed: true, orientedBy: 'handshake' }).stratum[0];
    expect(kept?.roles.job ?? 0).toBe(0);
    expect(kept?.roles.share ?? 0).toBe(0);
  });
});

function isShare(value: unknown): boolean {
  if (Buffer.isBuffer(value)) return value[1] === 0x02 || value[1] === 0x12;
  const { method, type, identifier, mbl_blob, miner_work, block_template, params } = value as Record<
    string,
    unknown
  >;
  if (method === 'getwork') return Array.isArray(params) && params.length === 1;
  if (mbl_blob !== undefined || miner_work !== undefined || block_template !== undefined) return true;
  const shareWords = [
    'mining.submit',
    'submit',
    'eth_submitWork',
    'ctxc_submitWork',
    'solution',
    'solved',
    'submitblock',
  ];
  return shareWords.includes(String(method ?? type ?? identifier));
}

/** Joins what one side said in a row, then cuts it into pieces of 1 to `most` bytes. */
function recut(lines: readonly Line[], seed: number, most: number): Line[] {
  const random = randomFrom(seed);
  return lines.flatMap((line) => {
    const pieces: Line[] = [];
    for (let at = 0; at < line.bytes.length; ) {
      const next = at + 1 + Math.floor(random() * most);
      pieces.push({ ...line, bytes: line.bytes.subarray(at, next) });
      at = next;
    }
    return pieces;
  });
}
