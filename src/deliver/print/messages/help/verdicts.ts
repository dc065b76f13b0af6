import type { Chinese } from './chinese.js';

/** Of the commands that show stored verdicts: verdicts, export, report. */
export const VERDICTS: Chinese = {
  // verdicts
  'list, filter or explain stored verdicts': '列出、筛选或解释已存的结论',
  'Lists stored verdicts by score, or explains the one on an address: evidence, sessions, what is not known.':
    '按评分列出已存的结论，或详细解释某一地址的结论：证据、会话、尚不清楚之处。',
  'explain this address': '解释该地址的结论',
  'some of confirmed,probable,suspected,cleared (default: all)':
    '级别，可用逗号列出多项：confirmed（确认）、probable（很可能）、suspected（可疑）、cleared（已排除）（默认：全部）',
  'each word occurs in address, wallet, worker, program, pool or operator':
    '每个词均出现在地址、钱包、矿工名、程序、矿池或运营者中',
  'at most this many (default: all; 200 in a table on a terminal)':
    '最多显示条数（默认：全部；终端表格为 200）',
  'leave out the first N (default: 0)': '略过前 N 条（默认：0）',
  'convert energy to CO2 by this row of rules/factors.csv (default: as judged)':
    '按 rules/factors.csv 中的该行将电量折算为 CO2（默认：判定时所用系数）',
  'convert energy to standard coal by this row (default: as judged)':
    '按该行将电量折算为标准煤（默认：判定时所用系数）',
  'Exit codes: 0 done, also where there is none; 2 no database, or wrong usage':
    '退出码：0 已完成（没有结论时亦然）；2 没有数据库，或用法有误',

  // export
  'suspect lists, block lists and machine-readable exports': '导出可疑地址清单、封堵清单和机器可读数据',
  'Writes stored verdicts in a format for other tools, flagged ones only unless told otherwise. Block lists name pools, never suspects, unless told otherwise.':
    '按其他工具所需的格式导出已存的结论，默认只含级别为确认和很可能的结论。封堵清单默认只列矿池，不列可疑地址。',
  '--list names them: csv, xlsx, jsonl, txt, stix, misp, nftables …':
    '导出格式：csv、xlsx、jsonl、txt、stix、misp、nftables …（全部格式见 --list）',
  'suspects, to clean up, or pools, to block (default: as the format is for)':
    'suspects：可疑地址，供处置；pools：矿池，供封堵（默认：由格式的用途决定）',
  'some of confirmed,probable,suspected,cleared; block lists: of the first two':
    '级别，可用逗号列出多项：confirmed（确认）、probable（很可能）、suspected（可疑）、cleared（已排除）；封堵清单只可用前两项',
  'score of at least this, 0 to 1': '评分不低于该值（0 至 1）',
  'seen within this time, e.g. 30d; entries of sets and indicators end with it':
    '在该时长之内发现，如 30d；集合条目和威胁指标随之到期',
  'write this file, whole or not at all (default: standard output)': '以原子方式写入该文件（默认：标准输出）',
  'do everything but write; say what would be written': '试运行：只说明将写入的内容，不实际写入',
  'csv: start with a byte order mark (default: with --lang zh-CN)':
    'csv：开头写入字节序标记 BOM（默认：--lang zh-CN 时写入）',
  'csv: never': 'csv：不写入字节序标记 BOM',
  'txt: level and score behind each address': 'txt：在每个地址后注明级别和评分',
  'csv, xlsx, txt: addresses and names that no program makes links of':
    'csv、xlsx、txt：改写地址和域名，避免被程序识别为链接',
  'stix, misp: how far it may be passed on (TLP 2.0)': 'stix、misp：允许的传播范围（TLP 2.0）',
  'xlsx, stix, misp, zeek-intel: who hands it over': 'xlsx、stix、misp、zeek-intel：移交单位',
  'nftables, of pools: with chains that drop what is forwarded or sent':
    'nftables（矿池）：附带丢弃转发和外发流量的规则链',
  'suricata-rules: first of 100,000 signature ids, 1000000 to 1900000':
    'suricata-rules：100,000 个规则编号（sid）的起始值，1000000 至 1900000',
  'suricata-rules: class of the alerts': 'suricata-rules：告警类别',
  'seed of Community ID, 0 to 65535': 'Community ID 的种子，0 至 65535',
  'name the formats': '列出可用格式',
  'Exit codes: 0 done, also where there is none; 2 no database, wrong usage, or the file cannot be written':
    '退出码：0 已完成（没有可导出内容时亦然）；2 没有数据库、用法有误，或文件无法写入',

  // report
  'figures: addresses, machines, coins, electricity, coal, carbon dioxide':
    '统计数据：地址、矿机、币种、用电量、标准煤、二氧化碳',
  'Figures by unit, category or region, with the names of the factors: see docs/units-and-cases.md.':
    '按单位、类别或地区统计，并注明所用系数：见 docs/units-and-cases.md。',
  'factors for coal and CO2 (report factors lists them)':
    '标准煤和 CO2 的折算系数（可用 report factors 列出）',
  'YAML file of factors instead of the bundled one': '代替内置系数的 YAML 文件',
  'addresses, machines, coins and energy of stored verdicts, added up':
    '汇总已存结论的地址、矿机、币种和能耗',
  'all, unit, category, region or level':
    '分组方式：all（全部）、unit（单位）、category（类别）、region（地区）或 level（级别）',
  'some of confirmed,probable,suspected,cleared':
    '级别，可用逗号列出多项：confirmed（确认）、probable（很可能）、suspected（可疑）、cleared（已排除）',
  'beginning of the period to compare with': '对比期间的开始时间',
  'end of the period to compare with': '对比期间的结束时间',
  'take this policy figure where energy was not measured (default: leave it out)':
    '对未测得能耗的地址采用该政策假定值（默认：不计入）',
  'CSV on standard output': '以 CSV 格式输出到标准输出',
  'the arithmetic of campaign reports: so many addresses, by an assumption':
    '按专项整治报告的算法推算：地址数乘以假定值',
  'mining addresses': '挖矿地址数',
  'policy figure for each (report factors lists them)': '每个地址的政策假定值（可用 report factors 列出）',
  'factors and assumptions, with their sources': '列出折算系数和假定值及其来源',
};
