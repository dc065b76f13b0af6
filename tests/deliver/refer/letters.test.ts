import fc from 'fast-check';
import { unzipSync } from 'fflate';
import readXlsxFile from 'read-excel-file/node';
import { describe, expect, it } from 'vitest';
import { workbookOf } from '../../../src/app/cli/refer-workbook.js';
import { toVerdictObject } from '../../../src/deliver/print/verdict-json.js';
import { writeDocx } from '../../../src/deliver/refer/docx.js';
import { addressName, fileNamePart } from '../../../src/deliver/refer/file-names.js';
import { escapeHtml, writeHtml } from '../../../src/deliver/refer/html.js';
import { writePackage } from '../../../src/deliver/refer/index.js';
import { REFER_MESSAGES } from '../../../src/deliver/refer/messages.js';
import { verifyPackage } from '../../../src/deliver/refer/package.js';
import { sheetsOf } from '../../../src/deliver/refer/sheets.js';
import { fillTemplate } from '../../../src/deliver/refer/template.js';
import { checkText } from '../../../src/deliver/refer/words.js';
import { siteChecks } from '../../../src/detect/cases/on-site.js';
import type { Referral } from '../../../src/model/referral.js';
import { levelTitle } from '../../../src/model/titles.js';
import { LEVELS } from '../../../src/model/verdict.js';
import { sampleEvidence, sampleSession, sampleVerdict } from '../samples.js';
import { bundledTemplates, HOSTILE, NO_EVIDENCE, packageOptions, sampleReferral, wordsIn } from './sample.js';

const LANGUAGES = ['en', 'zh-CN'] as const;

/** Hostile everywhere that traffic, tables or people can put a text. */
function hostileReferral(): Referral {
  const [script, image, formula, command, at, braces, condition, path, shell] = HOSTILE;
  const verdict = sampleVerdict({
    workers: [script, formula, command],
    agents: [image, at],
    wallets: [braces, condition],
    evidence: [sampleEvidence({ excerpt: HOSTILE.join(' ') })],
    pools: [
      {
        address: '198.51.100.7',
        port: 3333,
        host: script,
        operator: formula,
        country: 'US',
        tls: false,
      },
    ],
    nature: { active: [{ code: 'x', values: { names: script } }], passive: [], research: [] },
  });
  const plain = sampleReferral({}, verdict);
  const [address] = plain.addresses;
  if (address === undefined) throw new Error('no address');
  const session = {
    host: script,
    operator: formula,
    logins: [command],
    workers: [script],
    agents: [image],
    wallets: [braces],
    quote: at,
  };
  return {
    ...plain,
    document: path,
    office: image,
    contact: shell,
    unit: { id: formula, name: `${script}${braces}`, category: null, region: at, contacts: null },
    addresses: [
      {
        ...address,
        isp: command,
        verdict: toVerdictObject(verdict),
        sessions: address.sessions.map((one) => ({ ...one, ...session })),
        checks: siteChecks(verdict, [sampleSession()], null),
      },
    ],
  };
}

const filesOf = async (referral: Referral, language: 'en' | 'zh-CN') =>
  verifyPackage(
    await writePackage(
      referral,
      NO_EVIDENCE,
      packageOptions({
        words: wordsIn(language),
        templates: bundledTemplates(referral.profile, language),
        letters: ['docx', 'html'],
      }),
    ),
    null,
  ).files;

const textOf = (files: ReadonlyMap<string, Uint8Array>, name: string) =>
  Buffer.from(files.get(name) ?? new Uint8Array()).toString('utf8');

