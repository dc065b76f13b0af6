import fc from 'fast-check';
import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { TableError } from '../../../src/base/errors.js';
import { parseDate } from '../../../src/intake/tables/cells.js';
import { readDeclarations } from '../../../src/intake/tables/declarations.js';
import { TableFaults } from '../../../src/intake/tables/faults.js';
import { MAX_FAULTS } from '../../../src/intake/tables/limits.js';
import { readResults } from '../../../src/intake/tables/results.js';
import { categoryOf, readUnits } from '../../../src/intake/tables/units.js';
import { HOSTILE } from '../../deliver/samples.js';

const CHINA = 480;
const read = (bytes: Uint8Array | string, offset = CHINA) =>
  readUnits(Buffer.from(bytes), new TableFaults('units.csv'), offset);

async function faultsOf(bytes: Uint8Array | string): Promise<string[]> {
  try {
    await read(bytes);
  } catch (error) {
    if (error instanceof TableError) return error.faults.map(({ line, message }) => `${line} ${message}`);
    throw error;
  }
  return [];
}

/** GB 18030 of the few characters of the test, from the published code table (GB/T 2312 rows). */
const GB: Readonly<Record<string, number>> = {
  单: 0xb5a5,
  位: 0xcebb,
  编: 0xb1e0,
  号: 0xbac5,
  名: 0xc3fb,
  称: 0xb3c6,
  类: 0xc0e0,
  别: 0xb1f0,
  地: 0xb5d8,
  址: 0xd6b7,
  段: 0xb6ce,
  学: 0xd1a7,
  校: 0xd0a3,
  甲: 0xbcd7,
  大: 0xb4f3,
};
function gb18030(text: string): Buffer {
  return Buffer.from(
    [...text].flatMap((char) => {
      const code = GB[char];
      return code === undefined ? [char.charCodeAt(0)] : [code >> 8, code & 255];
    }),
  );
}

const CHINESE = '单位编号,单位名称,单位类别,IP地址段\nU1,甲大学,学校,10.0.0.0/24\n';

