import type { Language, Title } from '../../model/language.js';

const say = (en: string, zh: string): Title => ({ en, 'zh-CN': zh });

/** Names of sheets and columns, and the words of the overview; `{name}` is filled in. */
const TITLES = {
  'sheet.overview': say('Overview', '概览'),
  'sheet.ips': say('IPs', '地址'),
  'sheet.sessions': say('Sessions', '会话'),
  'sheet.units': say('Units', '单位'),
  'sheet.pools': say('Pools', '矿池'),
  ip: say('address', '地址'),
  unit_id: say('unit', '单位编号'),
  unit_name: say('name of unit', '单位名称'),
  level: say('level', '级别'),
  score: say('score', '评分'),
  coins: say('coins', '币种'),
  pools: say('pools', '矿池'),
  first_seen: say('first seen (UTC)', '首次发现（UTC）'),
  last_seen: say('last seen (UTC)', '最后发现（UTC）'),
  active_hours: say('active hours', '活动小时'),
  miners_low: say('miners, at least', '矿机（下限）'),
  miners_high: say('miners, at most', '矿机（上限）'),
  kwh: say('kWh', '千瓦时'),
  kwh_measured: say('kWh by hash rate', '千瓦时（由算力推算）'),
  evidence_count: say('facts', '证据数'),
  top_rule: say('heaviest rule', '最重规则'),
  address: say('pool address', '矿池地址'),
  port: say('port', '端口'),
  hosts: say('names', '域名'),
  operator: say('operator', '运营者'),
  country: say('country', '国家或地区'),
  suspects: say('suspects', '涉及地址数'),
  held_back: say('not for block lists', '不宜封堵原因'),
  source_port: say('source port', '源端口'),
  host: say('name', '域名'),
  dialect: say('protocol', '协议'),
  tls: say('TLS', 'TLS'),
  bytes_to_server: say('bytes to pool', '上行字节'),
  bytes_to_client: say('bytes from pool', '下行字节'),
  community_id: say('Community ID', 'Community ID'),
  category: say('category', '类别'),
  region: say('region', '地区'),
  ips: say('addresses', '地址数'),
  confirmed: say('confirmed', '确认'),
  probable: say('probable', '很可能'),
  what: say('what', '项目'),
  value: say('value', '内容'),
  'overview.office': say('handed over by', '移交单位'),
  'overview.written': say('written (UTC)', '生成时间（UTC）'),
  'overview.version': say('rigwatch', 'rigwatch 版本'),
  'overview.all': say('entries', '条目总数'),
  'overview.level': say('level: {value}', '级别：{value}'),
  'overview.coin': say('coin: {value}', '币种：{value}'),
  'overview.others': say('more units, not listed: addresses', '未列出的其他单位：地址数'),
} as const satisfies Readonly<Record<string, Title>>;

export type TitleKey = keyof typeof TITLES;

export function titleOf(language: Language, key: TitleKey, value = ''): string {
  return TITLES[key][language].replace('{value}', () => value);
}