describe('letters', () => {
  it('call a coin possible that is not likely', async () => {
    const coins = [
      { ticker: 'LTC', basis: 'algorithm', confidence: 0.6 },
      { ticker: 'DOGE', basis: 'algorithm', confidence: 0.15 },
    ] as const;
    const files = await filesOf(sampleReferral({}, sampleVerdict({ coins })), 'zh-CN');
    expect(textOf(files, 'letter.html')).toContain('币种：LTC、 DOGE（可能）。');
  });

  it.each(LEVELS)('name the level %s in their language', async (level) => {
    const referral = sampleReferral({}, sampleVerdict({ level }));
    const files = await filesOf(referral, 'zh-CN');
    for (const name of ['letter.html', 'checklist.html']) {
      expect(textOf(files, name)).toContain(levelTitle('zh-CN', level));
      expect(textOf(files, name)).not.toContain(level);
    }
    const cells = [...sheetsOf(referral, wordsIn('zh-CN'))].flatMap(({ rows }) => [...rows].flat());
    expect(cells).toContain(levelTitle('zh-CN', level));
    expect(cells).not.toContain(level);
  });

  it('to an upper office name units, their categories and figures; what is not known is said', async () => {
    const { figures } = sampleReferral();
    const line = { ...figures, cases: 1, states: {}, highest_repeat_level: 0 };
    const unit = { id: 'U1', name: 'Unit one', category: 'school', region: 'Hangzhou' };
    const known = {
      miners: { addresses: 1, low: 2, high: 3 },
      energy: { addresses: 1, kwh_per_day: 31.5, kwh_per_day_low: 20, kwh_per_day_high: 50 },
    };
    const units = [
      { ...line, ...known, unit },
      { ...line, unit: null },
    ];
    const html = textOf(
      await filesOf(
        sampleReferral({ profile: 'office', unit: null, cases: [], addresses: [], units }),
        'zh-CN',
      ),
      'letter.html',
    );
    const rows = [...html.matchAll(/<tr>(.*?)<\/tr>/gs)].map(([row]) =>
      [...row.matchAll(/<td[^>]*>(.*?)<\/td>/gs)].map(([, cell]) => cell),
    );
    expect(rows).toContainEqual(['1', 'Unit one', '学校', 'Hangzhou', '1', '1', 'XMR', '2至3', '31.5']);
    expect(html).toContain('立案 2 件');
    expect(rows).toContainEqual(['2', '归属不明的地址', '不详', '不详', '1', '1', 'XMR', '不详', '不详']);
  });

  it('number the addresses', async () => {
    const plain = sampleReferral();
    const addresses = [...plain.addresses, ...plain.addresses];
    const html = textOf(await filesOf({ ...plain, addresses }, 'en'), 'letter.html');
    const numbers = [...html.matchAll(/<tr>\s*<td[^>]*>(.*?)<\/td>/gs)].map(([, cell]) => cell);
    expect(numbers).toEqual(['1', '2']);
  });

  it('count the connections that the table leaves out', async () => {
    const plain = sampleReferral();
    const [address] = plain.addresses;
    if (address === undefined) throw new Error('no address');
    const addresses = [{ ...address, sessions_left_out: 4 }];
    const html = textOf(await filesOf({ ...plain, addresses }, 'en'), 'letter.html');
    expect(html).toContain(`${address.sessions.length + 4} connection(s)`);
  });

  it('say that a coin is not known', async () => {
    const files = await filesOf(sampleReferral({}, sampleVerdict({ coins: [] })), 'zh-CN');
    expect(textOf(files, 'letter.html')).toContain('<td>不详</td>');
  });

  it.each([
    ['en', 'Quoted from the traffic', 'Recomputed from the traffic'],
    ['zh-CN', '流量原文摘录', '由流量重新计算'],
  ] as const)(
    'quote the traffic, and pass off nothing else as a quote (%s)',
    async (language, quoted, recomputed) => {
      const evidence = [
        sampleEvidence({ rule: 'stratum.cryptonote.share-proof', item: 'P1', excerpt: 'RECOMPUTED' }),
        sampleEvidence({ excerpt: 'LITERAL' }),
      ];
      const referral = sampleReferral({}, sampleVerdict({ evidence }));
      const html = textOf(await filesOf(referral, language), 'letter.html');
      expect(html).toMatch(new RegExp(`${quoted}[^<]*LITERAL`));
      expect(html).toMatch(new RegExp(`${recomputed}[^<]*RECOMPUTED`));
      expect(html).not.toMatch(new RegExp(`${quoted}[^<]*RECOMPUTED`));
    },
  );

  it.each(LANGUAGES)('say who, what, when, and name no placeholder (%s)', async (language) => {
    const files = await filesOf(sampleReferral(), language);
    const html = textOf(files, 'letter.html');
    for (const text of [
      '2021-17',
      'Unit one',
      '10.8.3.17',
      '50000',
      '198.51.100.7:3333',
      '2021-07-03 10:11:09',
    ])
      expect(html).toContain(text);
    expect(html).toContain(language === 'en' ? '15 November 2021' : '2021年11月15日');
    for (const name of ['letter.html', 'checklist.html']) expect(textOf(files, name)).not.toMatch(/\{\w+\}/);
    const docx = unzipSync(files.get('letter.docx') ?? new Uint8Array());
    const body = Buffer.from(docx['word/document.xml'] ?? new Uint8Array()).toString('utf8');
    for (const text of ['2021-17', 'Unit one', '10.8.3.17', '2021-07-03 10:11:09'])
      expect(body).toContain(text);
  });

  it.each(LANGUAGES)('let nothing act that traffic or tables supplied (%s)', async (language) => {
    const files = await filesOf(hostileReferral(), language);
    for (const name of ['letter.html', 'checklist.html']) {
      const html = textOf(files, name);
      expect(html).toContain('&lt;script&gt;');
      // Every tag of the page is one of the writer's own, without a handler or address.
      const tags = [...html.matchAll(/<\/?([a-z0-9!]+)([^>]*)>/gi)];
      const own =
        /^(?:!doctype|html|head|meta|title|style|body|p|h[123]|ul|li|table|colgroup|col|thead|tbody|tr|th|td)$/i;
      expect(tags.filter(([, tag = '']) => !own.test(tag))).toEqual([]);
      expect(tags.filter(([, , rest = '']) => /\son\w+=|href|src=/i.test(rest))).toEqual([]);
      // What looks like a template is shown, not filled in.
      expect(html).toContain('{unit_name}{{addresses}}');
    }
    for (const name of ['letter.docx', 'checklist.docx']) {
      const parts = unzipSync(files.get(name) ?? new Uint8Array());
      const body = Buffer.from(parts['word/document.xml'] ?? new Uint8Array()).toString('utf8');
      expect(body).not.toMatch(/<script|w:instrText[^>]*>[^<]*HYPERLINK|<w:hyperlink/);
      expect(Object.keys(parts).filter((part) => /vba|activeX|embeddings/i.test(part))).toEqual([]);
    }
    const sheet = unzipSync(files.get('addresses.xlsx') ?? new Uint8Array());
    for (const [part, bytes] of Object.entries(sheet))
      if (part.endsWith('.xml')) expect(Buffer.from(bytes).toString('utf8')).not.toMatch(/<f[ >]|<hyperlink/);
    expect(JSON.parse(textOf(files, 'referral.json'))).toEqual(hostileReferral());
    expect([...files.keys()].filter((name) => !/^[\w.-]+(?:\/[\w.-]+)?$/.test(name))).toEqual([]);
  });

  it('of any text are well-formed HTML of that text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const html = writeHtml([{ kind: 'paragraph', text }], { title: text, language: 'en' });
        expect(html).toContain(`<p class="paragraph">${escapeHtml(text)}</p>`);
        expect(escapeHtml(text)).not.toMatch(/[<>"']/);
      }),
    );
  });

  it('of any block are a document', async () => {
    const docx = await writeDocx(
      [
        { kind: 'title', text: 'a\u0000b' },
        { kind: 'table', columns: [{ title: 'x', width: 1 }], rows: [['1\n2'], []] },
      ],
      { title: 't', language: 'en' },
    );
    expect(Object.keys(unzipSync(docx))).toContain('word/document.xml');
  });
});

