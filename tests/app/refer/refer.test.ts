import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { unzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { createProgram } from '../../../src/app/cli/main.js';
import { verifyPackage } from '../../../src/deliver/refer/package.js';
import type { Referral } from '../../../src/model/referral.js';
import { temporaryFolder } from '../../deliver/samples.js';
import { type Frame, pcapFile, tcpSession } from '../../support/frames.js';
import { jsonLines, saidBy } from '../../support/said.js';
import { bitcoinSession, moneroSession } from '../../support/sessions.js';

const schema: unknown = JSON.parse(
  readFileSync(fileURLToPath(new URL('../../../schemas/referral-1.schema.json', import.meta.url)), 'utf8'),
);
const isReferral = new Ajv2020({ allowUnionTypes: true }).compile(schema as object);

const MARCH_US = Date.parse('2026-03-02T01:00:00Z') * 1000;
const APRIL_US = Date.parse('2026-04-02T01:00:00Z') * 1000;
const [WALLET_A, WALLET_B] = [`48${'aliceWallet'.repeat(8)}12345`, `48${'boertWallet'.repeat(8)}12345`];

/** 10.1.0.9 is A's until March and B's from April; 10.1.0.77 is B's; 10.9.0.1 is of nobody. */
function capture(): Buffer {
  const of = (client: string, port: number, startUs: number, wallet: string, worker: string): Frame[] =>
    tcpSession(moneroSession(wallet, worker, 12, port), {
      client,
      clientPort: port,
      server: '198.51.100.44',
      serverPort: 14_444,
      startUs,
    });
  return pcapFile([
    ...of('10.1.0.9', 41_001, MARCH_US, WALLET_A, 'alice-desk'),
    ...tcpSession(bitcoinSession('farmacct', ['rig01', 'rig02', 'rig03'], 'cgminer/4.11.1', 12, 7), {
      client: '10.1.0.77',
      clientPort: 42_001,
      server: '198.51.100.21',
      serverPort: 3333,
      startUs: APRIL_US - 60e6,
    }),
    ...of('10.1.0.9', 41_002, APRIL_US, WALLET_B, 'boert-desk'),
    ...of('10.9.0.1', 43_001, APRIL_US + 3600e6, WALLET_A, 'alice-home'),
  ]);
}

const UNITS = `unit_id,name,category,region,range,valid_from,valid_to,contacts
A,Alpha School,school,North,10.1.0.9,2020-01-01,2026-03-31,Mr A 555
B,"<b>Beta</b> =1+1",enterprise,South,10.1.0.9,2026-04-01,,Ms B 556
B,"<b>Beta</b> =1+1",enterprise,South,10.1.0.77,,,
`;

async function rigwatch(db: string, ...words: string[]): Promise<string> {
  const program = createProgram();
  const args = ['--db', db, '--lang', 'en', '-q', ...words];
  return (await saidBy(() => program.parseAsync(args, { from: 'user' }))).stdout;
}

async function prepared(): Promise<{ folder: string; db: string; out: string }> {
  const folder = temporaryFolder();
  const [db, out] = [join(folder, 'd.sqlite'), join(folder, 'out')];
  mkdirSync(join(folder, 'secret-path'));
  const input = join(folder, 'secret-path', 'a.pcap');
  writeFileSync(input, capture());
  writeFileSync(join(folder, 'units.csv'), UNITS);
  await rigwatch(db, 'units', 'import', join(folder, 'units.csv'));
  await rigwatch(db, 'scan', input);
  await rigwatch(db, 'cases', 'update');
  return { folder, db, out };
}

const DOCUMENT = ['--document', '2026-17', '--date', '2026-05-01', '--deadline', '2026-05-15'];

/** Everything that is in a package, unpacked where it is itself a zip, as one text. */
function everything(bytes: Uint8Array): string {
  const parts: string[] = [];
  for (const [name, content] of verifyPackage(bytes, null).files) {
    parts.push(name);
    if (/\.(?:docx|xlsx)$/.test(name))
      for (const inner of Object.values(unzipSync(content))) parts.push(Buffer.from(inner).toString('utf8'));
    else parts.push(Buffer.from(content).toString('utf8'));
  }
  return parts.join('\n');
}

const referralOf = (bytes: Uint8Array) =>
  JSON.parse(Buffer.from(verifyPackage(bytes, null).files.get('referral.json') ?? '').toString()) as Referral;

describe('rigwatch refer', () => {
  it('gives each unit its own and marks the cases once the packages are there', async () => {
    const { db, out } = await prepared();
    const planned = jsonLines(
      await rigwatch(db, '--json', 'refer', 'build', '--all', ...DOCUMENT, '-o', out, '--dry-run'),
    );
    expect(planned.map(({ unit, sha256 }) => [unit, sha256])).toEqual([
      ['A', null],
      ['B', null],
      [null, null],
    ]);
    expect(existsSync(out)).toBe(false);

    const built = jsonLines(
      await rigwatch(
        db,
        '--json',
        'refer',
        'build',
        '--all',
        ...DOCUMENT,
        '-o',
        out,
        '--profile',
        'both',
        '--by',
        'Li',
      ),
    );
    expect(readdirSync(out).sort()).toEqual(
      ['A', 'B', 'case-3', 'office'].map((name) => `2026-17_${name}.zip`),
    );
    const [forA, forB, forNobody, office] = ['A', 'B', 'case-3', 'office'].map((name) =>
      readFileSync(join(out, `2026-17_${name}.zip`)),
    );
    if (!forA || !forB || !forNobody || !office) throw new Error('missing');
    for (const bytes of [forA, forB, forNobody, office]) {
      expect(verifyPackage(bytes, null).faults).toEqual([]);
      expect(isReferral(referralOf(bytes)), JSON.stringify(isReferral.errors)).toBe(true);
    }
    expect(built.map(({ unit, cases }) => [unit, cases])).toEqual([
      ['A', [2]],
      ['B', [1]],
      [null, [3]],
      [null, []],
    ]);

    for (const [name, bytes] of [['unit', forB] as const, ['office', office] as const]) {
      // When the case was opened is not decided by the input; verdict objects have tests of their own.
      const golden = JSON.stringify(
        referralOf(bytes),
        (field, value: unknown) => {
          if (field === 'opened') return 'now';
          if (field !== 'verdict') return value;
          const { schema, ip, level } = value as Referral['addresses'][number]['verdict'];
          return { schema, ip, level };
        },
        1,
      );
      await expect(`${golden}\n`).toMatchFileSnapshot(`golden/${name}.golden`);
    }

    // B: both of its addresses; of 10.1.0.9 only what is from when it was B's.
    const referral = referralOf(forB);
    expect(referral.addresses.map(({ verdict }) => verdict.ip).sort()).toEqual(['10.1.0.77', '10.1.0.9']);
    const shared = referral.addresses.find(({ verdict }) => verdict.ip === '10.1.0.9');
    expect(shared?.sessions.map(({ source_port }) => source_port)).toEqual([41_002]);
    expect(shared?.verdict.wallets).toEqual([WALLET_B]);
    expect(shared?.verdict.level).toBe('confirmed');
    expect(referral.left_out).toEqual({ 'sessions-of-other-owners': 1 });
    expect(shared?.captures).toEqual([
      { name: 'a.pcap', format: 'pcap', sha256: shared?.sessions[0]?.capture_sha256 },
    ]);
    const textB = everything(forB);
    expect(textB).toContain('boert-desk');
    for (const foreign of [
      'alice',
      WALLET_A,
      '41001',
      '2026-03',
      'Alpha',
      '10.9.0.1',
      '43001',
      'secret-path',
    ])
      expect(textB, foreign).not.toContain(foreign);

    const packets = Buffer.from(
      verifyPackage(forB, null).files.get('evidence/10.1.0.9.pcapng') ?? '',
    ).toString('latin1');
    expect(packets).toContain(WALLET_B);
    expect(packets).not.toContain('alice');
    expect(verifyPackage(forB, null).manifest?.evidence_log).toMatchObject({
      seq: expect.any(Number) as number,
    });

    // A: what was seen on the address before it moved on, and nothing of B.
    expect(referralOf(forA).addresses.map(({ verdict }) => [verdict.ip, verdict.wallets])).toEqual([
      ['10.1.0.9', [WALLET_A]],
    ]);
    const textA = everything(forA);
    expect(textA).toContain('alice-desk');
    for (const foreign of ['boert', WALLET_B, 'Beta', '10.1.0.77', 'Ms B', '41002', 'alice-home'])
      expect(textA, foreign).not.toContain(foreign);

    // Nobody's address: nothing of B.
    const textNobody = everything(forNobody);
    expect(textNobody).toContain('alice-home');
    for (const foreign of ['boert', WALLET_B, 'Beta', '10.1.0.', 'Ms B'])
      expect(textNobody).not.toContain(foreign);

    // The office: figures, and nothing that names a machine or a person.
    const figures = referralOf(office);
    expect(
      figures.units.map(({ unit, addresses, confirmed }) => [unit?.id ?? null, addresses, confirmed]),
    ).toEqual([
      ['A', 1, 1],
      ['B', 2, 2],
      [null, 1, 1],
    ]);
    const textOffice = everything(office);
    for (const detail of [
      '10.1.0.',
      '10.9.0.1',
      '198.51.100.',
      '41002',
      WALLET_A,
      WALLET_B,
      'rig01',
      'boert',
      'farmacct',
      'cgminer',
      'Ms B',
    ])
      expect(textOffice, detail).not.toContain(detail);

    const cases = jsonLines(await rigwatch(db, '--json', 'cases', 'list'));
    expect(cases.map(({ state, referral: one }) => [state, (one as { document: string }).document])).toEqual([
      ['referred', '2026-17'],
      ['referred', '2026-17'],
      ['referred', '2026-17'],
    ]);
    const listed = jsonLines(await rigwatch(db, '--json', 'refer', 'list'));
    expect(
      listed.map(({ document, date, deadline, cases: ids, file, by }) => [
        document,
        date,
        deadline,
        ids,
        file,
        by,
      ]),
    ).toEqual([
      ['2026-17', '2026-05-01', '2026-05-15', [2], '2026-17_A.zip', 'Li'],
      ['2026-17', '2026-05-01', '2026-05-15', [1], '2026-17_B.zip', 'Li'],
      ['2026-17', '2026-05-01', '2026-05-15', [3], '2026-17_case-3.zip', 'Li'],
    ]);
    expect(listed.map(({ sha256 }) => sha256)).toEqual(built.slice(0, 3).map(({ sha256 }) => sha256));

    // What waits for an answer is not referred again unless it is named.
    await rigwatch(db, 'refer', 'build', '--all', '--document', '2026-18', '-o', out);
    await rigwatch(db, 'refer', 'build', '1', '--document', '2026-19', '-o', out);
    expect(readdirSync(out).filter((name) => !name.startsWith('2026-17'))).toEqual(['2026-19_B.zip']);
  }, 60_000);

  it('writes nothing and marks nothing where it cannot do all', async () => {
    const { db, out } = await prepared();
    mkdirSync(out);
    const states = async () =>
      jsonLines(await rigwatch(db, '--json', 'cases', 'list')).map(({ state }) => state);
    const build = (...words: string[]) => rigwatch(db, 'refer', 'build', ...words, ...DOCUMENT, '-o', out);
    writeFileSync(join(out, '2026-17_case-3.zip'), 'theirs');
    await expect(build('--all')).rejects.toThrow('is there already');
    expect(readFileSync(join(out, '2026-17_case-3.zip'), 'utf8')).toBe('theirs');
    const templates = temporaryFolder();
    writeFileSync(join(templates, 'letter-unit.en.txt'), 'Dear {nobody}');
    await expect(build('--unit', 'B', '--template', templates)).rejects.toThrow(
      /letter-unit\.en\.txt:1: .*\{nobody\}/,
    );
    await expect(build()).rejects.toThrow('expected numbers of cases');
    await expect(build('99')).rejects.toThrow('case 99');
    await expect(build('--all', '--letter', 'pdf')).rejects.toThrow('docx, html');
    await expect(build('--unit', 'B', '--template', join(templates, 'none'))).rejects.toThrow(
      'expected a folder',
    );
    expect(readdirSync(out)).toEqual(['2026-17_case-3.zip']);
    expect(await states()).toEqual(['open', 'open', 'open']);
  }, 60_000);

  it('takes the templates of an office, as far as it has its own', async () => {
    const { db, out } = await prepared();
    const templates = temporaryFolder();
    writeFileSync(
      join(templates, 'letter-unit.en.txt'),
      '# Our own\nTo {unit_name}, {document}\n{{addresses}}',
    );
    await rigwatch(
      db,
      'refer',
      'build',
      '--unit',
      'B',
      ...DOCUMENT,
      '-o',
      out,
      '--template',
      templates,
      '--letter',
      'html',
    );
    const { files } = verifyPackage(readFileSync(join(out, '2026-17_B.zip')), null);
    const html = Buffer.from(files.get('letter.html') ?? '').toString();
    expect(html).toContain('<h1>Our own</h1>');
    expect(html).toContain('To &lt;b&gt;Beta&lt;/b&gt; =1+1, 2026-17');
    expect(Buffer.from(files.get('checklist.html') ?? '').toString()).toContain('On-site check list');
    expect(files.has('letter.docx')).toBe(false);
  }, 60_000);

  it('verify and show need no database, and say what does not hold', async () => {
    const { db, out, folder } = await prepared();
    await rigwatch(db, 'refer', 'build', '--unit', 'B', ...DOCUMENT, '-o', out, '--letter', 'html');
    const file = join(out, '2026-17_B.zip');
    const none = join(folder, 'none.sqlite');
    const [held] = jsonLines(await rigwatch(none, '--json', 'refer', 'verify', file));
    expect(held).toMatchObject({ holds: true, faults: [], package: { document: '2026-17', unit: 'B' } });
    const key = join(folder, 'key.pem');
    writeFileSync(key, verifyPackage(readFileSync(file), null).files.get('public-key.pem') ?? '');
    expect(jsonLines(await rigwatch(none, '--json', 'refer', 'verify', file, '--key', key))[0]).toMatchObject(
      {
        holds: true,
        expected_key: true,
      },
    );
    expect(await rigwatch(none, 'refer', 'show', file)).toContain('evidence/10.1.0.9.jsonl');
    const bytes = readFileSync(file);
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
    writeFileSync(file, bytes);
    expect(jsonLines(await rigwatch(none, '--json', 'refer', 'verify', file))[0]).toMatchObject({
      holds: false,
    });
    expect(await rigwatch(none, 'refer', 'verify', file)).toContain('does NOT hold');
    expect(readdirSync(folder)).not.toContain('none.sqlite');
    await expect(rigwatch(none, 'refer', 'verify', join(out, 'absent.zip'))).rejects.toThrow('no such file');
  }, 60_000);
});
