import type { Language } from '../../../model/language.js';

const say = (en: string, zh: string): Readonly<Record<Language, string>> => ({ en, 'zh-CN': zh });

/** Texts of the estimates in a brief; `{name}` is filled in. */
export const ESTIMATE_MESSAGES = {
  title: say('How much, how long', '规模与时长'),
  rate: say(
    'Hash rate: {value} of {algorithm} (95 %: {low} to {high}), from {shares|share|shares} in {time}',
    '算力：{value}（{algorithm}；95% 区间 {low} 至 {high}），依据 {time} 内的 {shares} 份提交',
  ),
  unanswered: say(
    'not every share was heard to be answered: those that were not refused are counted',
    '部分提交未见应答：计入未被拒绝的提交',
  ),
  reported: say('Stated by the miner itself, unchecked: {value}', '矿工自报（未经核实）：{value}'),
  energy: say(
    'Energy while it was seen: {kwh} kWh ({low} to {high}); at that rate {day} kWh a day',
    '发现期间耗电：{kwh} 千瓦时（{low} 至 {high}）；按此折合每日 {day} 千瓦时',
  ),
  efficiency: say('by hash rate and the efficiency of {classes}', '按算力与该类设备能效推算：{classes}'),
  machines: say(
    'NOT measured: {low} to {high|machine|machines} of the class {classes}, at what such machines draw',
    '非实测：按 {low} 至 {high} 台该类设备的功率推算：{classes}',
  ),
  'device.cpu': say('cpu', '处理器'),
  'device.gpu': say('gpu', '显卡'),
  'device.asic': say('asic', '专用矿机'),
  'device.or': say('or', '或'),
  'machines-exactly': say(
    'NOT measured: {high|machine|machines} of the class {classes}, at what such machines draw',
    '非实测：按 {high} 台该类设备的功率推算：{classes}',
  ),
  campaign: say(
    'NOT measured: the mean of an address in a published campaign, a factor of three either way',
    '非实测：按公开专项整治中每个地址的平均值推算，上下三倍',
  ),
  co2: say(
    'Carbon dioxide: {kg} kg (factor {name}: {value} kg/kWh)',
    '二氧化碳：{kg} 千克（系数 {name}：{value} 千克/千瓦时）',
  ),
  coal: say(
    'Standard coal: {kg} kg (factor {name}: {value} kg/kWh)',
    '标准煤：{kg} 千克（系数 {name}：{value} 千克/千瓦时）',
  ),
  activity: say(
    'Active on {days|day|days}, in {runs|stretch|stretches}, the longest {longest}; {continuity} % of the hours from first to last',
    '活动 {days} 天、{runs} 段，最长连续 {longest}；占首末之间小时数的 {continuity}%',
  ),
  idle: say('Longest break between two of them: {idle}', '两段之间最长的间断：{idle}'),
  hours: say('Hours with activity on {day} (UTC): {hours}', '{day} 有活动的时段（UTC）：{hours}'),
  earnings: say(
    'Finds on average {coins} {ticker} in that time ({low} to {high}), before fees; network of {date}: {source}',
    '期间平均可得 {coins} {ticker}（{low} 至 {high}），未扣手续费；全网数据 {date}：{source}',
  ),
  relays: say(
    'The work goes to {addresses}, an address of a private network: what goes on from there is the same work, not more',
    '工作提交至内网地址 {addresses}：由其继续向外提交的是同一份工作，不应重复计算',
  ),
  payout: say('Paid out in another coin: {ticker} ({basis})', '以其他币种支付：{ticker}（依据：{basis}）'),
  program: say('Program as it states itself: {text}', '程序自述：{text}'),
} as const;