describe('the register of units', () => {
  it.each([
    ['UTF-8', Buffer.from(CHINESE)],
    ['UTF-8 with a mark', Buffer.from(`\ufeff${CHINESE}`)],
    ['UTF-16', Buffer.from(`\ufeff${CHINESE}`, 'utf16le')],
    ['GB 18030', gb18030(CHINESE)],
    ['tabs and CRLF', Buffer.from(CHINESE.replaceAll(',', '\t').replaceAll('\n', '\r\n'))],
    [
      'full-width commas and digits',
      Buffer.from(CHINESE.replaceAll(',', '，').replace('10.0.0.0/24', '１０．0.0.0/24')),
    ],
    [
      'JSON',
      Buffer.from('[{"单位编号":"U1","单位名称":"甲大学","单位类别":"学校","IP地址段":["10.0.0.0/24"]}]'),
    ],
    [
      'JSON lines',
      Buffer.from('{"unit_id":"U1","name":"甲大学","category":"school","range":"10.0.0.0/24"}\n'),
    ],
    [
      'XLSX',
      xlsx([
        ['单位编号', '单位名称', '单位类别', 'IP地址段'],
        ['U1', '甲大学', '学校', '10.0.0.0/24'],
      ]),
    ],
  ])('reads %s', async (_name, bytes) => {
    const { units, ranges } = await read(bytes);
    expect(units).toEqual([
      { id: 'U1', name: '甲大学', category: 'school', regionCode: null, region: null, contacts: null },
    ]);
    expect(ranges).toEqual([
      expect.objectContaining({ unitId: 'U1', first: '10.0.0.0', last: '10.0.0.255' }),
    ]);
  });

  it('takes dates at the zone of the office, ends included, and several ranges a cell', async () => {
    const { ranges } = await read(
      'unit_id,name,range,valid_from,valid_to\nU1,One,"10.0.0.1 - 10.0.0.9; 2001:db8::/64",2021-01-02,2021/1/3\n',
    );
    expect(ranges).toHaveLength(2);
    expect(ranges[0]).toMatchObject({
      fromUs: Date.parse('2021-01-02T00:00+08:00') * 1000,
      toUs: Date.parse('2021-01-04T00:00+08:00') * 1000,
    });
  });

  it('tells all that is wrong at once, with row and what was expected', async () => {
    expect(
      await faultsOf(
        'unit_id,name,category,range,valid_from,kind,ports\n' +
          ',x,school,10.0.0.0/8,,,\n' +
          'U9,Nine,castle,10.0.0.300,2021-13-01,,\n' +
          'U8,Eight,,10.0.0.1,,direct,1-2\n' +
          'U7,,,10.0.0.2,,,\n' +
          'U6,Six,,10.0.0.3,,,\nU6,Sieben,,10.0.0.4,,,\n',
      ),
    ).toEqual([
      '2 unit_id: expected a text, found nothing',
      expect.stringMatching(/^3 category: expected one of party-government.*found "castle"$/),
      expect.stringMatching(/^3 range: expected .*found "10\.0\.0\.300"$/),
      expect.stringMatching(/^3 valid_from: expected a date.*found "2021-13-01"$/),
      expect.stringMatching(/^4 ports: expected no ports/),
      expect.stringMatching(/^7 unit U6: expected the same name.*row 6$/),
      expect.stringMatching(/^5 name: expected the name of unit U7/),
    ]);
  });

  it('names a column as the file does', async () => {
    expect(
      await faultsOf(
        '单位编号,单位名称,* 单位类别（可选）,IP地址段,启用日期,停用日期\nU1,甲,城堡,10.0.0.1,2021-02-01,2021-01-01\n',
      ),
    ).toEqual([
      expect.stringMatching(/^2 \* 单位类别（可选）: expected one of/),
      expect.stringMatching(/^2 停用日期: expected a date after 启用日期, found "2021-01-01"$/),
    ]);
  });

  it('knows a category by its English and its Chinese name, and no other', () => {
    expect(['School', '学校', ' 高校 ', '中学'].map(categoryOf)).toEqual([
      'school',
      'school',
      'school',
      null,
    ]);
    expect(categoryOf('constructor')).toBeNull();
  });

  it('refuses titles that it does not know, and files without the columns it needs', async () => {
    expect(await faultsOf('unit_id,name,rang\nU1,One,10.0.0.1\n')).toEqual([
      expect.stringContaining('unknown column "rang"'),
      expect.stringContaining('expected a column range (IP地址段) or first_ip (起始IP)'),
    ]);
    expect(await faultsOf('')).toEqual(['0 expected a header line, found an empty file']);
    expect(await faultsOf('unit_id,name,range\n"U1,One\n')).toEqual([
      expect.stringContaining('expected CSV'),
    ]);
    expect(await faultsOf(Buffer.from([0x41, 0xff, 0xff, 0x80]))).toEqual([
      expect.stringContaining('UTF-8, GB 18030'),
    ]);
    expect(await faultsOf(Buffer.from([0xd0, 0xcf, 0x11, 0xe0]))).toEqual([
      expect.stringContaining('old XLS'),
    ]);
    expect(await faultsOf('[1, 2]')).toEqual([
      '1 expected an object',
      '2 expected an object',
      expect.any(String),
    ]);
  });

  it('counts faults beyond the first hundred', async () => {
    const rows = Array.from({ length: 500 }, (_, at) => `U${at},x,nothing`).join('\n');
    const error = await read(`unit_id,name,range\n${rows}\n`).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(TableError);
    expect((error as TableError).faults).toHaveLength(MAX_FAULTS);
    expect((error as TableError).message).toContain('and 400 more faults');
  });

  it('keeps hostile text as text', async () => {
    const text = JSON.stringify([
      { unit_id: '__proto__', name: HOSTILE, range: '10.0.0.1', region: 'constructor' },
    ]);
    const { units } = await read(text);
    expect(units[0]).toMatchObject({ id: '__proto__', name: HOSTILE.trim(), region: 'constructor' });
    expect(
      await faultsOf('[{"unit_id":"U1","name":"x","range":"10.0.0.1","category":"constructor"}]'),
    ).toEqual([expect.stringContaining('found "constructor"')]);
    expect(await faultsOf('[{"unit_id":"U1","__proto__":"x","range":"10.0.0.1"}]')).toEqual([
      expect.stringContaining('unknown column "__proto__"'),
    ]);
  });
});

