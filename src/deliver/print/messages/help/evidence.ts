import type { Chinese } from './chinese.js';

/** Of the commands that show what verdicts rest on: evidence, rules. */
export const EVIDENCE: Chinese = {
  // evidence
  'the signed evidence log; check it, and stored evidence, anew':
    '带签名的证据日志；可重新验证日志和已存证据',
  'Every flagged verdict stands with what it rests on in an append-only, hash-chained, signed log beside the database (FILE.evidence): see docs/evidence.md.':
    '级别为确认和很可能的结论连同其依据，均写入数据库旁的证据日志（FILE.evidence）；日志只可追加，以哈希链相接并签名：见 docs/evidence.md。',
  'check a log or package byte by byte; recompute stored share proofs':
    '逐字节验证日志或证据包；重新计算已存的份额证明',
  'Without an address: checks the log of --db, or the log or package FILE (which needs no database). With an address or --all: rebuilds and hashes each stored share (of CryptoNote dialects: compares the submitted result with the target).':
    '不给出地址：验证 --db 对应的日志，或文件 FILE 中的日志或证据包（后者无需数据库）。给出地址或 --all：重建每个已存的份额并计算哈希（CryptoNote 类协议：将提交的结果与目标值比较）。',
  'a log, a package, or all segments of a log in their order; or the address whose share proofs are to be recomputed':
    '日志、证据包，或同一日志按次序排列的全部分段文件；或要重新计算份额证明的地址',
  'recompute the share proofs on every address': '重新计算所有地址的份额证明',
  'the public key that must have signed': '签名应使用的公钥',
  'compare with the heads in this file of anchors (repeatable)': '与该文件中保存的链头比对（可重复）',
  'Exit codes: 0 everything holds, or there is no proof; 1 something does not; 2 no database or file, or wrong usage':
    '退出码：0 全部通过验证，或没有份额证明；1 有内容未通过验证；2 没有数据库或文件，或用法有误',
  'the entries of the log': '列出日志条目',
  'only those on this address': '仅限该地址的条目',
  'this log or package (default: that of --db)': '指定日志或证据包（默认：--db 对应的日志）',
  'one entry in full': '完整显示一个条目',
  'its number, or an address: the last entry on it': '条目编号；或地址，显示该地址的最后一个条目',
  'packets of an address, or a signed package of entries': '导出某地址的报文摘录，或经签名的证据包',
  'FILE.pcapng: the kept packets of the last entry on IP. Any other name: a package of the entries (on IP, or all), signed as a whole, that "evidence verify FILE" checks without the database.':
    'FILE.pcapng：导出该 IP 最后一个条目所保存的报文。其他文件名：导出条目（该 IP 的，或全部）的证据包，整体签名，可用“evidence verify FILE”验证，无需数据库。',
  address: '地址',
  'put the head of the log where nobody here can change it': '将日志的链头保存到本单位人员无法改动之处',
  'add a line to this file, or POST to http(s)://': '在该文件中追加一行，或以 POST 发送到 http(s)://',
  'write a time-stamp request (RFC 3161, DER) for the head': '为链头生成时间戳请求（RFC 3161，DER 编码）',
  'close the file of the log and go on in a new one': '封存当前日志文件，并在新文件中续写',
  'The former file is kept beside the log as FILE.evidence.N, N being the number of its first entry; the first entry of the new one follows its last. "evidence verify", "list", "show" and "export" read them all.':
    '原文件以 FILE.evidence.N 为名保存在日志旁，N 为其首个条目的编号；新文件的首个条目与原文件的末尾条目相接。“evidence verify”、“list”、“show”和“export”会读取全部文件。',
  'the public key that entries are signed with (made if there is none)':
    '显示条目签名所用的公钥（不存在时生成密钥）',

  // rules
  'look at, check and try the rule files': '查看、检查和试用规则文件',
  'Rule files say what is evidence and what it weighs: see docs/rules.md. --rules DIR adds a folder.':
    '规则文件规定何为证据及其权重：见 docs/rules.md。--rules DIR 可增加规则目录。',
  'Exit codes: lint, test: 0 clean, 1 findings, 2 unreadable':
    '退出码：lint、test：0 无误，1 发现问题，2 无法读取',
  'check every rule file; prints each fault as file:line: [rule] message':
    '检查所有规则文件；每处错误以“文件:行: [规则] 说明”的形式输出',
  'every rule, one a line, with what it overrides; then how many rows the tables hold':
    '列出全部规则，每行一条，并注明其覆盖的规则；最后给出各数据表的行数',
  'run the examples that the rules carry': '运行规则自带的示例',
  'id of a rule as it stands in evidence, or a pool name, address or address:port':
    '证据中所示的规则编号，或矿池的域名、地址、地址:端口',
  'say what a rule looks for and weighs, or what the lists know of an endpoint':
    '说明一条规则的匹配内容和权重，或清单中某一端点的已知信息',
  'kind of rule file; without it, all are listed': '规则文件的种类；不给出则列出全部种类',
  'write one KIND.schema.json each into this folder': '在该目录中为每个种类写入 KIND.schema.json',
  'JSON Schema of the YAML rule files, for editors': '输出 YAML 规则文件的 JSON Schema，供编辑器使用',
};
