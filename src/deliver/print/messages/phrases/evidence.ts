/** Chinese of what was seen, in the words of a rule; see ../../translate.ts. Stored in English and told anew from it. */
export const EVIDENCE: Readonly<Record<string, string>> = {
  'connection to {0}': '连接 {0}',
  'DNS answer for {0}, then connection to {1}': '{0} 的 DNS 应答，随后连接 {1}',
  'DNS question for {0}: {1}': 'DNS 查询 {0}：{1}',
  '{0}, an alias of {1}': '{0}（{1} 的别名）',
  'no address': '应答中没有地址',
  'no answer seen': '未见应答',
  '{0} server name {1}': '{0} 服务器名称 {1}',
  'HTTP {0} to host {1}': 'HTTP {0}，主机 {1}',
  'pool named in the stream {0}': '流中指明的矿池 {0}',
  '{0}, port {1}': '{0}，端口 {1}',
  'certificate for {0} (subject {1}, issuer {2})': '{0} 的证书（主体 {1}，颁发者 {2}）',
  empty: '空',
  '{0} client: server name {1}, ALPN {2}, JA3 {3}, JA4 {4}':
    '{0} 客户端：服务器名称 {1}，ALPN {2}，JA3 {3}，JA4 {4}',
  absent: '无',
  'not known': '未知',
  '{0}; listed as {1} by {2}, {3}': '{0}；名单中记为 {1}，来源 {2}，日期 {3}',
  '{0} and {1} more': '{0} 等，另有 {1} 个',
  'no date': '不详',
  "{0}, {1} % of the address's names are this pool's": '{0}，该地址的域名有 {1} % 属于此矿池',
  '{0}; not answered': '{0}；未见有效应答',
  '{0}; the connection names another host': '{0}；该连接自身指明了其他主机',
  'visit of {0}, listed as {1} (a web site)': '访问 {0}，名单中记为 {1}（网站）',
  "answered a DNS question of {0}: its own look-ups may be other people's":
    '应答了 {0} 的 DNS 查询：其自身的查询可能是代他人所为',
  '{0}: a node or wallet, not mining': '{0}：节点或钱包，并非挖矿',
  '{0} records in {1} min: {2}': '{1} 分钟内记录 {0} 条：{2}',
  "unasked, the server sent {0} messages in {1} min, {2} of them of {3} ± 8 bytes; half of the pauses are shorter than {4} s, {5} % are {6} s ± 10 %; {7} % of the client's messages got a short answer within 1 s":
    '{1} 分钟内服务器未经请求主动发送 {0} 条消息，其中 {2} 条长 {3} ± 8 字节；半数间隔短于 {4} 秒，{5} % 的间隔为 {6} 秒 ± 10 %；客户端消息中有 {7} % 在 1 秒内得到简短答复',
  'result {0} (nonce {1}, job {2}) is below {3}, the target of the job ({4})':
    '结果 {0}（nonce {1}，任务 {2}）小于该任务的目标 {3}（{4}）',
  '{0} of the rebuilt header is {1}, not above {2}, job {3}': '重建区块头的 {0} 为 {1}，不大于 {2}，任务 {3}',
  '{0} (difficulty {1})': '{0}（难度 {1}）',
};
