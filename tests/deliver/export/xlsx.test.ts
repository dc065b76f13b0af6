import { Writable } from 'node:stream';
import { strFromU8, unzipSync } from 'fflate';
import readSheets from 'read-excel-file/node';
import { describe, expect, it } from 'vitest';
import { cellXml, columnLetters, escapeXml } from '../../../src/deliver/export/xlsx-cells.js';
import { XlsxWorkbook } from '../../../src/deliver/export/xlsx-workbook.js';
import { toVerdictObject } from '../../../src/deliver/print/verdict-json.js';
import { HOSTILE, sampleVerdict } from '../samples.js';
import { exportedBytes, sampleConversation, samplePool, selectionOf } from './selection.js';

const unit = { id: 'U-1', name: '=HYPERLINK("http://x")', category: 'school', region: '杭州' };
const verdicts = [
  toVerdictObject(sampleVerdict({ unit })),
  toVerdictObject(sampleVerdict({ ip: '10.8.3.18', level: 'probable', unit, miners: null })),
];
const selection = selectionOf('suspects', {
  verdicts,
  conversations: [sampleConversation()],
  pools: [samplePool()],
});

function collected() {
  const chunks: Buffer[] = [];
  const out = new Writable({
    write(chunk: Buffer, _encoding, done) {
      chunks.push(Buffer.from(chunk));
      done();
    },
  });
  return { out, chunks };
}

type Sheets = { sheet: string; data: unknown[][] }[];

async function sheetsOf(bytes: Buffer): Promise<Map<string, unknown[][]>> {
  const sheets = (await readSheets(bytes)) as unknown as Sheets;
  return new Map(sheets.map(({ sheet, data }) => [sheet, data]));
}