describe('hostile workbooks', () => {
  it('are refused before they are unpacked', async () => {
    const blanks = new Uint8Array(300 * 1024 * 1024);
    const bomb = zipSync({ 'xl/worksheets/sheet1.xml': blanks });
    expect(bomb.length).toBeLessThan(1024 * 1024);
    expect(await faultsOf(bomb)).toEqual([expect.stringContaining('bytes once unpacked')]);
  }, 60_000);

  it('cannot lie about their size', async () => {
    const bytes = Buffer.from(xlsx([['unit_id']]));
    // Declared sizes in the directory (offset 24 of each entry) become one byte.
    for (let at = bytes.indexOf('PK\u0001\u0002'); at >= 0; at = bytes.indexOf('PK\u0001\u0002', at + 4))
      bytes.writeUInt32LE(1, at + 24);
    expect(await faultsOf(bytes)).not.toEqual([]);
  });

  it('cannot name a cell at the end of the world', async () => {
    expect(await faultsOf(xlsx([['unit_id']], '<c r="XFD1048576" t="str"><v>x</v></c>'))).toEqual([
      expect.stringContaining('cells'),
    ]);
  });

  it('have a bound of rows, and what to do beyond it', async () => {
    const upTo = (row: number) =>
      xlsx([['unit_id', 'name', 'range']], `<c r="A${row}" t="str"><v># a remark</v></c>`);
    expect(await faultsOf(upTo(100_001))).toEqual([]);
    const [fault] = await faultsOf(upTo(100_002));
    expect(fault).toMatch(/^0 .* at most 100000 rows .*, found 100001 rows .* save a larger table as CSV/);
  });

  it('may be damaged anywhere', async () => {
    const whole = xlsx([
      ['unit_id', 'name', 'range'],
      ['U1', 'x', '10.0.0.1'],
    ]);
    for (let cut = 2; cut < whole.length; cut += 37)
      expect(await faultsOf(whole.subarray(0, cut))).not.toEqual([]);
  });
});

describe('any bytes', () => {
  const samples = [
    Buffer.from(CHINESE),
    Buffer.from('{"unit_id":"U1","name":"x","range":"10.0.0.1"}\n'),
    Buffer.from(
      xlsx([
        ['unit_id', 'name', 'range'],
        ['U1', 'x', '10.0.0.1'],
      ]),
    ),
  ];

  it('are read or refused, never a fault of the reader', async () => {
    const change = fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 }));
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...samples),
        fc.array(change, { maxLength: 8 }),
        fc.uint8Array({ maxLength: 40 }),
        async (sample, changes, tail) => {
          const bytes = Buffer.concat([sample, tail]);
          for (const [at, value] of changes) bytes[at % bytes.length] = value;
          await faultsOf(bytes);
        },
      ),
      {
        numRuns: 600,
        examples: [[Buffer.from('\u0000"x'), [], new Uint8Array()]],
      },
    );
  }, 60_000);
});