describe('the table', () => {
  it('has what an address look-up needs, as numbers and texts', async () => {
    const referral = sampleReferral();
    const bytes = Buffer.from(await workbookOf(sheetsOf(referral, wordsIn('en'))));
    const [connections, addresses] = await readXlsxFile(bytes);
    expect(connections?.sheet).toBe('Connections');
    const [titles = [], row = []] = connections?.data ?? [];
    const cell = (title: string) => row[titles.indexOf(title)];
    expect(cell('start')).toBe('2021-07-03 10:11:09 +08:00');
    expect(cell('source IP')).toBe('10.8.3.17');
    expect(cell('source port')).toBe(50_000);
    expect(cell('destination IP')).toBe('198.51.100.7');
    expect(cell('destination port')).toBe(3333);
    expect(cell('bytes from pool')).toBeNull();
    expect(cell('quoted message')).toBe('{"id":1,"method":"login"}');
    expect(cell('SHA-256 of the capture')).toBe('a'.repeat(64));
    expect(addresses?.data.length).toBe(2);
  });
});

describe('a template', () => {
  const values = {
    texts: { name: 'N', gone: null },
    parts: { list: [{ kind: 'item', text: 'i' }] as const },
  };
  const fill = (text: string) => fillTemplate('t.txt', text, values, '?');

  it('gives blocks by the mark of each line', () => {
    expect(
      fill(
        '; comment\n! {name}\n# T\n\n| to\nplain {name} {gone}\n- i\n{{list}}\n?gone: never\n?name: > right\n[] tick',
      ),
    ).toEqual([
      { kind: 'letterhead', text: 'N' },
      { kind: 'title', text: 'T' },
      { kind: 'addressee', text: 'to' },
      { kind: 'paragraph', text: 'plain N ?' },
      { kind: 'item', text: 'i' },
      { kind: 'item', text: 'i' },
      { kind: 'right', text: 'right' },
      { kind: 'check', text: 'tick' },
    ]);
  });

  it('tells every line that names what there is not', () => {
    expect(() => fill('{nmae}\nok\n{{lsit}}\n?nmae: x')).toThrow(
      /t\.txt:1: .*\{nmae\}.*\nt\.txt:3: .*\{\{lsit\}\}.*\nt\.txt:4: .*\?nmae/,
    );
    expect(() => fill('{toString}')).toThrow('expected one of');
  });

  it('is bounded', () => {
    expect(() => fill('x\n'.repeat(3000))).toThrow('at most');
  });
});

