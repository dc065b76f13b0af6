/** Chinese of what commands refuse and tell; see ../../translate.ts. */
export const COMMANDS: Readonly<Record<string, string>> = {
  'standard output was closed by whoever read it; the watch has ended. What it found is in the database':
    '标准输出已被读取方关闭，watch 已结束；已发现的内容保存在数据库中',
  '--deadline {0}: expected a day not before the date of the document (--date)':
    '--deadline {0}：不得早于发文日期（--date）',
  '--utc-offset {0}: expected an offset such as +08:00': '--utc-offset {0}：应为与 UTC 的时差，如 +08:00',
  '{0} {1}: expected a date such as 2021-07-03': '{0} {1}：应为日期，如 2021-07-03',
  '{0} {1}: expected one of {2}': '{0} {1}：应为以下之一：{2}',
  '{0} {1}: expected a whole number, 0 or more': '{0} {1}：应为不小于 0 的整数',
  '{0} {1}: expected a number from {2} to {3}': '{0} {1}：应为 {2} 至 {3} 的数',
  '{0} {1}: expected a whole number from {2} to {3}': '{0} {1}：应为 {2} 至 {3} 的整数',
  '{0} {1}: expected a duration such as 10s, 5m or 500ms, from {2} s to {3} s':
    '{0} {1}：应为时长，如 10s、5m 或 500ms，范围 {2} 秒至 {3} 秒',
  '{0} {1}: expected ISO 8601 with a zone (2021-07-03T02:11:09Z, 2021-07-03), or "2h ago" (s m h d w)':
    '{0} {1}：应为带时区的 ISO 8601 时间（2021-07-03T02:11:09Z、2021-07-03），或 "2h ago"（单位 s m h d w）',
  '--sensor {0}: expected 1 to {1} characters': '--sensor {0}：应为 1 至 {1} 个字符',
  '--clock-offset {0}: expected seconds such as 0.25 or -3, at most {1}':
    '--clock-offset {0}：应为秒数，如 0.25 或 -3，最大 {1}',
  '--{0}-factor {1}: expected one of {2}': '--{0}-factor {1}：应为以下之一：{2}',
  '--level {0}: expected some of {1}': '--level {0}：应为以下的一项或多项：{1}',
  '--state {0}: expected some of {1}': '--state {0}：应为以下的一项或多项：{1}',
  '--min-score {0}: expected a number from 0 to 1': '--min-score {0}：应为 0 至 1 的数',
  '--tz {0}: expected UTC or an IANA name such as Asia/Shanghai':
    '--tz {0}：应为 UTC 或 IANA 时区名，如 Asia/Shanghai',
  '--format {0}: expected one of {1}': '--format {0}：应为以下之一：{1}',
  '--mapping {0}: cannot be read ({1})': '--mapping {0}：无法读取（{1}）',
  '--home {0}: expected an address block such as 10.0.0.0/8 or 2001:db8::/32':
    '--home {0}：应为地址段，如 10.0.0.0/8 或 2001:db8::/32',
  '--rules {0}: cannot be read ({1}); expected a folder of rule files':
    '--rules {0}：无法读取（{1}）；应为存放规则文件的目录',
  '--template {0}: expected a folder': '--template {0}：应为目录',
  '--factors-file {0}: cannot be read ({1})': '--factors-file {0}：无法读取（{1}）',
  '--factors {0}: expected one of {1}': '--factors {0}：应为以下之一：{1}',
  '--assume {0}: expected one of {1}': '--assume {0}：应为以下之一：{1}',
  '--by {0}: expected one of {1}': '--by {0}：应为以下之一：{1}',
  '--teams {0}: expected 1 to {1}': '--teams {0}：应为 1 至 {1}',
  '--date {0}: expected a day that has come': '--date {0}：不能是将来的日期',
  '--health {0}: expected ADDRESS:PORT such as 127.0.0.1:9477 or [::1]:9477':
    '--health {0}：应为 ADDRESS:PORT，如 127.0.0.1:9477 或 [::1]:9477',
  '--health {0}:{1}: {2}; {3}': '--health {0}:{1}：{2}；{3}',
  'the port is taken: name another one, or stop what listens there':
    '端口已被占用：请改用其他端口，或停止占用该端口的程序',
  'name an address of this machine and a free port': '请指定本机的地址和空闲的端口',
  '--notify {0}: {1}; trying again': '--notify {0}：{1}；正在重试',
  '--notify {0}: expected file:PATH, - (standard output), http://…, https://…, syslog://HOST:PORT or syslog+tcp://HOST:PORT':
    '--notify {0}：应为 file:PATH、-（标准输出）、http://…、https://…、syslog://HOST:PORT 或 syslog+tcp://HOST:PORT',
  '{0}: takes nothing': '{0}：对端不接收数据',
  '{0}: answered {1}': '{0}：应答状态为 {1}',
  'no connection in time': '连接超时',
  '{0}: expected an IPv4 or IPv6 address; --text searches for words':
    '{0}：应为 IPv4 或 IPv6 地址；按文字搜索请用 --text',
  '{0}: expected an IPv4 or IPv6 address with a verdict': '{0}：应为已有结论的 IPv4 或 IPv6 地址',
  '{0}: expected an address with a verdict': '{0}：应为已有结论的地址',
  '{0} rules': '规则 {0} 条',
  '{0} pool endpoints': '矿池端点 {0} 个',
  '{0} wallet formats': '钱包格式 {0} 种',
  '{0} coins': '币种 {0} 个',
  '{0} agents': '挖矿程序 {0} 个',
  '{0} rows for estimates': '估算数据 {0} 行',
  '{0} malware indicators': '恶意程序指标 {0} 条',
  '{0}; version {1}': '{0}；版本 {1}',
  off: '已停用',
  'overrides {0}': '替代 {0}',
  'not stated': '未说明',
  'example "{0}": {1}': '示例 "{0}"：{1}',
  '{0} examples passed, {1} failed': '示例通过 {0} 个，未通过 {1} 个',
  '{0}: expected the id of a rule (see rigwatch rules list), or a listed pool':
    '{0}：应为规则编号（见 rigwatch rules list）或名单中的矿池',
  '{0} (+{1}: rigwatch rules lint)': '{0}（另有 {1} 处，见 rigwatch rules lint）',
  'the rules were not changed: {0}': '规则未改变：{0}',
  'export xlsx: a workbook is not for a terminal; name a file with -o':
    'export xlsx：工作簿不能输出到终端，请用 -o 指定文件',
  'export {0}: expected one of {1}': 'export {0}：应为以下之一：{1}',
  'export {0} --of {1}: expected {2}': 'export {0} --of {1}：应为 {2}',
  '--with-drop-rule: expected --of pools; suspects are to be cleaned up, not cut off':
    '--with-drop-rule：须配合 --of pools；可疑主机应予处置，而不是断网',
  'export {0} --level {1}: expected confirmed, probable or both in a list that other tools act on':
    'export {0} --level {1}：供其他设备处置用的名单只能选 confirmed、probable 或两者',
  'export {0} --defang: programs need the addresses as they are':
    'export {0} --defang：供程序使用的地址不能作去活化处理',
  '--classtype {0}: expected a name such as coin-mining': '--classtype {0}：应为类别名，如 coin-mining',
  '--office: expected a name of at most {0} characters': '--office：名称最多 {0} 个字符',
  'an xlsx file cannot hold so much: choose less, or take csv': 'xlsx 文件容纳不下：请缩小范围，或改用 csv',
  'units import: expected a FILE, or --template for one to fill in':
    'units import：请指定文件，或用 --template 生成待填写的模板',
  'registry import: expected a FILE, or --template for one to fill in':
    'registry import：请指定文件，或用 --template 生成待填写的模板',
  'cases import: expected a FILE, or --template for one to fill in':
    'cases import：请指定文件，或用 --template 生成待填写的模板',
  '{0}: expected at most {1} ranges in the register, found {2} with those known before':
    '{0}：登记表最多 {1} 个地址段，加上已有的共 {2} 个',
  '{0}: expected one unit at a time, found {1} and {2} from {3}; give valid_from and valid_to':
    '{0}：同一时间只能属于一个单位，但自 {3} 起同时属于 {1} 和 {2}；请填写 valid_from 和 valid_to',
  'the same time': '同一时间',
  '{0}: expected the reference of a declaration': '{0}：应为备案登记的编号',
  '{0}: is there already; expected another --document or -o': '{0}：已存在，请改用其他 --document 或 -o',
  '{0}: a package of this number went out already; expected another --document':
    '{0}：该文号的通报包已经发出；请使用另一个 --document',
  '{0}: made by a build that did not come to its end; expected -o {1}, or that file deleted':
    '{0}：由一次未完成的生成留下；请使用 -o {1}，或删除该文件',
  '{0}: expected a folder that can be written': '{0}：应为可写的目录',
  'the docx package is not installed: expected it for --letter docx; --letter html does without':
    '未安装 docx 软件包，无法使用 --letter docx；--letter html 不需要它',
  '?{0}: expected one of {1}': '?{0}：应为以下之一：{1}',
  '{{{0}}}: expected one of {1}': '{{{0}}}：应为以下之一：{1}',
  'more than {0} bytes': '超过 {0} 字节',
  'more than {0} files': '文件超过 {0} 个',
  'a compressed entry': '含有压缩的条目',
  'entries larger than the file': '条目总长超过文件本身',
  'a name that no package has': '含有通报包中不应有的文件名',
  'no zip file, or cut': '不是 zip 文件，或不完整',
};
