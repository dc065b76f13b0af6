import { fill } from '../../../base/fill.js';
import { Phrase } from '../../../base/phrase.js';
import type { Language } from '../../../model/language.js';
import { translate } from '../translate.js';

/** Texts of `doctor`, in every language: what was found, and what to do. See messages.ts. */
const EN = {
  'doctor.ok': 'ok',
  'doctor.warning': 'warning',
  'doctor.problem': 'problem',
  'check.node': 'node',
  'check.database': 'database',
  'check.disk': 'disk',
  'check.rules': 'rules',
  'check.receive-buffer': 'receive-buffer',
  'check.capture': 'capture',
  'check.source': 'source',
  'check.exporter': 'exporter',
  'doctor.verdict.ok': 'nothing to do',
  'doctor.verdict.todo': '{problems} to fix, {warnings} to know',
  'node.ok': 'Node.js {version}',
  'node.old': 'Node.js {version} gets no security fixes any more; install Node.js 24',
  'database.ok': '{path}: schema {schema}, can be written',
  'database.none': '{path}: not there yet; the first scan or watch makes it',
  'database.older': '{path}: will be brought up to date by the next scan or watch',
  'database.no-folder': '{path}: its folder does not exist; create it',
  'database.bad': '{reason}',
  'database.unwritable':
    '{path}: cannot be written; give the user that runs rigwatch write access to the file and its folder',
  'disk.ok': '{path}: {free} free',
  'disk.low': '{path}: only {free} free; the database grows by what is found: make room',
  'rules.ok': '{rules} rules and {pools} pool endpoints, version {version}',
  'rules.bad': '{faults} faults in the rule files, the first: {reason}; "rigwatch rules lint" lists them',
  'receive-buffer.ok': 'the system grants receive buffers of up to {granted} bytes',
  'receive-buffer.small':
    'the system grants receive buffers of {granted} bytes, {asked} are wanted: bursts of flow exports may be lost; run "sysctl -w net.core.rmem_max={asked}" and write it to /etc/sysctl.d/rigwatch.conf',
  'capture.ok': '{program} is there, for if:// inputs',
  'capture.none':
    'neither dumpcap nor tcpdump is there: if:// inputs cannot be opened; install tcpdump if you want them',
  'source.cannot': '{reason}',
  'source.opened': '{url}: {where}',
  'source.small-buffer':
    '{url}: has a receive buffer of {granted} of {asked} bytes: bursts may be lost; see receive-buffer',
  'source.silent':
    '{url}: nothing came in {seconds} s; does the exporter send to this address and port, does a firewall stop it? "tcpdump -n -i any {protocol} port {port}" shows what arrives',
  'source.silent-file':
    '{url}: nothing to read was found in {seconds} s; does the path match a file that can be read?',
  'source.read': '{url}: {bytes} bytes, {packets} packets, {records} flow records in {seconds} s',
  'source.nothing':
    '{url}: {bytes} bytes came, and no packet or flow record was in them; is it what the URL says? docs/inputs.md names the formats',
  'source.dropped':
    '{url}: {dropped} were lost before they could be read; a larger receive buffer or a faster machine is needed',
  'source.trouble': '{reason}',
  'exporter.ok':
    '{exporter}: {formats}, {datagrams} messages, {records} records, {templates} templates, sampling {sampling}',
  'exporter.no-template':
    '{exporter}: {misses} data sets came without their template (ids {ids}); they wait for it for 30 minutes: set a template refresh of a minute or so on the exporter',
  'exporter.lost':
    '{exporter}: {lost} records and {messages} messages are missing by its own sequence numbers: the network or the receive buffer loses them',
  'exporter.malformed': '{exporter}: {malformed} messages could not be read',
  'exporter.skew':
    '{exporter}: its clock is {seconds} s off ours; set up NTP on both, or sessions do not fit the DNS answers that explain them',
  'exporter.times':
    '{exporter}: {count} records had impossible times, the export time stands in for them; look at its clock and time settings',
  'exporter.sampled':
    '{exporter}: counts one packet in {sampling}: contacts with known pools are still seen in long connections, behaviour cannot be judged; sample less (1:1 where possible) for the networks of interest',
} as const;

export type DoctorMessageKey = keyof typeof EN;

