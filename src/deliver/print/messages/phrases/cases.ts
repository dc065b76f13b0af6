/** Chinese of what is said of cases, referrals and the evidence log; see ../../translate.ts. */
export const CASES: Readonly<Record<string, string>> = {
  open: '待通报',
  referred: '已通报',
  inspected: '已核查',
  claimed: '已报整改',
  watch: '复测中',
  rectified: '已整改',
  recurred: '复发',
  closed: '已结案',
  'case {0}': '案件 {0}',
  'case {0} of unit {1}': '单位 {1} 的案件 {0}',
  'none of unit {0}': '单位 {0} 没有这样的案件',
  'case {0} is {1}: expected one of {2}, found {3}':
    '案件 {0} 当前状态为“{1}”：可执行的操作为 {2}，不能执行 {3}',
  'case {0} is {1}: expected one that waits for a result': '案件 {0} 当前状态为“{1}”：应为等待核查结果的案件',
  'expected a case that waits for a result, found {0}': '应为等待核查结果的案件，实际为：{0}',
  'case {0}: expected one row a case': '案件 {0}：每个案件只能有一行',
  'case {0}: expected the number of a case (see rigwatch cases list)':
    '案件 {0}：应为案件编号（见 rigwatch cases list）',
  'case {0} was changed by somebody else meanwhile': '案件 {0} 已被他人同时修改',
  'look at it and repeat what you did': '请查看后重新操作',
  '{0}: case {1} is already {2}': '{0}：已有案件 {1}，状态为“{2}”',
  'cases {0}: expected --why TEXT': 'cases {0}：请用 --why 说明理由',
  'cases {0}: expected the number of a case, or --unit ID': 'cases {0}：请给出案件编号，或 --unit 单位编号',
  '--unit {0}: expected a unit with a case in a state for {1}': '--unit {0}：该单位没有可执行 {1} 的案件',
  '--document: expected the number of the document': '--document：请给出文号',
  'refer build: expected numbers of cases, --unit ID, --region NAME or --all':
    'refer build：请给出案件编号、--unit 单位编号、--region 地区名称或 --all',
  'evidence verify: expected an address, a file, or --all for every address':
    'evidence verify：请给出地址或文件，或用 --all 校验全部地址',
  'evidence show {0}: expected the number of an entry, or an address':
    'evidence show {0}：应为条目序号或地址',
  'evidence show {0}: the log has no such entry': 'evidence show {0}：日志中没有该条目',
  'evidence export: expected the address whose packets are wanted':
    'evidence export：请给出要导出数据包的地址',
  'evidence export {0}: no packets of it were kept; nothing was written':
    'evidence export {0}：没有留存该地址的数据包，未写入任何内容',
  'evidence export {0}: the log has no such entry; nothing was written':
    'evidence export {0}：日志中没有该条目，未写入任何内容',
  'evidence export: {0} entries, at most {1} go into a package; name an address, or hand over {2} itself':
    'evidence export：共 {0} 条，一个证据包最多容纳 {1} 条；请指定地址，或直接移交 {2}',
  'evidence anchor: expected a file or URL, or --rfc3161 FILE':
    'evidence anchor：请给出文件或 URL，或 --rfc3161 文件',
  '{0}: there is no key to sign with': '{0}：没有可用于签名的密钥',
  '{0}: there is no evidence log; "rigwatch scan" begins one':
    '{0}：没有证据日志；“rigwatch scan” 会新建一份',
  '{0}: there is no evidence log; "rigwatch scan" begins one with its first flagged verdict':
    '{0}：没有证据日志；“rigwatch scan” 在首次得出须处置的结论时新建',
  'anchor: expected a file, or http(s)://HOST[:PORT]/PATH': '锚点：应为文件，或 http(s)://HOST[:PORT]/PATH',
  'anchor {0}: {1}': '锚点 {0}：{1}',
  'anchor {0}: answered {1}': '锚点 {0}：应答状态为 {1}',
  'anchor {0}: cannot be written ({1})': '锚点 {0}：无法写入（{1}）',
  'anchors {0}: cannot be read ({1})': '锚点文件 {0}：无法读取（{1}）',
  'evidence key {0}: {1}; {2}': '证据签名密钥 {0}：{1}；{2}',
  'it appeared and went away again': '刚出现又消失',
  'try again': '请重试',
  'others than its owner may read it': '所有者以外的用户也可读取',
  'run "chmod 600 {0}", or replace it': '请运行 “chmod 600 {0}”，或更换密钥',
  'it is no key': '不是密钥',
  'it is no Ed25519 key': '不是 Ed25519 密钥',
  'restore it': '请从备份恢复',
  'it cannot be read ({0})': '无法读取（{0}）',
  'it cannot be written ({0})': '无法写入（{0}）',
  'check the folder': '请检查所在目录',
  '{0}: expected the public key that "rigwatch evidence key" prints':
    '{0}：应为 “rigwatch evidence key” 输出的公钥',
  'evidence log {0}: it cannot be written ({1})': '证据日志 {0}：无法写入（{1}）',
  '{0}; what is missing is added by the next run': '{0}；缺少的条目由下次运行补入',
  'evidence log {0}: {1}; run "rigwatch evidence verify", keep it, and move it away: a new one then begins, and says so':
    '证据日志 {0}：{1}；请运行 “rigwatch evidence verify”，保留原文件并移走：随后会新建一份，并注明此事',
  'it ends in no line of a log': '末尾不是日志条目',
  '{0} is there already': '{0} 已存在',
  'it does not begin like a log': '开头不是日志的起始条目',
  'it was signed with another key than {0}': '签名所用的密钥不是 {0}',
  'its last entry was changed': '最后一个条目已被改动',
  'the evidence log is not as the database knew it: entries are missing or were changed; the log says so from now on, see rigwatch evidence verify':
    '证据日志与数据库中的记录不符：条目缺失或被改动；此后日志中会注明此事，见 rigwatch evidence verify',
};
