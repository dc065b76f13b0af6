import type { Language } from '../../model/rule.js';

const say = (en: string, zh: string): Readonly<Record<Language, string>> => ({ en, 'zh-CN': zh });

/** Texts of what a brief calls certain and likely, and of leads to the machine. */
export const FINDING_MESSAGES = {
  certain: say('Certain: seen on the wire', '确定：流量中直接可见'),
  likely: say('Likely, but not proved', '可能，但未经证实'),
  nature: say('Who set it up? Signs only', '由谁设置？仅为迹象'),
  'session.clear': say(
    '{sessions} session(s) of {dialect} with {peer} in clear, {first} to {last}: {what}',
    '与 {peer} 的 {sessions} 个明文 {dialect} 会话，{first} 至 {last}：{what}',
  ),
  'count.login': say('{count} log-in(s)', '登录 {count} 次'),
  'count.hello': say('{count} greeting(s)', '问候 {count} 次'),
  'count.accepted': say('{count} accepted', '接受 {count} 次'),
  'count.job': say('{count} job(s) sent by the server', '服务器下发任务 {count} 个'),
  'count.poll': say('{count} round(s) of work fetched and given', '获取并得到任务 {count} 轮'),
  'count.share': say(
    '{count} share(s) submitted, {accepted} accepted',
    '提交 {count} 份，接受 {accepted} 份',
  ),
  'count.none': say('a greeting, and no answer of a pool', '仅有问候，没有矿池应答'),
  'session.tls': say(
    '{sessions} encrypted session(s) with {peer}, {first} to {last}; what was said cannot be read',
    '与 {peer} 的 {sessions} 个加密会话，{first} 至 {last}；内容无法读取',
  ),
  'session.flow': say(
    '{sessions} connection(s) with {peer}, {first} to {last}; what was said was not captured or not read',
    '与 {peer} 的 {sessions} 个连接，{first} 至 {last}；内容未捕获或未解读',
  ),
  'looked-up': say('the name {host} was looked up ({count} time(s))', '查询域名 {host}（{count} 次）'),
  'said-login': say('the client called itself {names} (its own words)', '客户端自称 {names}（自述）'),
  'likely.level': say(
    'that it mines: probability {score}, level {level}',
    '存在挖矿行为：概率 {score}，级别 {level}',
  ),
  'likely.coin': say('the coin {coins}', '币种 {coins}'),
  'likely.miners': say('{low} to {high} machine(s), by {basis}', '{low} 至 {high} 台机器，依据：{basis}'),
  'likely.miner': say('one machine, by {basis}', '1 台机器，依据：{basis}'),
  'likely.program': say(
    'the program {names}: what it says of itself, which anybody can write',
    '程序 {names}：为其自述，可任意填写',
  ),
  'likely.operator': say('the pool is run by {names} (by the lists)', '矿池运营者为 {names}（依据名单）'),
  'lead.inner': say(
    'inside addresses named by the traffic itself (a lead, no proof): {names}',
    '流量自身提到的内部地址（线索，非证据）：{names}',
  ),
  'lead.stack': say(
    'a system whose packets start with a time to live of {ttl}{timestamps}',
    '数据包初始 TTL 为 {ttl} 的系统{timestamps}',
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

/** The codes of a basis as phrases; what a newer version wrote stands for itself. */
export function basisText(language: Language, basis: string): string {
  const join = language === 'en' ? ', ' : '、';
  return basis
    .split(', ')
    .map((code) => BASES[code]?.[language] ?? code)
    .join(join);
}

export type FindingKey = keyof typeof FINDING_MESSAGES;

export function finding(
  language: Language,
  key: FindingKey,
  values: Readonly<Record<string, string | number>> = {},
): string {
  return FINDING_MESSAGES[key][language].replace(/\{(\w+)\}/g, (_, name: string) =>
    String(values[name] ?? ''),
  );
}
