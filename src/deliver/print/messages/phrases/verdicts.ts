/** Chinese of the reasons for a verdict; see ../../translate.ts. They are stored in English and told anew from it. */
export const VERDICTS: Readonly<Record<string, string>> = {
  // What decided.
  'A share proves itself: it meets its target, checked from the job and the share, and the server accepted it.':
    '有可自证的工作量提交：依据任务与提交内容核验，符合目标难度，且服务器已接受。',
  'Login, job, a submitted share and the server’s answer to it were seen in one session.':
    '同一会话中出现了登录、任务下发、工作量提交及服务器应答。',
  'The server answered the client’s login or subscription with a well-formed job.':
    '服务器以格式正确的任务应答了客户端的登录或订阅。',
  'Well-formed pool messages were seen in both directions of a session already under way.':
    '在已开始的会话中，双向均出现格式正确的矿池消息。',
  'The client fetched work by polling, and the server answered with work.':
    '客户端以轮询方式获取任务，服务器返回了任务。',
  'A WebSocket session carried the login, jobs and shares of a web miner.':
    'WebSocket 会话中出现网页挖矿的登录、任务与提交。',
  'Independent kinds of evidence agree: {0}; payload went both ways.':
    '多类相互独立的证据一致（{0}），且双向均有载荷。',
  payload: '载荷',
  endpoint: '矿池地址',
  'TLS client': 'TLS 客户端特征',
  behaviour: '行为特征',
  'block clock': '出块时钟',
  against: '反面证据',
  'The server is known as a pool from the traffic itself: {0}.': '从本网流量得知该服务器是矿池：{0}。',
  'Another port of the same server is known as a pool: {0}.': '已知同一服务器的另一端口是矿池：{0}。',
  '{0} answered {1} as a pool, last {2}': '{0} 以矿池身份应答过{1}，最近一次为 {2}',
  '{0} answered as a pool in monitored traffic': '监测流量中 {0} 曾以矿池身份应答',
  '1 client': ' 1 个客户端',
  '{0} clients': ' {0} 个客户端',
  'at an unknown time': '未知时间',
  'Seen on {0} different days (UTC).': '在 {0} 个不同日期（UTC）均有发现。',
  // What held the level down.
  'Only name look-ups were seen, no connection: looking a name up is not mining.':
    '仅有域名查询，没有连接：查询域名不等于挖矿。',
  'The server is on a list of pools, but payload in both directions was not seen: contact is not mining.':
    '服务器在矿池名单中，但未见双向载荷：有接触不等于挖矿。',
  'Only the server points to mining. What was said to it is not known.': '仅服务器与挖矿有关，通信内容不明。',
  'Only one direction of the payload was seen: it is not known whether anybody answered.':
    '仅见单向载荷：不知对方是否应答。',
  'Only the TLS fingerprint of the client points to mining; other programs share it.':
    '仅客户端 TLS 指纹与挖矿有关，其他程序也有相同指纹。',
  'Only the rhythm of the traffic points to mining; other services have the same rhythm.':
    '仅流量节律与挖矿相似，其他服务也有相同节律。',
  'The server follows the clock of a coin’s blocks, but so do nodes, wallets and price feeds.':
    '服务器与币种出块节奏同步，但节点、钱包和行情服务亦如此。',
  'Rhythm and block clock agree, but a re-job timer or answered submissions, on two days or for two clients, are missing.':
    '节律与出块节奏一致，但缺少两日或两个客户端的任务刷新周期或有应答的提交。',
  'The client asked for work, but no answer of a pool was seen: it may have been blocked.':
    '客户端请求了任务，但未见矿池应答：可能已被阻断。',
  'The client, no known miner, greeted a pool or listened to it, and was not seen to log in or to submit: scanners and monitors do the same.':
    '客户端不是已知的挖矿程序，只与矿池打招呼或接收其消息，未见登录或提交：扫描器与监控程序也是如此。',
  'No session shows an exchange with a pool, in clear and answered, that would prove mining.':
    '没有会话显示足以证明挖矿的、明文且有应答的矿池交互。',
  'No share was seen: the session shows the offer of work, not the work itself.':
    '未见工作量提交：会话只显示了任务下发，而非挖矿本身。',
  'The sessions are encrypted: what cannot be read is never called confirmed.':
    '会话已加密：无法读取的内容不作为确认依据。',
  'Traffic goes through a tunnel: what is inside, and for whom, is not known.':
    '流量经过隧道：其中内容及归属不明。',
  'The records are sampled and the server address is shared by many names.':
    '记录经过采样，且服务器地址由多个域名共用。',
  'The flow records count one packet in {0}: a mining session leaves {1} to {2} of its packets a day, and is seen on a day with {3} to {4} probability. Contact can be claimed; rhythm, block clock (B, C) and absence cannot.':
    '流记录每 {0} 个数据包计一个：一个挖矿会话每天只留下 {1} 至 {2} 个数据包，当天被发现的概率为 {3} 至 {4}。可以认定有接触，但不能据此判断节律、出块时钟（B、C），也不能据此认定没有接触。',
  'The evidence contradicts itself (K = {0}): {1} for, {2} against.':
    '证据相互矛盾（K = {0}）：{1} 支持，{2} 反对。',
  'The probability is {0} %, or one kind of evidence stands alone.': '概率为 {0} %，或仅有单一类别的证据。',
  // Findings.
  '{0} handshakes with {1} different pools within an hour, half of them shorter than {2} s, and no share: this looks like a measurement or a test.':
    '一小时内与 {1} 个不同矿池握手 {0} 次，其中半数短于 {2} 秒，且无提交：应为测量或测试。',
  '{0} handshakes with pools ({1} of them), all of them brief, half shorter than {2} s, by no known miner, and no share: this looks like a monitor.':
    '与 {1} 个矿池握手 {0} 次，均很短暂，其中半数短于 {2} 秒，不是已知的挖矿程序，且无提交：应为监控程序。',
  '{0} different pools were listened to for long ({1} sessions, half of them shorter than {2} s), and no share: this looks like a measurement.':
    '长时间接收 {0} 个不同矿池的消息（{1} 个会话，其中半数短于 {2} 秒），且无提交：应为测量。',
  'The address serves miners itself: a pool that fetches work from its coin’s node is not a rig.':
    '该地址自身为矿工提供服务：从节点获取任务的矿池并非矿机。',
  '{0} session(s) of a coin’s node or wallet were seen and do not count.':
    '发现币种节点或钱包的会话 {0} 个，不计入。',
  'No contact with a listed server was answered.': '与名单中服务器的联系均未得到应答。',
  'The address looks up names, or relays mail, for others: its look-ups weigh less.':
    '该地址为他人解析域名或转发邮件：其查询权重降低。',
  'The web site of a pool was visited; its look-ups do not count.': '访问的是矿池网站，相关查询不计入。',
  'A known application was seen: the rhythm of its traffic weighs less.':
    '发现已知应用：其流量节律权重降低。',
  'Cleared: {0}': '已排除：{0}',
  'Cleared: declared research {0}, until {1}.': '已排除：{0}，有效期至 {1}。',
  'further notice': '另行通知',
  'declared as {0} ({1}), approved by {2}': '已备案，编号 {0}（{1}），批准人 {2}',
  '{0}, until {1}': '{0}，截至 {1}',
  'The address was cleared ({0}), but decisive evidence is newer, or the clearance has ended.':
    '该地址曾被排除（{0}），但此后出现决定性证据，或排除已过期。',
  earlier: '此前',
  'Declared as {0}, but exceeded: {1}.': '该地址已备案（{0}），但超出备案范围：{1}。',
  'evidence of {0}, when nothing was declared': '{0} 的证据，当时尚无备案',
  'coin {0}, declared {1}': '币种 {0}，备案为 {1}',
  'at least {0} miners, declared {1}': '矿机至少 {0} 台，备案为 {1} 台',
  '{0} session(s) outside the declared hours': '备案时段以外的会话 {0} 个',
  // What is not known.
  'Which machine behind this address it was is not known: several may share it (NAT, proxy, DHCP).':
    '不知是该地址后的哪台主机：可能多台共用（NAT、代理、DHCP）。',
  'No accepted share of known worth was seen: there is no hash rate.':
    '未见可折算且被接受的提交：无法得出算力。',
  'Nothing seen names the coin.': '没有信息表明币种。',
  'No connection to a pool was seen.': '未见到矿池的连接。',
  'The beginning of the session was not captured: it began earlier than shown.':
    '未捕获会话开头：实际开始时间早于所示。',
};
