import { fill } from '../../../base/fill.js';
import type { Language } from '../../../model/rule.js';
import { REASON_MESSAGES } from './reason-messages.js';

/** Every text that is printed for people, by key; `{name}` is filled in. Machine output is never translated. */
const EN = {
  'level.confirmed': 'confirmed',
  'level.probable': 'probable',
  'level.suspected': 'suspected',
  'level.cleared': 'cleared',
  'level.confirmed.meaning': 'the traffic itself showed mining: a pool exchange that was answered, in clear',
  'level.probable.meaning':
    'independent strong evidence agrees; fewer than one benign host in a million would show it',
  'level.suspected.meaning': 'worth a look, never a reason to act by itself',
  'level.cleared.meaning': 'judged and released by a person or by the registry of declared research',
  'column.level': 'level',
  'column.score': 'score',
  'column.ip': 'address',
  'column.coins': 'coins',
  'column.pools': 'pools',
  'column.dialects': 'dialect',
  'column.identity': 'worker / wallet',
  'column.sessions': 'sessions',
  'column.active': 'active',
  'column.last': 'last seen (UTC)',
  overseas: 'overseas',
  more: '{count} more',
  none: 'no verdicts',
  limited: 'only the first {count} verdicts are shown; --limit and --offset show others',
  'brief.title': 'Brief on {ip}',
  'brief.no-verdict': 'There is no verdict on {ip}.',
  'brief.facts-only': 'Facts are stored, but they do not amount to a verdict.',
  'brief.verdict': 'Verdict',
  'brief.period': 'Seen',
  'brief.period.text': '{first} to {last}, active {active} in {sessions|session|sessions}',
  'brief.coins': 'Coins',
  'brief.algorithms': 'Algorithms',
  'brief.dialects': 'Pool protocols',
  'brief.miners': 'Miners',
  'brief.wallets': 'Wallets',
  'brief.workers': 'Workers',
  'brief.agents': 'Programs',
  'brief.arithmetic': 'How the score comes about (each 1 more makes mining ten times likelier)',
  'part.prior': 'before any evidence',
  'part.P': 'P  pool protocol in the payload',
  'part.E': 'E  known pool endpoints',
  'part.T': 'T  TLS client',
  'part.B': 'B  behaviour',
  'part.C': 'C  block clock',
  'part.persistence': 'seen on further days',
  'part.N': 'N  what speaks against',
  'part.total': 'sum',
  'brief.pools': 'Pools',
  'brief.unknown-operator': 'operator not known',
  'brief.operator-signed': '{operator}, by the signature in its jobs',
  'brief.unknown-country': 'country not known',
  'brief.sessions': 'Sessions (oldest first)',
  'brief.session.port': 'source port {port}',
  'brief.session.shares': '{accepted} of {submitted} shares accepted',
  'brief.evidence': 'Evidence',
  'brief.against': 'Against',
  'brief.seen-in': '{source}, {format} record {record}',
  'brief.reasons': 'Why this level',
  'brief.unknown': 'What is not known',
  'brief.not-estimated': 'Which unit owns the address is not known (rigwatch units import).',
  'brief.on-site': 'What to look for on site',
  'brief.on-site.port':
    'in the logs of NAT or proxy, at the times of the sessions below: who used the source port {ports}',
  'brief.on-site.ports':
    'in the logs of NAT or proxy, at the times of the sessions below: who used the source ports {ports}',
  'brief.on-site.peers': 'connections to {peers}',
  'brief.on-site.times': 'machines that were on between {first} and {last}',
  'brief.on-site.names': 'machines or users named {names}',
  'brief.on-site.programs': 'programs named {names}',
  'brief.on-site.alive': 'high load on processors or graphics cards, and heat, while the connection is open',
  'progress.left': '{eta} left',
  'run.not-understood': 'not understood: {counts} (all counters: --summary FILE)',
  'run.summary':
    '{inputs|input|inputs}, {packets|packet|packets}, {records|flow record|flow records}, {confirmed} confirmed, {probable} probable, {suspected} suspected, {seconds} s',
  'progress.verdicts': '{count} suspects',
} as const;

export type MessageKey = keyof typeof EN;

