import type { Chinese } from './chinese.js';

/** Of the commands that follow a case: cases, refer. */
export const CASES: Chinese = {
  // cases
  'what was done: open, refer, results, rectification, recurrence, inspection plans':
    '案件处置：立案、通报、核查结果、整改、复发、检查计划',
  'From verdict to closed case; every step is in an append-only trail: see docs/units-and-cases.md.':
    '从结论到结案；每一步都写入只可追加的处置记录：见 docs/units-and-cases.md。',
  'numbers of cases': '案件编号',
  'number of the case': '案件编号',
  'all cases of this unit that are in a state for it': '该单位所有状态允许此操作的案件',
  'open a case for each flagged address that has none; tell what recurred and what has held':
    '为尚无案件的确认或很可能地址立案；判断哪些案件已复发、哪些整改属实',
  'open a case by your own decision': '由人工决定对指定地址立案',
  'addresses with a verdict, of whatever level': '已有结论的地址，级别不限',
  'cases, one a line': '列出案件，每行一个',
  'some of open,referred,inspected,claimed,watch,rectified,recurred,closed':
    '状态，可用逗号列出多项：open（待通报）、referred（已通报）、inspected（已核查）、claimed（已报整改）、watch（复测中）、rectified（已整改）、recurred（复发）、closed（已结案）',
  'referred, and no answer within the deadline': '已通报，且逾期未反馈',
  'everything on one case, with its trail and how far the quiet has come':
    '显示一个案件的全部情况，包括处置记录和复测进展',
  'the case was referred to the unit': '将案件登记为已通报单位',
  'document number': '文号',
  'date of the document (default: today)': '发文日期（默认：今日）',
  'an answer is due on this day at the latest': '反馈期限（含当日）',
  'what an inspection or the self-check of the unit found':
    '录入核查结果：现场检查（inspection）或单位自查（self-check）',
  'active, passive, research or not-found':
    '核查结果：active（主动）、passive（被动）、research（科研）或 not-found（未发现）',
  'inspection or self-check': '核查方式：inspection（现场检查）或 self-check（自查）',
  'when it was found (default: today)': '核查日期（默认：今日）',
  'mining machines sealed': '查封矿机台数',
  'computers sealed': '查封计算机台数',
  'coins found, e.g. XMR,BTC': '查实的币种，如 XMR,BTC',
  'anything else': '其他说明',
  'the unit says that it has put an end to it; what is seen after that day counts against it':
    '登记单位报告整改完成；此后仍发现挖矿活动的，视为整改不到位',
  'day for which it is claimed (default: today)': '报告的整改完成日期（默认：今日）',
  'close the case; --why is then needed': '结案；须用 --why 说明原因',
  'open a closed or rectified case again; --why is then needed':
    '重新打开已结案或已整改的案件；须用 --why 说明原因',
  'add a note (--why) to the trail': '在处置记录中添加备注（--why）',
  'enter the results that units sent back: all of them or, with every fault named, none':
    '导入单位反馈的核查结果：要么全部导入，要么不导入并指出每处错误',
  'which units to inspect without notice, why, and by which team; nothing of it is stored':
    '制定突击检查计划：检查哪些单位、理由、由哪个小组负责；计划不存入数据库',
  'number of teams': '小组数',
  'number of units': '单位数',
  'decides between equals; the same seed draws the same plan':
    '随机种子，用于分值相同时的抽取；种子相同则计划相同',

  // refer
  'packages that are handed over: letter, table, evidence, check list, signed':
    '通报包：通报函、明细表、证据、现场核查清单，附数字签名',
  'Referral packages: one signed zip for each unit, or figures for an upper office: see docs/referrals.md.':
    '通报包：每个单位一个经签名的 zip 文件，或报上级部门的统计数据：见 docs/referrals.md。',
  'Exit codes: 0 done; 1 verify: a package does not hold; 2 not done':
    '退出码：0 已完成；1 verify：有通报包未通过验证；2 未完成',
  'write the packages and, for profile unit, mark their cases as referred':
    '生成通报包；发给单位时（--profile unit），同时将相关案件登记为已通报',
  'all cases of this unit that can be referred (repeatable)': '该单位所有可通报的案件（可重复）',
  'all such cases of units of this region, by name or code (repeatable)':
    '该地区各单位所有可通报的案件（地区名称或行政区划代码；可重复）',
  'all such cases': '所有可通报的案件',
  'who sends it, for the letterhead': '发文单位，用于函头',
  'whom to ask, for the letter': '联系方式，写入通报函',
  'unit (each gets its own), office (figures of all, no address) or both':
    '内容：unit（发各单位，仅含本单位内容）、office（报上级部门，全部案件的统计数据，不含地址）或 both（两者均生成）',
  'some of docx,html': '通报函格式，可用逗号列出多项：docx、html',
  'folder with templates that take the place of the bundled ones': '代替内置模板的模板目录',
  'private key to sign with, made where there is none (default: <db>.evidence.key)':
    '签名所用私钥，不存在时自动生成（默认：<db>.evidence.key）',
  'folder to write to': '输出目录',
  'say what would be written; write and change nothing': '试运行：只说明将写入的内容，不写入、不作任何变更',
  'packages that were handed over, oldest first': '列出已发出的通报包，由早到晚',
  'what is in a package; no database is needed': '显示通报包的内容；无需数据库',
  'a package': '通报包',
  packages: '通报包，可给出多个',
  'whether every byte is as it was signed; no database is needed': '验证每个字节是否与签名时一致；无需数据库',
  'public key, PEM, that the sender is known by': '发件方已公布的公钥（PEM）',
};
