import type { Chinese } from './chinese.js';

/** Of the registers that people fill in: units, registry. */
export const UNITS: Chinese = {
  // units
  'who owns addresses: import, list, look up, check': '地址归属单位：导入、列出、查询、检查',
  'The register of units and their address ranges: see docs/units-and-cases.md.':
    '单位及其地址段的登记表：见 docs/units-and-cases.md。',
  'Exit codes: check: 0 clean, 1 findings; import: 2 where anything is wrong with the file, nothing is then stored':
    '退出码：check：0 未发现问题，1 发现问题；import：文件有任何错误时为 2，且不写入任何内容',
  'CSV (UTF-8, GB 18030, UTF-16), XLSX or JSON': 'CSV（UTF-8、GB 18030、UTF-16）、XLSX 或 JSON 文件',
  'take over a register of units: all of it, or, with every fault named, nothing':
    '导入单位登记表：要么全部导入，要么不导入并指出每处错误',
  'the file is the whole register: what it does not list ends today':
    '以该文件为完整登记表：未列入的地址段自今日起终止',
  'check the file and say what would change': '试运行：检查文件并说明将发生的变更',
  'units, one a line; --ranges: their ranges': '列出单位，每行一个；--ranges：列出其地址段',
  'of this category': '仅限该类别',
  'of this region, by name or code': '仅限该地区（名称或行政区划代码）',
  'one line for each range': '每个地址段一行',
  'who owns an address, by the narrowest range that was valid then':
    '查询地址归属单位，以当时有效的最小地址段为准',
  'addresses; - reads them from standard input, one a line': '地址；- 表示从标准输入读取，每行一个',
  'at this time: ISO 8601, or "2d ago" (default: now)':
    '查询时间：ISO 8601，或 "2d ago"（2 天前）（默认：当前时间）',
  'source port, for addresses of carrier NAT': '源端口，用于运营商 NAT 地址',
  'every assignment of the address, narrowest range first, latest first':
    '该地址的全部归属历史，地址段由小到大、时间由近到远',
  'overlaps, holes, monitored addresses (--home) of nobody, units without ranges':
    '检查登记表：地址段重叠、空缺，监测范围（--home）内无归属单位的地址，没有地址段的单位',
  'of ranges valid at this time (default: now)': '检查该时间有效的地址段（默认：当前时间）',

  // registry
  'declared or research projects: what is allowed, until when': '已备案项目或科研项目：允许的内容和期限',
  'Addresses of a declared project are cleared while it lasts and is kept to: see docs/units-and-cases.md.':
    '备案项目的地址，在有效期内且符合备案内容时予以排除：见 docs/units-and-cases.md。',
  'rigwatch registry add R-2021-001 --unit U0001 --purpose "course" --approver "science office" --from 2021-03-01 --to 2021-07-31 --coins XMR --max-miners 2':
    'rigwatch registry add R-2021-001 --unit U0001 --purpose "课程实验" --approver "科技处" --from 2021-03-01 --to 2021-07-31 --coins XMR --max-miners 2',
  'take over declarations: all of them or, with every fault named, none; a known reference is replaced':
    '导入备案：要么全部导入，要么不导入并指出每处错误；备案号已存在的予以替换',
  'every declaration, one a line': '列出全部备案，每行一项',
  'number of the filing': '备案号',
  'enter one declaration': '录入一项备案',
  'for the addresses of this unit': '适用于该单位的地址',
  'for these addresses: a block, first-last, or one':
    '适用于这些地址：CIDR 地址块、起止地址（起始-终止）或单个地址',
  'what for': '用途',
  'who approved it': '批准人',
  'valid from this day on': '自该日起生效',
  'valid up to this day, included (default: until it is ended)': '有效期至该日（含当日；默认：直至被终止）',
  'only these coins, e.g. XMR,BTC': '仅限这些币种，如 XMR,BTC',
  'at most so many machines': '矿机台数上限',
  'only at these hours of --utc-offset, e.g. 08:00-20:00':
    '仅限每日该时段（时区见 --utc-offset），如 08:00-20:00',
  'end a declaration': '终止一项备案',
  'its last day (default: today, which is then no longer covered)':
    '有效期的最后一日（默认：今日，且今日已不在备案范围内）',
};