describe('xlsx', () => {
  it('has its sheets in order, real dates and numbers, and texts as texts', async () => {
    const sheets = await sheetsOf(await exportedBytes('xlsx', selection));
    expect([...sheets.keys()]).toEqual(['Overview', 'IPs', 'Sessions', 'Units']);
    const [head, first, second] = sheets.get('IPs') ?? [];
    const cell = (row: unknown[] | undefined, title: string) => row?.[head?.indexOf(title) ?? -1];
    expect(cell(first, 'address')).toBe('10.8.3.17');
    expect(cell(first, 'score')).toBe(0.998);
    expect(cell(first, 'first seen (UTC)')).toEqual(new Date('2021-07-03T02:11:09.120Z'));
    expect(cell(first, 'name of unit')).toBe('=HYPERLINK("http://x")');
    expect(cell(second, 'miners, at least')).toBeNull();
    expect(sheets.get('Sessions')).toHaveLength(3);
    expect(sheets.get('Units')?.[1]).toEqual(['U-1', unit.name, 'school', '杭州', 2, 1, 1, null]);
    expect(sheets.get('Overview')).toContainEqual(['level: confirmed', 1]);
  });

  it('adds up for a unit only what was measured', async () => {
    const [first] = verdicts;
    if (first === undefined) throw new Error('no verdict');
    const energy = {
      kwh: 2,
      low: 1,
      high: 3,
      kwh_per_day: 5,
      co2_kg: null,
      co2_factor: null,
      coal_kg: null,
      coal_factor: null,
    };
    const measured = { ...first, energy: { ...energy, basis: 'hash rate, efficiency of rx/0 cpu' } };
    const assumed = {
      ...first,
      ip: '10.8.3.19',
      energy: { ...energy, basis: 'not measured: cpu machines, 1 to 1' },
    };
    const sheets = await sheetsOf(
      await exportedBytes('xlsx', selectionOf('suspects', { verdicts: [measured, assumed] })),
    );
    expect(sheets.get('Units')?.[1]?.at(-1)).toBe(2);
  });

  it('is Chinese if asked, and lists pools', async () => {
    const chinese = await sheetsOf(await exportedBytes('xlsx', selection, { language: 'zh-CN' }));
    expect([...chinese.keys()]).toEqual(['概览', '地址', '会话', '单位']);
    expect(chinese.get('单位')?.[1]?.slice(2, 4)).toEqual(['学校', '杭州']);
    const pools = selectionOf('pools', { pools: [samplePool()] });
    const sheets = await sheetsOf(await exportedBytes('xlsx', pools));
    expect([...sheets.keys()]).toEqual(['Overview', 'Pools']);
    expect(sheets.get('Pools')?.[1]?.slice(0, 2)).toEqual(['198.51.100.7', 3333]);
  });

  it('holds no formula, link, macro or reference to anything outside, whatever names say', async () => {
    const names = [HOSTILE, '=1+1', '@SUM(A1)', '<f>1+1</f>', ']]>&lt;', '_x003D_1+1', '\ufffe\uffff\ud800'];
    const hostile = names.map((name) =>
      toVerdictObject(
        sampleVerdict({
          unit: { id: name, name, category: name, region: name },
          pools: [
            { address: '198.51.100.7', port: 1, host: name, operator: name, country: null, tls: false },
          ],
          coins: [{ ticker: name, basis: 'job', confidence: 1 }],
        }),
      ),
    );
    const bytes = await exportedBytes('xlsx', selectionOf('suspects', { verdicts: hostile }), {
      office: '=1',
    });
    const parts = unzipSync(bytes);
    expect(Object.keys(parts).sort()).toEqual(
      [
        '[Content_Types].xml',
        '_rels/.rels',
        'xl/_rels/workbook.xml.rels',
        'xl/styles.xml',
        ...[1, 2, 3, 4].map((at) => `xl/worksheets/sheet${at}.xml`),
        'xl/workbook.xml',
      ].sort(),
    );
    for (const [path, part] of Object.entries(parts)) {
      const xml = strFromU8(part);
      expect(xml).not.toMatch(/<f[ >]|<hyperlink|TargetMode|externalLink|ddeLink/);
      if (path.startsWith('xl/worksheets'))
        expect(xml).not.toMatch(/[\u0000-\u0008\ufffe\uffff]|_x003D_(?<!_x005F_x003D_)/);
    }
    const sheets = await sheetsOf(bytes);
    expect(sheets.get('IPs')?.[2]?.[1]).toBe('=1+1');
  });

  it('prints readably: pages side by side, the heading and the keys on each, rows as high as their texts', async () => {
    const { out, chunks } = collected();
    const book = await XlsxWorkbook.open(out);
    const columns = Array.from({ length: 10 }, (_, at) => ({ title: `c${at}`, width: 40 }));
    const rows = [['x'.repeat(100), '矿'.repeat(100), 1], ['short']];
    await book.addSheet("it's wide", columns, rows, { keys: 2, wraps: true });
    await book.addSheet('narrow', columns.slice(0, 3), rows);
    await book.finish(['narrow']);
    const parts = unzipSync(Buffer.concat(chunks));
    const part = (name: string) => strFromU8(parts[name] ?? new Uint8Array());
    const [wide, narrow] = ['xl/worksheets/sheet1.xml', 'xl/worksheets/sheet2.xml'].map(part);
    // 400 characters, 80 of them on each page: at 70 % a page takes 211.
    expect(wide).toContain('fitToWidth="3" fitToHeight="0"');
    expect(narrow).toContain('fitToWidth="1" fitToHeight="0"');
    expect(part('xl/workbook.xml')).toContain(
      `localSheetId="1">'it''s wide'!$A:$B,'it''s wide'!$1:$1</definedName>`,
    );
    expect(part('xl/workbook.xml')).toContain(`localSheetId="0">'narrow'!$1:$1</definedName>`);
    expect(wide).toContain('topLeftCell="C2"');
    expect([...(wide ?? '').matchAll(/ ht="(\d+)"/g)].map(([, height]) => height)).toEqual([
      '15',
      '90',
      '15',
    ]);
    expect(narrow).not.toContain(' ht=');
  });

  it('goes on in a second sheet where the first is full', async () => {
    const { out, chunks } = collected();
    const book = await XlsxWorkbook.open(out, 3);
    await book.addSheet('IPs', [{ title: 'address', width: 9 }], [['a'], ['b'], ['c']]);
    await book.addSheet('Units', [{ title: 'unit', width: 9 }], []);
    await book.finish(['Units', 'IPs']);
    const sheets = await sheetsOf(Buffer.concat(chunks));
    expect([...sheets]).toEqual([
      ['Units', [['unit']]],
      ['IPs', [['address'], ['a'], ['b']]],
      ['IPs 2', [['address'], ['c']]],
    ]);
  });

  it('writes cells that spreadsheets read as they were', () => {
    expect(cellXml('A1', 1.5)).toBe('<c r="A1"><v>1.5</v></c>');
    expect(cellXml('A1', Number.NaN)).toBe('');
    expect(cellXml('A1', 'x'.repeat(40_000)).length).toBeLessThan(33_000);
    expect(escapeXml('_x0041_ <&> "')).toBe('_x005F_x0041_ &lt;&amp;&gt; &quot;');
    expect([0, 25, 26, 701, 702].map(columnLetters)).toEqual(['A', 'Z', 'AA', 'ZZ', 'AAA']);
  });
});
