import { phrase } from '../../base/phrase.js';
import { type CaseCheck, CHECK_METHODS, type CheckMethod, FINDINGS, type Finding } from '../../model/case.js';
import { RowReader } from './cells.js';
import { type Column, columnVisitor } from './columns.js';
import type { TableFaults } from './faults.js';
import { readTable } from './index.js';

/** The columns of the results that units send back, in the order of the template. */
export const RESULT_COLUMNS: readonly Column[] = [
  { name: 'case_id', zh: '案件编号', also: ['case', '编号', '线索编号'], example: '1' },
  { name: 'unit_id', zh: '单位编号', also: ['unit', '单位代码', '统一社会信用代码'], example: '' },
  {
    name: 'finding',
    zh: '核查结果',
    also: ['result', '结果', '自查结果', '结论'],
    example: 'passive',
    exampleZh: '被动',
  },
  { name: 'method', zh: '核查方式', also: ['方式'], example: 'self-check', exampleZh: '自查' },
  { name: 'date', zh: '核查日期', also: ['日期', '自查日期', '检查日期'], example: '2021-11-05' },
  { name: 'machines_sealed', zh: '查封矿机', also: ['矿机', '查封矿机数'], example: '0' },
  { name: 'computers_sealed', zh: '查封计算机', also: ['计算机', '查封电脑', '查封主机数'], example: '1' },
  { name: 'coins', zh: '币种', also: ['coin'], example: 'XMR' },
  {
    name: 'notes',
    zh: '备注',
    also: ['note', '说明', '情况说明'],
    example: 'Trojan removed',
    exampleZh: '已清除木马',
  },
  {
    name: 'rectified_on',
    zh: '整改完成日期',
    also: ['rectified', '整改日期', '完成日期'],
    example: '2021-11-06',
  },
];

export const FINDINGS_ZH: Readonly<Record<string, Finding>> = {
  主动: 'active',
  主动挖矿: 'active',
  被动: 'passive',
  被动挖矿: 'passive',
  木马: 'passive',
  科研: 'research',
  研究: 'research',
  未发现: 'not-found',
  无: 'not-found',
};
export const METHODS_ZH: Readonly<Record<string, CheckMethod>> = {
  现场检查: 'inspection',
  检查: 'inspection',
  抽查: 'inspection',
  自查: 'self-check',
};

export interface ResultRow {
  readonly line: number;
  /** One of the two is given; a unit means all of its cases that wait for a result. */
  readonly caseId: number | null;
  readonly unitId: string | null;
  readonly check: CaseCheck;
  /** End of the day on which rectification is said to have been done; null: not claimed. */
  readonly claimedUs: number | null;
}

/** Reads all results; what is wrong goes to `faults`, for the caller to throw once it has looked the cases up. */
export async function readResults(
  bytes: Uint8Array,
  faults: TableFaults,
  utcOffsetMinutes: number,
): Promise<ResultRow[]> {
  const rows: ResultRow[] = [];
  const visitor = columnVisitor(
    RESULT_COLUMNS,
    [['case_id', 'unit_id'], ['finding'], ['date']],
    faults,
    (cell, line) => {
      const row = new RowReader(cell, line, faults, utcOffsetMinutes);
      const caseId = row.count('case_id');
      const unitId = row.text('unit_id');
      if (caseId === null && unitId === null && !row.isFaulty)
        row.fault('case_id', phrase`the number of a case, or a unit_id`);
      const finding = row.choice('finding', FINDINGS, FINDINGS_ZH);
      if (finding === null && !row.isFaulty) row.fault('finding', phrase`one of ${FINDINGS}`);
      const dateUs = row.date('date');
      if (dateUs === null && !row.isFaulty) row.fault('date', phrase`a date`);
      const check = {
        method: row.choice('method', CHECK_METHODS, METHODS_ZH) ?? 'self-check',
        machinesSealed: row.count('machines_sealed'),
        computersSealed: row.count('computers_sealed'),
        coins: row.coins('coins'),
        notes: row.text('notes'),
      } as const;
      const claimedUs = row.endDate('rectified_on');
      if (row.isFaulty || finding === null || dateUs === null) return;
      rows.push({ line, caseId, unitId, check: { ...check, finding, dateUs }, claimedUs });
    },
  );
  await readTable(bytes, visitor, faults);
  return rows;
}
