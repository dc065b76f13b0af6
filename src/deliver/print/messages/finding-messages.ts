import { fill } from '../../../base/fill.js';
import type { Strength } from '../../../model/evidence.js';
import type { Language } from '../../../model/language.js';
import type { CoinBasis } from '../../../model/observation.js';
import type { Estimate, Payout, VerdictCoin } from '../../../model/verdict.js';

const say = (en: string, zh: string): Readonly<Record<Language, string>> => ({ en, 'zh-CN': zh });

/** Texts of what a brief calls certain and likely, and of leads to the machine. */
export const FINDING_MESSAGES = {
  certain: say('Certain: seen on the wire', '确定：流量中直接可见'),
  likely: say('Likely, but not proved', '可能，但未经证实'),
  nature: say('Who set it up? Signs only', '由谁设置？仅为迹象'),
  'session.clear': say(
    'Spoke with {peer} in clear, in {sessions|session|sessions} of the pool protocol {dialect}, {first} to {last}:',
    '与 {peer} 以明文通信，使用矿池协议 {dialect}，会话 {sessions} 个，{first} 至 {last}：',
  ),
  'count.login': say('{count|log-in|log-ins}', '登录 {count} 次'),
  'count.hello': say('{count|greeting|greetings}', '问候 {count} 次'),
  'count.accepted': say('{count} accepted', '接受 {count} 次'),
  'count.job': say('{count|task|tasks} sent by the server', '服务器下发任务 {count} 个'),
  'count.poll': say('{count|round|rounds} of work fetched and given', '获取并得到任务 {count} 轮'),
  'count.share': say(
    '{count|result|results} (shares) handed in, {accepted} accepted',
    '提交成果（share）{count} 份，接受 {accepted} 份',
  ),
  'count.rejected': say('{count} refused ({percent} %)', '拒绝 {count} 份（{percent}%）'),
  'count.none': say('a greeting, and no answer of a pool', '仅有问候，没有矿池应答'),
  'session.tls': say(
    'Spoke with {peer} under encryption, in {sessions|session|sessions}, {first} to {last}; what was said cannot be read',
    '与 {peer} 加密通信，会话 {sessions} 个，{first} 至 {last}；内容无法读取',
  ),
  'session.flow': say(
    'Connected to {peer} {sessions|time|times}, {first} to {last}; what was said was not captured or not read',
    '与 {peer} 连接 {sessions} 次，{first} 至 {last}；内容未捕获或未解读',
  ),
  'looked-up': say('Looked up the name {host} ({count|time|times})', '查询域名 {host}（{count} 次）'),
  'said-login': say('Called itself {names} (its own words)', '客户端自称 {names}（自述）'),
  'likely.level': say(
    'It mines: probability {score}, level {level}',
    '存在挖矿行为：概率 {score}，级别 {level}',
  ),
  'likely.coin': say('It mines {coins}', '币种为 {coins}'),
  'likely.miners': say('Behind the address: {text}', '该地址后：{text}'),
  'likely.program': say(
    'The program is {names}: what it says of itself, which anybody can write',
    '程序为 {names}：系其自述，可任意填写',
  ),
  'likely.operator': say('The pool is run by {names} (by the lists)', '矿池运营者为 {names}（依据名单）'),
  'machines.one': say('one machine; nothing seen points to more', '1 台机器；没有迹象表明更多'),
  'machines.up-to': say(
    'at least one machine, at most {high} (as many names, programs or connections were seen)',
    '至少 1 台，至多 {high} 台机器（依据所见的名称、程序或连接数）',
  ),
  'machines.exactly': say('{low} machines, told apart by {basis}', '{low} 台机器，区分依据：{basis}'),
  'machines.range': say(
    'at least {low} machines, told apart by {basis}; at most {high}',
    '至少 {low} 台机器，区分依据：{basis}；至多 {high} 台',
  ),
  coin: say(
    '{ticker} (told by {basis}; confidence {percent} %)',
    '{ticker}（依据：{basis}；置信度 {percent}%）',
  ),
  'lead.inner': say(
    'inside addresses named by the traffic itself (a lead, no proof): {names}',
    '流量自身提到的内部地址（线索，非证据）：{names}',
  ),
  'lead.stack': say(
    'a system of another make than Linux, macOS or Windows, or network equipment (packets start with a time to live of {ttl}{timestamps})',
    'Linux、macOS、Windows 以外的系统或网络设备（数据包初始 TTL 为 {ttl}{timestamps}）',
  ),
  'lead.stack-64': say(
    'most likely a system like Linux, Android or macOS (packets start with a time to live of {ttl}{timestamps})',
    '多为 Linux、Android 或 macOS 类系统（数据包初始 TTL 为 {ttl}{timestamps}）',
  ),
  'lead.stack-128': say(
    'most likely a system like Windows (packets start with a time to live of {ttl}{timestamps})',
    '多为 Windows 类系统（数据包初始 TTL 为 {ttl}{timestamps}）',
  ),
  'lead.timestamps': say(' and carry TCP timestamps', '，并带有 TCP 时间戳'),
} as const;