const ZH: Readonly<Record<MessageKey, string>> = {
  'level.confirmed': '确认',
  'level.probable': '很可能',
  'level.suspected': '可疑',
  'level.cleared': '已排除',
  'level.confirmed.meaning': '流量本身显示了挖矿行为：与矿池的明文交互并得到应答',
  'level.probable.meaning': '多项相互独立的强证据一致；百万台正常主机中不到一台会如此',
  'level.suspected.meaning': '值得关注，但不能单独作为处置依据',
  'level.cleared.meaning': '已由人工或科研备案登记判定并排除',
  'column.level': '级别',
  'column.score': '评分',
  'column.ip': '地址',
  'column.coins': '币种',
  'column.pools': '矿池',
  'column.dialects': '协议',
  'column.identity': '矿工名 / 钱包',
  'column.sessions': '会话数',
  'column.active': '活动时长',
  'column.last': '最后发现 (UTC)',
  overseas: '境外',
  more: '另有 {count} 项',
  none: '没有结论',
  limited: '仅显示前 {count} 条结论；用 --limit 和 --offset 查看其他',
  'brief.title': '{ip} 核查简报',
  'brief.no-verdict': '没有关于 {ip} 的结论。',
  'brief.facts-only': '已存有相关事实，但不足以形成结论。',
  'brief.verdict': '结论',
  'brief.period': '发现时间',
  'brief.period.text': '{first} 至 {last}，活动 {active}，会话 {sessions} 个',
  'brief.coins': '币种',
  'brief.algorithms': '算法',
  'brief.dialects': '矿池协议',
  'brief.miners': '矿机数量',
  'brief.wallets': '钱包',
  'brief.workers': '矿工名',
  'brief.agents': '程序',
  'brief.arithmetic': '评分的计算（每增加 1，挖矿的可能性增至十倍）',
  'part.prior': '证据之前（先验）',
  'part.P': 'P  载荷中的矿池协议',
  'part.E': 'E  已知矿池地址',
  'part.T': 'T  TLS 客户端特征',
  'part.B': 'B  行为特征',
  'part.C': 'C  出块时钟',
  'part.persistence': '多日持续',
  'part.N': 'N  反面证据',
  'part.total': '合计',
  'brief.pools': '矿池',
  'brief.unknown-operator': '运营者未知',
  'brief.operator-signed': '{operator}（依据任务中的签名）',
  'brief.unknown-country': '国家或地区未知',
  'brief.sessions': '会话（按时间先后）',
  'brief.session.port': '源端口 {port}',
  'brief.session.shares': '提交 {submitted} 份，接受 {accepted} 份',
  'brief.evidence': '证据',
  'brief.against': '反面证据',
  'brief.seen-in': '{source}，{format} 第 {record} 条记录',
  'brief.reasons': '判定理由',
  'brief.unknown': '尚不清楚',
  'brief.not-estimated': '该地址所属单位未知（可用 rigwatch units import 导入）。',
  'brief.on-site': '现场核查要点',
  'brief.on-site.port': '按下列会话的时间在 NAT 或代理日志中查源端口：{ports}，可定位主机',
  'brief.on-site.ports': '按下列会话的时间在 NAT 或代理日志中查源端口：{ports}，可定位主机',
  'brief.on-site.peers': '到 {peers} 的连接',
  'brief.on-site.times': '{first} 至 {last} 期间开机的主机',
  'brief.on-site.names': '名称为 {names} 的主机或用户',
  'brief.on-site.programs': '名称为 {names} 的程序',
  'brief.on-site.alive': '连接存续期间处理器或显卡持续高负载、发热',
  'progress.left': '剩余 {eta}',
  'run.not-understood': '未能解析：{counts}（全部计数见 --summary FILE）',
  'run.summary':
    '输入 {inputs} 个，数据包 {packets} 个，流记录 {records} 条，确认 {confirmed} 个，很可能 {probable} 个，可疑 {suspected} 个，用时 {seconds} 秒',
  'progress.verdicts': '可疑地址 {count} 个',
};

export const CATALOGUE: Readonly<Record<Language, Readonly<Record<MessageKey, string>>>> = {
  en: EN,
  'zh-CN': ZH,
};

export function message(
  language: Language,
  key: MessageKey,
  values: Readonly<Record<string, string | number>> = {},
): string {
  return fill(CATALOGUE[language][key], values);
}

/** Reasons whose text says more than the sentence of the catalogue: figures, or who cleared it and why. */
const TELLING = /^cleared |^declaration-exceeded |^independent-groups |\d/;

/**
 * A reason in the reader's language. The English text of a verdict carries its figures; in another language the
 * sentence of the catalogue stands first and the figures follow in brackets where there are any.
 */
export function reasonText(
  language: Language,
  reason: { readonly code: string; readonly text: string },
): string {
  const known = REASON_MESSAGES[reason.code];
  if (known === undefined || language === 'en') return reason.text || (known?.en ?? reason.code);
  return TELLING.test(`${reason.code} ${reason.text}`)
    ? `${known[language]}（${reason.text}）`
    : known[language];
}