describe('dates as people write them', () => {
  it.each([
    ['2021-07-03', '2021-07-02T16:00:00Z', true],
    ['2021/7/3', '2021-07-02T16:00:00Z', true],
    ['2021.7.3', '2021-07-02T16:00:00Z', true],
    ['20210703', '2021-07-02T16:00:00Z', true],
    ['2021年7月3日', '2021-07-02T16:00:00Z', true],
    ['２０２１-07-03', '2021-07-02T16:00:00Z', true],
    ['2021-07-03 08:30', '2021-07-03T00:30:00Z', false],
    ['2021-07-03T08:30:15Z', '2021-07-03T08:30:15Z', false],
    ['2021-07-03 08:30+02:00', '2021-07-03T06:30:00Z', false],
    ['2021-02-30', null, null],
    ['2021-13-01', null, null],
    ['07/03/2021', null, null],
    ['yesterday', null, null],
  ])('%s', (text, time, isDay) => {
    const expected = time === null ? null : { timeUs: Date.parse(time) * 1000, isDay };
    expect(parseDate(text, CHINA)).toEqual(expected);
  });
});

describe('the registry and the results', () => {
  it('are read with limits, Chinese words and dates', async () => {
    const [one] = await readDeclarations(
      Buffer.from(
        '备案号,单位编号,用途,批准人,开始日期,结束日期,币种,矿机上限,时段\nR-1,U1,课程,科研处,2021-03-01,2021-07-31,xmr、BTC,2,8:00至20:00\n',
      ),
      new TableFaults('r.csv'),
      CHINA,
    );
    expect(one).toMatchObject({
      reference: 'R-1',
      coins: ['XMR', 'BTC'],
      maxMiners: 2,
      hours: { from: 480, to: 1200 },
      toUs: Date.parse('2021-08-01T00:00+08:00') * 1000,
      utcOffsetMinutes: CHINA,
    });
    const faults = new TableFaults('r.csv');
    const rows = await readResults(
      Buffer.from('案件编号,核查结果,核查日期,查封计算机,整改完成日期\n7,被动,2021-11-05,1,2021-11-06\n'),
      faults,
      CHINA,
    );
    expect(faults.count).toBe(0);
    expect(rows).toMatchObject([
      {
        caseId: 7,
        check: { finding: 'passive', method: 'self-check', computersSealed: 1 },
        claimedUs: Date.parse('2021-11-07T00:00+08:00') * 1000,
      },
    ]);
  });

  it('are refused without what they need', async () => {
    const bytes = Buffer.from('reference,purpose,approver,valid_from\nR-1,x,y,2021-01-01\n');
    await expect(readDeclarations(bytes, new TableFaults('r.csv'), 0)).rejects.toThrow(
      'unit_id (单位编号) or range (IP地址段)',
    );
    const faults = new TableFaults('r.csv');
    await readResults(Buffer.from('case_id,finding,date\n,bored,tomorrow\n'), faults, 0);
    expect(faults.count).toBe(3);
  });
});

/** A small workbook: inline strings only; `extra` is put into a row of its own. */
function xlsx(rows: readonly (readonly string[])[], extra = ''): Uint8Array {
  const text = (xml: string) => new TextEncoder().encode(`<?xml version="1.0" encoding="UTF-8"?>${xml}`);
  const cells = rows.map(
    (row, at) =>
      `<row r="${at + 1}">${row.map((cell, column) => `<c r="${String.fromCharCode(65 + column)}${at + 1}" t="inlineStr"><is><t>${cell}</t></is></c>`).join('')}</row>`,
  );
  const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
  const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
  const packages = 'http://schemas.openxmlformats.org/package/2006/relationships';
  return zipSync({
    '[Content_Types].xml': text(
      '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
    ),
    '_rels/.rels': text(
      `<Relationships xmlns="${packages}"><Relationship Id="r1" Type="${office}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    ),
    'xl/workbook.xml': text(
      `<workbook xmlns="${main}" xmlns:r="${office}"><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>`,
    ),
    'xl/_rels/workbook.xml.rels': text(
      `<Relationships xmlns="${packages}"><Relationship Id="r1" Type="${office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
    ),
    'xl/worksheets/sheet1.xml': text(
      `<worksheet xmlns="${main}"><sheetData>${cells.join('')}${extra === '' ? '' : `<row r="9">${extra}</row>`}</sheetData></worksheet>`,
    ),
  });
}
