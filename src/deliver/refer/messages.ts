import { fill } from '../../base/fill.js';
import type { Language } from '../../model/language.js';

type Sentence = Readonly<Record<Language, string>>;

const say = (en: string, zh: string): Sentence => ({ en, 'zh-CN': zh });

/** Texts of referral packages and of `rigwatch refer`; `{name}` is filled in. */
export const REFER_MESSAGES = {
  unknown: say('not known', '不详'),
  estimate: say('{value} ({low} to {high})', '{value}（{low} 至 {high}）'),
  range: say('{low} to {high}', '{low}至{high}'),
  more: say(
    'and {count} more; all of them are in addresses.xlsx',
    '另有 {count} 条，全部内容见 addresses.xlsx',
  ),
  'unit.unknown': say('The user of the addresses named below', '下列地址的使用单位'),
  'units.unowned': say('addresses of no known unit', '归属不明的地址'),
  'title.letter': say('Referral', '通报'),
  'title.checklist': say('On-site check list', '现场核查清单'),
  'repeat.0': say('', ''),
  'repeat.1': say('reminder: this has recurred once', '提醒：本案已复发 1 次'),
  'repeat.2': say('escalation: this has recurred twice', '升级处理：本案已复发 2 次'),
  'repeat.3': say(
    'this has recurred three times or more and is on the list of the supervising body',
    '本案已复发 3 次以上，列入上级督办名单',
  ),
  'meaning.confirmed': say(
    'the traffic itself shows an exchange with a mining pool, in clear, that was answered',
    '流量中可直接看到与矿池的明文交互，并得到应答',
  ),
  'meaning.probable': say(
    'independent strong signs agree: by the arithmetic of the verdict at least 99 % likely, not shown by a pool exchange in clear',
    '多项相互独立的强证据一致，按证据权重计算可能性不低于 99%，但流量中未见明文矿池交互',
  ),
  'behind.direct': say('registered as one machine', '登记为直连'),
  'behind.nat': say('NAT egress: many machines share it', '出口 NAT（多台主机共用）'),
  'behind.carrier-nat': say('carrier NAT: subscribers share it', '运营商 NAT（多用户共用）'),
  'behind.inner': say('inner address', '内网地址'),
  'column.no': say('No.', '序号'),
  'column.case': say('case', '案件'),
  'column.level': say('level of the address', '地址级别'),
  'column.score': say('score', '评分'),
  'column.source_ip': say('source IP', '源 IP'),
  'column.source_port': say('source port', '源端口'),
  'column.source_ports': say('source port(s)', '源端口'),
  'column.behind': say('kind of address', '地址类型'),
  'column.isp': say('carrier', '运营商'),
  'column.start': say('start', '开始时间'),
  'column.end': say('end', '结束时间'),
  'column.seen': say('seen ({zone})', '发现时间（{zone}）'),
  'column.first': say('first seen', '首次发现'),
  'column.last': say('last seen', '最后发现'),
  'column.duration': say('duration s', '时长（秒）'),
  'column.active': say('active s', '活动时长（秒）'),
  'column.destination': say('pool', '矿池'),
  'column.destination_ip': say('destination IP', '目的 IP'),
  'column.destination_port': say('destination port', '目的端口'),
  'column.host': say('host', '域名'),
  'column.operator': say('operator', '运营者'),
  'column.country': say('country', '国家或地区'),
  'column.protocol': say('protocol', '协议'),
  'column.coin': say('coin', '币种'),
  'column.wallet': say('wallet or account', '钱包或账户'),
  'column.login': say('login', '登录名'),
  'column.worker': say('worker', '矿工名'),
  'column.agent': say('program', '程序'),
  'column.sessions': say('sessions', '会话数'),
  'column.bytes_out': say('bytes to pool', '发往矿池字节'),
  'column.bytes_in': say('bytes from pool', '矿池返回字节'),
  'column.shares': say('shares submitted', '提交数'),
  'column.accepted': say('shares accepted', '接受数'),
  'column.miners': say('machines', '矿机数'),
  'column.kwh': say('kWh/day if run all day', '千瓦时/日（按全天运行）'),
  'column.quote': say('quoted message', '原文摘录'),
  'column.rule': say('rule', '规则'),
  'column.capture': say('SHA-256 of the capture', '数据文件 SHA-256'),
  'column.unit_id': say('unit', '单位编号'),
  'column.unit': say('name', '单位名称'),
  'column.category': say('category', '类别'),
  'column.region': say('region', '地区'),
  'column.cases': say('cases', '案件数'),
  'column.addresses': say('addresses', '地址数'),
  'column.confirmed': say('confirmed', '确认'),
  'column.probable': say('probable', '很可能'),
  'column.repeat': say('repeat level', '复发级别'),
  'sheet.addresses': say('Addresses', '地址'),
  'sheet.connections': say('Connections', '连接'),
  'sheet.units': say('Units', '单位'),
  'sheet.notes': say('Notes', '说明'),
  'note.zone': say('Times carry their zone: {zone}.', '时间均带时区：{zone}。'),
  'note.lookup': say(
    'To find the machine behind a shared address, look for source IP, source port and destination at the time in the logs of NAT, proxy or DHCP.',
    '地址由多台主机共用时，请以源 IP、源端口、目的地址及时间查询 NAT、代理或 DHCP 日志，定位到具体主机。',
  ),
  'note.quoted': say(
    'Host names, workers, programs and quotes are taken from the traffic as they were; nobody vouches for them.',
    '域名、矿工名、程序名及摘录均为流量原文，其内容未经核实。',
  ),
  'note.empty': say('An empty cell: not known.', '空白单元格：不详。'),
  'attached.line': say('{names}: {what}', '{names}：{what}'),
  'attached.letter': say('this letter', '本函'),
  'attached.checklist': say('on-site check list', '现场核查清单'),
  'attached.xlsx': say('table of addresses and connections', '地址及连接明细表'),
  'attached.json': say('the same for programs', '机器可读数据'),
  'attached.records': say('evidence as read from the traffic', '流量证据记录'),
  'attached.slice': say('packets of the decisive messages', '关键报文数据包'),
  'attached.sums': say('SHA-256 of every file', '各文件 SHA-256 校验值'),
  'finding.head': say('{ip} ({level})', '{ip}（{level}）'),
  'finding.seen': say(
    'Seen from {first} to {last} ({zone}), active {active}, {sessions} connection(s), source port(s) {ports}.',
    '{first} 至 {last}（{zone}）期间发现，活动时长 {active}，连接 {sessions} 个，源端口 {ports}。',
  ),
  'finding.pools': say('Pools contacted: {pools}.', '连接的矿池：{pools}。'),
  'finding.coins': say('Coins: {coins}.', '币种：{coins}。'),
  'coin.possible': say('{ticker} (possible)', '{ticker}（可能）'),
  'finding.wallets': say('Wallets or accounts: {wallets}.', '钱包或账户：{wallets}。'),
  'finding.workers': say('Names of workers: {workers}.', '矿工名：{workers}。'),
  'finding.agents': say('Programs, as they name themselves: {agents}.', '程序自报名称：{agents}。'),
  'finding.miners': say('Machines: {miners}.', '矿机数量：{miners} 台。'),
  'finding.quote': say(
    'Quoted from the traffic (rule {rule}): {quote}',
    '流量原文摘录（规则 {rule}）：{quote}',
  ),
  'finding.proof': say(
    'Recomputed from the traffic, a share that proves itself (rule {rule}): {quote}',
    '由流量重新计算，该次提交（share）可自证（规则 {rule}）：{quote}',
  ),
  'finding.rule': say('Seen in the traffic (rule {rule}): {quote}', '流量所见（规则 {rule}）：{quote}'),
  'duration.hours': say('{hours} h {minutes} min', '{hours} 小时 {minutes} 分'),
  'duration.minutes': say('{minutes} min {seconds} s', '{minutes} 分 {seconds} 秒'),
  'phase.locate': say('1. Find the machine', '一、定位主机'),
  'phase.look': say('2. What to look for on it', '二、在主机上查找'),
  'phase.active': say('3. What would show that the owner mines', '三、何种情况可认定为主动挖矿'),
  'phase.passive': say(
    '4. What would show that it mines without its owner',
    '四、何种情况可认定为被动挖矿（被植入）',
  ),
  'phase.research': say('5. What would show research', '五、何种情况可认定为科研用途'),
  'phase.photograph': say('6. What to photograph', '六、需拍照取证'),
  'phase.keep': say('7. What to keep and to report', '七、需保全与反馈'),
  'check.indication': say(
    'Sign seen: {seen}. Refuted by: {refute}.',
    '已见迹象：{seen}。可推翻该迹象的情况：{refute}。',
  ),
  'check.locate-direct': say(
    '{ip} is registered as one machine: find it by the list of assigned addresses, as it stood between {first} and {last}; if a NAT or proxy stands there after all, by source port(s) {ports} in its logs.',
    '{ip} 登记为直连地址：按 {first} 至 {last} 期间的地址分配记录找到该主机；如实际经 NAT 或代理上网，则以源端口 {ports} 查其日志。',
  ),
  'check.locate-nat': say(
    'Ask the logs of NAT, proxy, DHCP or VPN which machine used {ip} with source port(s) {ports} between {first} and {last}; addresses.xlsx has each time.',
    '在 NAT、代理、DHCP、VPN 日志中查询 {first} 至 {last} 期间使用 {ip}、源端口 {ports} 的主机；各次时间见 addresses.xlsx。',
  ),
  'check.locate-carrier': say(
    'Ask the carrier which subscriber had {ip} with source port(s) {ports} between {first} and {last}; addresses.xlsx has each time.',
    '请运营商查询 {first} 至 {last} 期间使用 {ip}、源端口 {ports} 的用户；各次时间见 addresses.xlsx。',
  ),
  'check.locate-inner': say(
    'Inner addresses that the traffic itself names: {names}.',
    '流量中出现的内网地址：{names}。',
  ),
  'check.locate-names': say(
    'Machines, users or groups named: {names} (compare with host names, asset labels and accounts).',
    '核对名称为 {names} 的主机、用户或分组（与主机名、资产标签、账号比对）。',
  ),
  'check.look-connection': say(
    'Open connections to {peers}, and which process holds them.',
    '与 {peers} 的连接，及其所属进程。',
  ),
  'check.look-commands': say(
    'Linux: ss -tnp; Windows: netstat -ano, then tasklist /fi "PID eq …". Look for {addresses} among the remote addresses.',
    'Linux 执行 ss -tnp；Windows 执行 netstat -ano，再以 tasklist /fi "PID eq …" 查进程。在远端地址中查找 {addresses}。',
  ),
  'check.look-proxy': say(
    'A proxy that collects the work of other machines ({names}): its own list of clients leads to them.',
    '汇聚多台矿机的代理程序（{names}）：其客户端列表可指向其他主机。',
  ),
  'check.look-xmrig': say(
    'XMRig or a build of it ({names}), often renamed: a process with constant load on most processor cores, a config.json with "pools" beside the program, huge pages switched on.',
    'XMRig 或其改版（{names}），常被改名：持续占用大部分处理器核心的进程，程序目录下含 "pools" 的 config.json，系统启用大页内存。',
  ),
  'check.look-cpuminer': say(
    'A miner for processors ({names}): pool and user stand on its command line (-o, -u) or in a JSON file.',
    '处理器挖矿程序（{names}）：命令行（-o、-u）或 JSON 文件中有矿池和用户名。',
  ),
  'check.look-asic-api': say(
    'Mining machines ({names}): boxes with a network cable, loud fans and a web page at port 80; cgminer and its kin answer at TCP port 4028.',
    '专用矿机（{names}）：接有网线、风扇噪声大、80 端口有管理页面的设备；cgminer 类程序监听 TCP 4028 端口。',
  ),
  'check.look-gpu-miner': say(
    'A miner for graphics cards ({names}): a console program or a start file (.bat, .sh) with pool and wallet.',
    '显卡挖矿程序（{names}）：命令行程序或含矿池、钱包的启动脚本（.bat、.sh）。',
  ),
  'check.look-nicehash': say(
    'NiceHash ({names}): the account that it pays is in its settings.',
    'NiceHash（{names}）：其设置中有收款账户。',
  ),
  'check.look-cpu': say(
    'The work is for processors: servers, office computers, cloud machines and containers with high load at night too.',
    '该算法使用处理器：重点查看夜间仍高负载的服务器、办公电脑、云主机和容器。',
  ),
  'check.look-gpu': say(
    'The work is for graphics cards: workstations, laboratories, teaching rooms and frames with several cards (nvidia-smi shows the process).',
    '该算法使用显卡：重点查看工作站、实验室、机房及多卡机架（nvidia-smi 可显示进程）。',
  ),
  'check.look-asic': say(
    'The work is for dedicated machines: heat, noise, power supplies of 1 to 4 kW, in store rooms, roofs, plant rooms; a computer alone would not earn anything.',
    '该算法使用专用矿机：查看库房、楼顶、设备间中发热、噪声大、电源 1 至 4 千瓦的设备；普通电脑难有收益。',
  ),
  'check.look-wallet': say(
    'Files, scripts and histories that hold {wallets}.',
    '含有 {wallets} 的文件、脚本和命令历史。',
  ),
  'check.look-autostart': say(
    'What starts it again: scheduled tasks, services, cron, systemd, registry Run keys, containers, authorized_keys of strangers.',
    '自启动方式：计划任务、服务、cron、systemd、注册表 Run 项、容器、陌生的 authorized_keys。',
  ),
  'check.active-hardware': say(
    'For it: the program was installed with the account of its user or administrator, or hardware was bought or brought for it. Against it: nobody knew the program, and it came in by an intrusion.',
    '支持：程序由使用人或管理员本人账号安装，或专门购置、带入了设备。不支持：无人知晓该程序，且系入侵植入。',
  ),
  'check.active-account': say(
    'Who holds the wallet or account: {wallets}. Purchases, pool statements and messages on the user’s own devices decide.',
    '钱包或账户的持有人：{wallets}。购置记录、矿池账单及本人设备上的信息可作认定。',
  ),
  'check.passive-entry': say(
    'For it: how it came in can be shown (a break-in by password, an open service, an infected file) and the files are of about the time it was first seen, {first}. Against it: it was installed on site by a known person.',
    '支持：能说明入侵途径（口令爆破、服务漏洞、染毒文件），且文件时间与首次发现时间 {first} 相近。不支持：由已知人员现场安装。',
  ),
  'check.passive-hidden': say(
    'For it: a disguised name or folder, a process that hides, other machines with the same file, pay to a wallet that nobody in the unit holds.',
    '支持：名称或目录伪装、进程隐藏、多台主机存在同一文件、收益归于本单位无人持有的钱包。',
  ),
  'check.research-filing': say(
    'For it: a filing made before the traffic, with purpose, person in charge, dates, machines and coin that agree with this table. Against it: made afterwards, or exceeded.',
    '支持：流量发生前已备案，且用途、负责人、期限、设备和币种与本表相符。不支持：事后补办或超出备案范围。',
  ),
  'check.photo-place': say(
    'The machine where it stands, its label and serial number, the network port it is plugged into.',
    '设备及其所在位置、铭牌与序列号、所接网络端口。',
  ),
  'check.photo-process': say(
    'The list of processes with program, path, command line, user and start time.',
    '进程列表，含程序、路径、命令行、用户和启动时间。',
  ),
  'check.photo-connection': say('The list of connections with {peers} on it.', '含 {peers} 的网络连接列表。'),
  'check.photo-config': say(
    'Settings of the program with pool, wallet and worker; its own page or console while it works.',
    '程序配置中的矿池、钱包和矿工名；运行中的控制台或管理页面。',
  ),
  'check.photo-power': say(
    'Wiring, meter reading and cooling of the machines.',
    '设备的供电线路、电表读数和散热设施。',
  ),
  'check.photo-clock': say(
    'The clock of the machine beside a right one: its difference decides whether logs agree.',
    '主机系统时间与标准时间的对照：时间差影响日志比对。',
  ),
  'check.keep-running': say(
    'Before anything is switched off: memory, processes, connections and logged-on users are noted.',
    '断电关机前先记录内存、进程、网络连接和登录用户。',
  ),
  'check.keep-files': say(
    'Program, settings, scripts and logs as copies with their SHA-256.',
    '程序、配置、脚本和日志的副本及其 SHA-256。',
  ),
  'check.keep-logs': say(
    'Logs of NAT, DHCP, VPN and log-ins from {first} to {last}, before they are overwritten.',
    '{first} 至 {last} 期间的 NAT、DHCP、VPN 及登录日志，避免被覆盖。',
  ),
  'check.keep-record': say(
    'A record of who looked at what, when and where, signed by those present; what was sealed, by serial number.',
    '现场记录：何人、何时、何地、查看何物，在场人员签字；封存设备逐一登记序列号。',
  ),
  'check.keep-result': say(
    'Report back: active, passive, research or not found; machines and computers sealed; coins; what was done against a repeat.',
    '反馈结果：主动、被动、科研或未发现；封存矿机和电脑数量；币种；防止复发的措施。',
  ),
  'built.dry': say(
    '{file}: would be written ({addresses} addresses, cases {cases})',
    '{file}：将写入（地址 {addresses} 个，案件 {cases}）',
  ),
  'built.file': say(
    '{file} ({addresses} addresses, cases {cases}, SHA-256 {sha256})',
    '{file}（地址 {addresses} 个，案件 {cases}，SHA-256 {sha256}）',
  ),
  'built.taken-up': say(
    '{file}: finished by an earlier build that was interrupted; it stays as it is, and its cases are marked by this one',
    '{file}：已由此前中断的生成任务写成，文件保持不变，本次予以标记相关案件',
  ),
  'built.none': say(
    'nothing was written: no case is due with a confirmed or probable address of its unit (one that waits for an answer goes out again where its number or --unit names it)',
    '未写入任何文件：没有应通报的案件，或案件中没有本单位的确认、很可能地址（已通报待回复的案件，须以案件编号或 --unit 指定才会再次通报）',
  ),
  'left.sessions-of-other-owners': say(
    '{count} connection(s) at times when the address was not the unit’s were left out',
    '已剔除 {count} 个连接：当时地址不属于该单位',
  ),
  'left.addresses-not-flagged': say(
    '{count} address(es) without a confirmed or probable verdict of its own were left out',
    '已剔除 {count} 个地址：其自身没有确认或很可能的结论',
  ),
  'left.sessions-beyond-limit': say(
    '{count} connection(s) beyond the limit were left out',
    '已略去 {count} 个超出上限的连接',
  ),
  'left.evidence-beyond-limit': say(
    '{count} fact(s) beyond the limit were left out',
    '已略去 {count} 条超出上限的证据',
  ),
  'verify.holds': say('{file}: holds ({files} files)', '{file}：完好（{files} 个文件）'),
  'verify.fails': say('{file}: does NOT hold', '{file}：校验未通过'),
  'verify.key': say('signed with key {fingerprint}', '签名密钥指纹 {fingerprint}'),
  'verify.key-unchecked': say(
    'whose key that is was not checked: compare the fingerprint, or give --key',
    '未核对密钥归属：请比对指纹，或用 --key 指定公钥',
  ),
  'verify.key-is': say('which is the key that was expected', '与指定的密钥一致'),
  'fault.not-a-package': say('not a referral package ({subject})', '不是通报包（{subject}）'),
  'fault.container': say(
    'the zip itself is not as it was written (bytes between or around the files)',
    'zip 容器与写入时不一致（文件之间或之外的字节有变化）',
  ),
  'fault.manifest': say('the manifest cannot be understood', '清单无法解析'),
  'fault.signature': say('the signature does not fit the manifest', '签名与清单不符'),
  'fault.key': say('signed with another key than expected', '签名密钥与指定的不一致'),
  'fault.missing': say('{subject} is missing', '缺少 {subject}'),
  'fault.altered': say('{subject} was altered', '{subject} 已被改动'),
  'fault.extra': say('{subject} is not in the manifest', '{subject} 不在清单中'),
  'list.document': say('document', '文号'),
  'list.unit': say('unit', '单位'),
  'show.files': say('Files', '文件'),
  'show.profile': say('profile', '类型'),
  'profile.unit': say('for one unit', '单位'),
  'profile.office': say('figures for an upper office', '上级（汇总）'),
} as const satisfies Readonly<Record<string, Sentence>>;

export type ReferKey = keyof typeof REFER_MESSAGES;
/** What keys begin with: lists of words. */
type Group = ReferKey extends infer K ? (K extends `${infer G}.${string}` ? G : never) : never;

export function referMessage(
  language: Language,
  key: ReferKey,
  values: Readonly<Record<string, string | number>> = {},
): string {
  return fill(REFER_MESSAGES[key][language], values);
}

/** A word of `group`; what a newer version wrote stands for itself. */
export function referWord(
  language: Language,
  group: Group,
  word: string,
  values: Readonly<Record<string, string | number>> = {},
): string {
  const key = `${group}.${word}`;
  return key in REFER_MESSAGES ? referMessage(language, key as ReferKey, values) : word;
}