/** How a number of machines was come by (VerdictObject.miners.basis), for people. */
const BASES: Readonly<Record<string, Readonly<Record<Language, string>>>> = {
  'worker-names': say('worker names within an hour', '一小时内的矿工名'),
  'parallel-sessions': say('sessions open at once', '同时打开的会话'),
  agents: say('programs within an hour', '一小时内的程序'),
  'registered-machines': say(
    'machines that have numbers of their own in the session',
    '会话中各有编号的机器',
  ),
  'nonce-partition': say('parts of the nonce that a proxy gives out', '代理分配的随机数分区'),
  'hash-counters': say('hash counters that rise apart', '各自递增的哈希计数'),
  'tcp-clocks': say('clocks in TCP timestamps', 'TCP 时间戳时钟'),
  'tcp-stacks': say('kinds of operating system', '操作系统的种类'),
  'syn-options': say('systems that open connections in different ways', '建立连接方式各不相同的系统'),
  proxy: say('a proxy may hide up to 256 a session', '每个代理会话最多可隐藏 256 台'),
  'fees-left-out': say('sessions for the program’s author left out', '不含支付给程序作者的会话'),
};

/** What else is to be said of a number of machines; no way to tell them apart. */
const REMARKS: ReadonlySet<string> = new Set(['proxy', 'fees-left-out']);

/** The codes of a basis as phrases; what a newer version wrote stands for itself. */
export function basisText(language: Language, basis: string): string {
  return phrases(language, basis.split(', '));
}

function phrases(language: Language, codes: readonly string[]): string {
  return codes.map((code) => BASES[code]?.[language] ?? code).join(language === 'en' ? ', ' : '、');
}

/** How many machines, in words; how they are told apart only where there are several. */
export function machinesText(language: Language, { low, high, basis }: Estimate): string {
  const codes = (basis ?? '').split(', ').filter((code) => code !== '');
  const remarks = phrases(
    language,
    codes.filter((code) => REMARKS.has(code)),
  );
  const means = phrases(
    language,
    codes.filter((code) => !REMARKS.has(code)),
  );
  const key =
    low <= 1
      ? high <= 1
        ? 'machines.one'
        : 'machines.up-to'
      : low === high
        ? 'machines.exactly'
        : 'machines.range';
  const text = finding(language, key, { low, high, basis: means });
  if (remarks === '') return text;
  return language === 'en' ? `${text} (${remarks})` : `${text}（${remarks}）`;
}

type Basis = CoinBasis | Payout['basis'];

const STRENGTHS: Readonly<Record<Strength, Readonly<Record<Language, string>>>> = {
  decisive: say('decisive', '决定性'),
  strong: say('strong', '强'),
  weak: say('weak', '弱'),
  against: say('against', '反面'),
};

export function strengthText(language: Language, strength: Strength): string {
  return STRENGTHS[strength][language];
}

/** How the coin that is mined, or paid out, was told; for people. */
const COIN_BASES: Readonly<Record<Basis, Readonly<Record<Language, string>>>> = {
  handshake: say('the greeting', '握手内容'),
  job: say('the work that the server gave', '服务器下发的任务'),
  wallet: say('the address that is paid', '收款钱包地址'),
  algorithm: say('the algorithm', '算法'),
  endpoint: say('the server, by the lists', '服务器（依据名单）'),
  login: say('the log-in', '登录名'),
  option: say('an option in the password field', '密码栏中的选项'),
};

export function coinBasisText(language: Language, basis: Basis): string {
  return COIN_BASES[basis]?.[language] ?? basis;
}

export function coinText(language: Language, { ticker, basis, confidence }: VerdictCoin): string {
  const percent = Math.round(confidence * 100);
  return finding(language, 'coin', { ticker, basis: coinBasisText(language, basis), percent });
}

export type FindingKey = keyof typeof FINDING_MESSAGES;

export function finding(
  language: Language,
  key: FindingKey,
  values: Readonly<Record<string, string | number>> = {},
): string {
  return fill(FINDING_MESSAGES[key][language], values);
}