describe('the check list', () => {
  it('follows from the verdict', () => {
    const checks = siteChecks(
      sampleVerdict({ agents: ['XMRig/6.21.0'], algorithms: ['rx/0'], workers: ['rig-01'] }),
      [sampleSession()],
      'direct',
    );
    const codes = checks.map(({ code }) => code);
    expect(codes).toEqual(
      expect.arrayContaining(['locate-direct', 'look-xmrig', 'look-cpu', 'locate-names']),
    );
    expect(codes).not.toContain('photo-power');
    const farm = siteChecks(
      sampleVerdict({ agents: ['bmminer/2.0.0'], algorithms: ['sha256d'] }),
      [sampleSession()],
      'carrier-nat',
    ).map(({ code }) => code);
    expect(farm).toEqual(
      expect.arrayContaining(['locate-carrier', 'look-asic-api', 'look-asic', 'photo-power']),
    );
    expect(farm).not.toContain('look-xmrig');
  });

  it.each(LANGUAGES)('has a sentence for everything that can be on it (%s)', (language) => {
    const everything = ['xmrig-proxy', 'xmrig', 'cpuminer', 'cgminer', 't-rex', 'nicehash'].flatMap((agent) =>
      ['rx/0', 'ethash', 'sha256d'].flatMap((algorithm) =>
        ['direct', 'carrier-nat', null].flatMap((behind) =>
          siteChecks(
            sampleVerdict({ agents: [agent], algorithms: [algorithm], workers: ['w'], wallets: ['4w'] }),
            [sampleSession()],
            behind,
          ),
        ),
      ),
    );
    const words = wordsIn(language);
    const wrong = everything.filter((check) => {
      const text = checkText(check, words);
      return text === check.code || /\{|undefined/.test(text);
    });
    expect(wrong).toEqual([]);
    expect(everything.length).toBeGreaterThan(100);
  });
});

describe('names of files', () => {
  it('are of letters and digits, whatever they are made from, and differ where the texts do', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), fc.string({ unit: 'binary' }), (a, b) => {
        for (const text of [a, b]) {
          expect(fileNamePart(text)).toMatch(/^[\p{L}\p{N}〔〕（）_-]{1,80}$/u);
          expect(fileNamePart(text)).not.toMatch(/^[-_.]/);
        }
        if (a !== b) expect(fileNamePart(a)).not.toBe(fileNamePart(b));
      }),
    );
    expect(fileNamePart('杭网信通〔2026〕17号')).toBe('杭网信通〔2026〕17号');
    expect(fileNamePart('CON')).not.toBe('CON');
    for (const text of HOSTILE) expect(fileNamePart(text)).not.toMatch(/[./\\<>|;$'"]/);
    expect(addressName('2001:db8::1')).toBe('2001-db8--1');
  });
});

describe('the catalogue', () => {
  it('says everything in both languages, with the same names to fill in', () => {
    const names = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();
    const wrong = Object.entries(REFER_MESSAGES).filter(
      ([key, { en, 'zh-CN': zh }]) =>
        JSON.stringify(names(en)) !== JSON.stringify(names(zh)) ||
        (key !== 'repeat.0' && (en === '' || zh === '')),
    );
    expect(wrong).toEqual([]);
  });
});
