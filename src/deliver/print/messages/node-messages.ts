import type { Language } from '../../../model/language.js';

const say = (en: string, zh: string): Readonly<Record<Language, string>> => ({ en, 'zh-CN': zh });

/** Texts of the list of nodes and wallets. */
export const NODE_MESSAGES = {
  title: say('Nodes and wallets (interest in a chain, not mining)', '节点与钱包（关注区块链，并非挖矿）'),
  none: say('no nodes or wallets', '没有节点或钱包'),
  ip: say('address', '地址'),
  protocol: say('protocol', '协议'),
  coin: say('coin', '币种'),
  sessions: say('sessions', '会话数'),
  peers: say('peers', '对端数'),
  first: say('first seen (UTC)', '首次发现 (UTC)'),
  last: say('last seen (UTC)', '最后发现 (UTC)'),
  brief: say(
    'Node or wallet of a coin ({protocol}, {coin}): {sessions|session|sessions} with {peers|peer|peers}, {first} to {last}; not mining',
    '币种节点或钱包（{protocol}，{coin}）：与 {peers} 个对端的 {sessions} 个会话，{first} 至 {last}；并非挖矿',
  ),
  'coin-unknown': say('coin not known', '币种未知'),
} as const;