const ZH: Readonly<Record<DoctorMessageKey, string>> = {
  'doctor.ok': '正常',
  'doctor.warning': '注意',
  'doctor.problem': '问题',
  'check.node': '运行环境',
  'check.database': '数据库',
  'check.disk': '磁盘空间',
  'check.rules': '检测规则',
  'check.receive-buffer': '接收缓冲区',
  'check.capture': '抓包程序',
  'check.source': '输入',
  'check.exporter': '导出设备',
  'doctor.verdict.ok': '无需处理',
  'doctor.verdict.todo': '需要解决 {problems} 项，需要注意 {warnings} 项',
  'node.ok': 'Node.js {version}',
  'node.old': 'Node.js {version} 已停止安全更新；请安装 Node.js 24',
  'database.ok': '{path}：结构版本 {schema}，可写',
  'database.none': '{path}：尚不存在；首次 scan 或 watch 时创建',
  'database.older': '{path}：下次 scan 或 watch 时会升级',
  'database.no-folder': '{path}：所在目录不存在，请先创建',
  'database.bad': '{reason}',
  'database.unwritable': '{path}：不可写；请给运行 rigwatch 的用户该文件及其目录的写权限',
  'disk.ok': '{path}：剩余 {free}',
  'disk.low': '{path}：仅剩 {free}；数据库随发现内容增长，请腾出空间',
  'rules.ok': '规则 {rules} 条，矿池端点 {pools} 个，版本 {version}',
  'rules.bad': '规则文件有 {faults} 处错误，第一处：{reason}；“rigwatch rules lint” 可列出全部',
  'receive-buffer.ok': '系统允许的接收缓冲区最大 {granted} 字节',
  'receive-buffer.small':
    '系统允许的接收缓冲区为 {granted} 字节，需要 {asked} 字节：突发的流记录可能丢失；请运行 “sysctl -w net.core.rmem_max={asked}” 并写入 /etc/sysctl.d/rigwatch.conf',
  'capture.ok': '有 {program}，可用于 if:// 输入',
  'capture.none': '没有 dumpcap 和 tcpdump：无法打开 if:// 输入；如需要请安装 tcpdump',
  'source.cannot': '{reason}',
  'source.opened': '{url}：{where}',
  'source.small-buffer':
    '{url}：接收缓冲区为 {granted} 字节（需要 {asked}），突发流量可能丢失；见“接收缓冲区”一项',
  'source.silent':
    '{url}：{seconds} 秒内没有收到任何内容；导出设备是否发往此地址和端口，是否被防火墙拦截？可用 “tcpdump -n -i any {protocol} port {port}” 查看',
  'source.silent-file': '{url}：{seconds} 秒内没有可读内容；路径是否对应可读的文件？',
  'source.read': '{url}：{seconds} 秒内 {bytes} 字节，数据包 {packets} 个，流记录 {records} 条',
  'source.nothing':
    '{url}：收到 {bytes} 字节，但其中没有数据包或流记录；内容与 URL 是否相符？格式见 docs/inputs.md',
  'source.dropped': '{url}：读取之前丢失 {dropped} 个；需要更大的接收缓冲区或更快的机器',
  'source.trouble': '{reason}',
  'exporter.ok':
    '{exporter}：{formats}，报文 {datagrams} 个，记录 {records} 条，模板 {templates} 个，采样 {sampling}',
  'exporter.no-template':
    '{exporter}：{misses} 个数据集没有对应模板（编号 {ids}），最多等待 30 分钟：请在导出设备上把模板刷新周期设为一分钟左右',
  'exporter.lost': '{exporter}：按其自身序号缺少记录 {lost} 条、报文 {messages} 个：在网络或接收缓冲区中丢失',
  'exporter.malformed': '{exporter}：{malformed} 个报文无法读取',
  'exporter.skew':
    '{exporter}：其时钟与本机相差 {seconds} 秒；请在两端配置 NTP，否则会话与解释它们的 DNS 应答对不上',
  'exporter.times': '{exporter}：{count} 条记录的时间不可能，已用导出时间代替；请检查其时钟和时间设置',
  'exporter.sampled':
    '{exporter}：每 {sampling} 个数据包计一个：长连接中与已知矿池的联系仍可见，但无法判断行为；请对关注的网络降低采样比（尽可能 1:1）',
};

export const DOCTOR_MESSAGES: Readonly<Record<Language, Readonly<Record<DoctorMessageKey, string>>>> = {
  en: EN,
  'zh-CN': ZH,
};

export function doctorMessage(
  language: Language,
  key: DoctorMessageKey,
  values: Readonly<Record<string, string | number | Phrase>> = {},
): string {
  const texts = Object.entries(values).map(([name, value]) => [
    name,
    value instanceof Phrase ? translate(language, value) : value,
  ]);
  return fill(DOCTOR_MESSAGES[language][key], Object.fromEntries(texts));
}
