import type { Chinese } from './chinese.js';

/** Of `rigwatch --help`, and what stands in the help of every command. */
export const PROGRAM: Chinese = {
  'Usage:': '用法：',
  '[options]': '[选项]',
  '[command]': '[命令]',
  'Arguments:': '参数：',
  'Options:': '选项：',
  'Commands:': '命令：',
  'Examples:': '示例：',
  'Example:': '示例：',
  'choices:': '可选：',
  'default:': '默认：',
  '(see --help)': '（用法见 --help）',
  'display help for command': '显示命令的帮助',
  'output the version number': '显示版本号',
  'Finds cryptocurrency mining in packet captures and flow records: which addresses mine, with the evidence.':
    '在网络流量中发现虚拟货币“挖矿”活动：指出哪些地址在挖矿，并给出证据。',
  'database (env RIGWATCH_DB)': '数据库文件（环境变量 RIGWATCH_DB）',
  'folder of rule files that add to or override the bundled ones (repeatable)':
    '规则文件目录，补充或覆盖内置规则（可重复）',
  'monitored network (repeatable); default: every client of a mining session':
    '监测的网段（可重复）；默认：挖矿会话的所有客户端',
  'NDJSON on standard output, one object a line': '以 NDJSON 格式输出到标准输出，每行一个对象',
  'language of texts for people': '输出文字的语言',
  'logs on standard error': '输出到标准错误的日志级别',
  'no colour (also: NO_COLOR)': '不使用颜色（也可设置环境变量 NO_COLOR）',
  'errors only on standard error': '标准错误只输出错误信息',
  'Exit codes: 0 done; 1 done, and --fail-on was met; 2 not done; 3 done, part of the input unreadable;\n            70 a fault of rigwatch; 129/130/143 stopped by a signal after saving what was known':
    '退出码：0 已完成；1 已完成，且达到 --fail-on 的级别；2 未完成；3 已完成，但部分输入无法读取；\n        70 rigwatch 自身故障；129/130/143 收到信号，保存已有结果后停止',

  // completion
  'script that lets a shell complete commands, options and their values':
    '生成 shell 自动补全脚本，可补全命令、选项及其值',
  'Prints a script for the shell. At each Tab it asks rigwatch itself, so it fits the installed version; ids of rules and units too.':
    '输出所用 shell 的补全脚本。每次按 Tab 键时向 rigwatch 查询，因此始终与已安装版本一致；规则编号和单位编号也可补全。',
  'shell that is to complete': '所用的 shell',

  // Options of every command that changes something.
  'who does it, for the trail (default: the name of the account)': '经办人，记入处置记录（默认：系统账户名）',
  'why, for the trail': '原因，记入处置记录',
  'zone of dates without one, e.g. +08:00 (env RIGWATCH_UTC_OFFSET)':
    '未注明时区的日期所用的时区，如 +08:00（环境变量 RIGWATCH_UTC_OFFSET）',
  'zone of the times shown, e.g. +08:00 (env RIGWATCH_UTC_OFFSET)':
    '显示时间所用的时区，如 +08:00（环境变量 RIGWATCH_UTC_OFFSET）',

  // Options that several commands share.
  'of this unit': '仅限该单位',
  'of units of this category': '仅限该类别的单位',
  'of units of this category, e.g. school': '仅限该类别的单位，如 school（学校）',
  'of units of this region, by name or code': '仅限该地区的单位（地区名称或行政区划代码）',
  'of this coin, e.g. XMR': '仅限该币种，如 XMR',
  'seen at this time or later': '在该时间或之后发现',
  'seen at this time or later: ISO 8601 with a zone, or "2h ago"':
    '在该时间或之后发现：带时区的 ISO 8601，或 "2h ago"（2 小时前）',
  'seen before this time': '在该时间之前发现',
  'CSV, XLSX or JSON': 'CSV、XLSX 或 JSON 文件',
  'print a CSV to fill in, titles by --lang': '输出供填写的 CSV 模板，列名语言由 --lang 决定',
  'write this file, whole or not at all': '以原子方式写入该文件',
  'YAML file that names the columns or keys of a CSV or JSON of flows (docs/inputs.md)':
    'YAML 映射文件，说明 CSV 的列或 JSON 的键与流字段的对应关系（docs/inputs.md）',
  'zone of times that do not say theirs (nfdump, pmacct, Argus text): UTC or Asia/Shanghai; default: the system’s':
    '未注明时区的时间（nfdump、pmacct、Argus 文本）所用的时区：UTC 或 Asia/Shanghai；默认：系统时区',
  'list nodes and wallets of coins too, apart: they do not mine':
    '另行列出虚拟货币节点和钱包（本身不属于挖矿）',
};
