import type { Language } from '../../../model/language.js';

type Sentence = Readonly<Record<Language, string>>;

const say = (en: string, zh: string): Sentence => ({ en, 'zh-CN': zh });

export const NATURE_TITLES = {
  active: say('Points to an owner who mines', '指向主动挖矿的迹象'),
  passive: say(
    'Points to a machine mining without its owner (malware)',
    '指向被动挖矿（被植入恶意程序）的迹象',
  ),
  research: say('Points to research, testing or measurement', '指向科研、测试或测量的迹象'),
  refuted: say('refuted by: {text}', '可推翻：{text}'),
  caution: say(
    'These are signs, not findings of intent; they may hold side by side, and none replaces the check on site.',
    '以上仅为迹象，不是对主观意图的认定；可能同时成立，均不能代替现场核查。',
  ),
  nothing: say('Nothing seen tells who set it up, or why.', '没有信息表明由谁设置、出于何种目的。'),
} as const;

/** For each indication: what was seen, and what would refute it. */
export const NATURE_MESSAGES: Readonly<
  Record<string, { readonly seen: Sentence; readonly refute: Sentence }>
> = {
  'asic-agent': {
    seen: say(
      'the program names itself as a mining machine’s (ASIC): {agents}',
      '程序自称为专用矿机（ASIC）：{agents}',
    ),
    refute: say(
      'no such machine on site; measuring tools copy these names',
      '现场没有此类矿机；测量工具也会冒用该名称',
    ),
  },
  'proxy-agent': {
    seen: say('a proxy for many miners speaks: {agents}', '由汇聚多台矿机的代理程序通信：{agents}'),
    refute: say(
      'the proxy was installed by an intruder for machines it holds',
      '该代理由入侵者为其控制的主机安装',
    ),
  },
  'worker-series': {
    seen: say('{count} machines are named in a series: {workers}', '{count} 台机器按序号命名：{workers}'),
    refute: say('the names come from a script of an intruder', '名称由入侵者的脚本自动生成'),
  },
  'asic-coin': {
    seen: say('{coins} is mined with dedicated machines only', '{coins} 只能用专用矿机开采'),
    refute: say(
      'no shares of that worth were accepted: a program that tries in vain',
      '没有相应的有效提交：程序只是徒劳尝试',
    ),
  },
  'pool-account': {
    seen: say('a pool account with a name is paid: {accounts}', '收益归于矿池的具名账户：{accounts}'),
    refute: say(
      'the pool says that the account is known from many networks',
      '矿池证实该账户出现在许多不同网络',
    ),
  },
  'many-machines': {
    seen: say('at least {low} machines at once (by {basis})', '至少 {low} 台机器同时工作（依据：{basis}）'),
    refute: say('the machines are the office’s own computers, broken into', '这些机器是被入侵的办公电脑'),
  },
  'malware-wallet': {
    seen: say(
      'the wallet {wallet} is on a published list of malware ({family}, {source})',
      '钱包 {wallet} 在已公开的恶意程序名单上（{family}，{source}）',
    ),
    refute: say(
      'it is the wallet of an exchange or service that many use (a payment id behind it says so), or the user set it himself; lists err',
      '该钱包属于多人共用的交易所或服务（其后带有 payment id 即为此类），或由用户自行填写；名单可能有误',
    ),
  },
  'malware-server': {
    seen: say(
      'the server {server} is on a published list of malware ({family}, {source})',
      '服务器 {server} 在已公开的恶意程序名单上（{family}，{source}）',
    ),
    refute: say('the address has had another owner since the list was made', '名单形成后该地址已更换使用者'),
  },
  'shared-wallet': {
    seen: say(
      'the wallet {wallet} is paid from {networks} networks (blocks of /24 or /48); whether they belong to unrelated units is not known here, so this is a hint only',
      '钱包 {wallet} 的收益来自 {networks} 个网段（/24 或 /48）；这些网段是否属于互不相关的单位尚不清楚，故仅作提示',
    ),
    refute: say(
      'the networks belong to one owner or one pool account is shared on purpose',
      '这些网段属于同一单位，或多人有意共用账户',
    ),
  },
  'wallet-of-units': {
    seen: say(
      'the wallet {wallet} is paid from {units} units of the register',
      '钱包 {wallet} 的收益来自登记表中的 {units} 个单位',
    ),
    refute: say(
      'the units belong together, or people of them share one pool account on purpose',
      '这些单位相互关联，或其人员有意共用账户',
    ),
  },
  browser: {
    seen: say('a web page mined in a browser', '由浏览器中的网页挖矿'),
    refute: say('the user opened a mining page on purpose and left it open', '用户有意打开并保持挖矿网页'),
  },
  'host-name-worker': {
    seen: say(
      'workers are named as set-up scripts name them, after the computer: {workers}',
      '矿工名为脚本自动取用的主机名：{workers}',
    ),
    refute: say('the owner used the same script, or chose the name', '所有者使用了同样的脚本，或自行取名'),
  },
  'no-agent': {
    seen: say(
      'the program does not name itself in {sessions|session|sessions}',
      '程序在 {sessions} 个会话中未表明自身名称',
    ),
    refute: say('a self-built or old program of the owner', '所有者自行编译或使用的旧版程序'),
  },
  'web-port-bare-address': {
    seen: say(
      'pool traffic goes to a bare address on a port of the web or of DNS: {servers}',
      '矿池流量发往网页或 DNS 端口的裸地址：{servers}',
    ),
    refute: say('the pool itself offers this port to pass firewalls', '矿池本身提供该端口以穿越防火墙'),
  },
  restarts: {
    seen: say(
      '{sessions} sessions of under a minute with {pools} pools: something keeps starting it again',
      '与 {pools} 个矿池的 {sessions} 个不足一分钟的会话：似有程序反复启动',
    ),
    refute: say('a bad line or a blocking firewall breaks the sessions', '线路故障或防火墙阻断造成会话中断'),
  },
  declared: {
    seen: say('declared as {name} until {until}', '已备案：{name}，有效期至 {until}'),
    refute: say(
      'the declaration does not cover this machine, time or purpose',
      '备案不涵盖该主机、时间或用途',
    ),
  },
  'testnet-wallet': {
    seen: say(
      'the wallet {wallet} is of a test network ({network}): its coins are worth nothing',
      '钱包 {wallet} 属于测试网络（{network}）：其代币没有价值',
    ),
    refute: say('other sessions of the address pay a real wallet', '该地址另有会话使用真实钱包'),
  },
  'private-server': {
    seen: say('every pool server has a private address: {servers}', '所有矿池服务器均为内网地址：{servers}'),
    refute: say('the inner server passes the work on to a pool outside', '内网服务器将任务转给外部矿池'),
  },
  prober: {
    seen: say(
      '{pools} pools were greeted within an hour without a share',
      '一小时内与 {pools} 个矿池握手且无提交',
    ),
    refute: say('mining software found on the machine', '该主机上发现挖矿程序'),
  },
  'short-without-share': {
    seen: say(
      'the sessions that were read as mining last {seconds} s in all, and no share was seen',
      '可读出挖矿协议的会话合计仅 {seconds} 秒，未见提交',
    ),
    refute: say('the capture shows only a part of a longer session', '抓包只覆盖了较长会话的一部分'),
  },
};
