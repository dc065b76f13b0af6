import { phrase } from '../../base/phrase.js';
import type { Declaration } from '../../model/declaration.js';
import { RowReader } from './cells.js';
import { type Column, columnVisitor } from './columns.js';
import type { TableFaults } from './faults.js';
import { readTable } from './index.js';

/** The columns of the registry of declared projects, in the order of the template. */
export const DECLARATION_COLUMNS: readonly Column[] = [
  { name: 'reference', zh: '备案号', also: ['filing', '编号', '备案编号'], example: 'R-2021-001' },
  { name: 'unit_id', zh: '单位编号', also: ['unit', '单位代码', '统一社会信用代码'], example: 'U0001' },
  { name: 'range', zh: 'IP地址段', also: ['ip', 'IP地址', '地址', '网段'], example: '192.0.2.10' },
  {
    name: 'purpose',
    zh: '用途',
    also: ['项目名称', '备案事由', '研究内容'],
    example: 'Course on consensus protocols',
    exampleZh: '共识协议课程',
  },
  {
    name: 'approver',
    zh: '批准人',
    also: ['批准单位', '审批人', '审批单位'],
    example: 'Science office',
    exampleZh: '科研处',
  },
  {
    name: 'valid_from',
    zh: '开始日期',
    also: ['from', '生效日期', '启用日期'],
    example: '2021-03-01',
  },
  {
    name: 'valid_to',
    zh: '结束日期',
    also: ['to', 'until', '失效日期', '截止日期', '有效期至'],
    example: '2021-07-31',
  },
  { name: 'coins', zh: '币种', also: ['coin'], example: 'XMR' },
  { name: 'max_miners', zh: '矿机上限', also: ['miners', '矿机数量', '设备数量'], example: '2' },
  { name: 'hours', zh: '时段', also: ['时间段', '运行时段'], example: '08:00-20:00' },
];

/** Reads the whole registry or, with TableError, says everything that is wrong with it. */
export async function readDeclarations(
  bytes: Uint8Array,
  faults: TableFaults,
  utcOffsetMinutes: number,
): Promise<Declaration[]> {
  const declarations = new Map<string, Declaration>();
  const required = [['reference'], ['unit_id', 'range'], ['purpose'], ['approver'], ['valid_from']];
  const visitor = columnVisitor(DECLARATION_COLUMNS, required, faults, (cell, line) => {
    const row = new RowReader(cell, line, faults, utcOffsetMinutes);
    const reference = row.needed('reference');
    const ranges = row.ranges('range');
    const unitId = row.text('unit_id');
    if (ranges.length > 1)
      row.fault('range', phrase`one range; give the others rows and references of their own`);
    if (unitId === null && ranges.length === 0)
      row.fault('range', phrase`a range of addresses, or a unit_id`);
    const purpose = row.needed('purpose');
    const approver = row.needed('approver');
    const fromUs = row.date('valid_from');
    if (fromUs === null && !row.isFaulty) row.fault('valid_from', phrase`a date`);
    const toUs = row.endDate('valid_to');
    if (fromUs !== null && toUs !== null && toUs <= fromUs)
      row.fault('valid_to', phrase`a date after ${row.title('valid_from')}`);
    const coins = row.coins('coins');
    const maxMiners = row.count('max_miners');
    const hours = row.hours('hours');
    if (row.isFaulty || fromUs === null) return;
    if (declarations.has(reference)) {
      row.fault('reference', phrase`each reference once`);
      return;
    }
    declarations.set(reference, {
      reference,
      unitId,
      range: ranges[0] ?? null,
      purpose,
      approver,
      fromUs,
      toUs,
      coins,
      maxMiners,
      hours,
      utcOffsetMinutes,
    });
  });
  await readTable(bytes, visitor, faults);
  faults.throwIfAny();
  return [...declarations.values()];
}
