import type { Language } from '../../../model/rule.js';

const say = (en: string, zh: string): Readonly<Record<Language, string>> => ({ en, 'zh-CN': zh });

/** One sentence for each code that a verdict gives as a reason. */
export const REASON_MESSAGES: Readonly<Record<string, Readonly<Record<Language, string>>>> = {
  'share-proved': say(
    'A share proves itself: it meets its target, checked from the job and the share, and the server accepted it.',
    '有可自证的工作量提交：依据任务与提交内容核验，符合目标难度，且服务器已接受。',
  ),
  'share-accepted': say(
    'Login, job, a submitted share and its answer were seen in one session.',
    '同一会话中出现了登录、任务下发、工作量提交及服务器应答。',
  ),
  'job-answered': say(
    'The server answered the login or subscription with a well-formed job.',
    '服务器以格式正确的任务应答了客户端的登录或订阅。',
  ),
  'mid-stream': say(
    'Well-formed pool messages were seen in both directions of a session already under way.',
    '在已开始的会话中，双向均出现格式正确的矿池消息。',
  ),
  'work-polled': say(
    'The client fetched work by polling, and the server answered with work.',
    '客户端以轮询方式获取任务，服务器返回了任务。',
  ),
  'web-miner': say(
    'A WebSocket session carried the login, jobs and shares of a web miner.',
    'WebSocket 会话中出现网页挖矿的登录、任务与提交。',
  ),
  'independent-groups': say(
    'Independent kinds of evidence agree; payload went both ways.',
    '多类相互独立的证据一致，且双向均有载荷。',
  ),
  'learned-pool': say(
    'The server is known as a pool from the traffic itself.',
    '从本网流量得知该服务器是矿池。',
  ),
  'learned-pool-other-port': say(
    'Another port of the same server is known as a pool.',
    '已知同一服务器的另一端口是矿池。',
  ),
  persistent: say('Seen on several days (UTC).', '在多个日期（UTC）均有发现。'),
  reopened: say(
    'The address was cleared, but decisive evidence is newer, or the clearance has ended.',
    '该地址曾被排除，但此后出现决定性证据，或排除已过期。',
  ),
  'declaration-exceeded': say(
    'The address is declared in the registry, but the traffic goes beyond the declaration.',
    '该地址已备案，但流量超出备案范围。',
  ),
  'dns-only': say(
    'Only name look-ups were seen, no connection: looking a name up is not mining.',
    '仅有域名查询，没有连接：查询域名不等于挖矿。',
  ),
  'list-without-payload': say(
    'The server is on a list of pools, but payload in both directions was not seen.',
    '服务器在矿池名单中，但未见双向载荷：有接触不等于挖矿。',
  ),
  'endpoint-only': say(
    'Only the server points to mining. What was said to it is not known.',
    '仅服务器与挖矿有关，通信内容不明。',
  ),
  'one-direction': say(
    'Only one direction of the payload was seen: whether anybody answered is not known.',
    '仅见单向载荷：不知对方是否应答。',
  ),
  'no-answer': say(
    'The client asked for work, but no answer of a pool was seen: it may have been blocked.',
    '客户端请求了任务，但未见矿池应答：可能已被阻断。',
  ),
  'payload-not-decisive': say(
    'No session shows an exchange with a pool, in clear and answered, that would prove mining.',
    '没有会话显示足以证明挖矿的、明文且有应答的矿池交互。',
  ),
  'handshake-only': say(
    'No share was seen: the session shows the offer of work, not the work itself.',
    '未见工作量提交：会话只显示了任务下发，而非挖矿本身。',
  ),
  'tls-fingerprint-only': say(
    'Only the TLS fingerprint of the client points to mining; other programs share it.',
    '仅客户端 TLS 指纹与挖矿有关，其他程序也有相同指纹。',
  ),
  'behaviour-only': say(
    'Only the rhythm of the traffic points to mining; other services have the same rhythm.',
    '仅流量节律与挖矿相似，其他服务也有相同节律。',
  ),
  'block-clock-only': say(
    'The server follows the clock of a coin’s blocks, but so do nodes, wallets and price feeds.',
    '服务器与币种出块节奏同步，但节点、钱包和行情服务亦如此。',
  ),
  'clock-unsupported': say(
    'Rhythm and block clock agree, but further signs on two days or for two clients are missing.',
    '节律与出块节奏一致，但缺少两日或两个客户端的其他佐证。',
  ),
  encrypted: say(
    'The sessions are encrypted: what cannot be read is never called confirmed.',
    '会话已加密：无法读取的内容不作为确认依据。',
  ),
  sampled: say(
    'The flow records are sampled: contact can be claimed; rhythm, block clock and absence cannot.',
    '流记录经过采样：可以认定有接触，但不能据此判断节律、出块时钟，也不能据此认定没有接触。',
  ),
  'sampled-shared': say(
    'The records are sampled and the server address is shared by many names.',
    '记录经过采样，且服务器地址由多个域名共用。',
  ),
  tunnelled: say(
    'Traffic goes through a tunnel: what is inside, and for whom, is not known.',
    '流量经过隧道：其中内容及归属不明。',
  ),
  conflicting: say('The evidence contradicts itself.', '证据相互矛盾。'),
  'below-threshold': say(
    'The probability is too low for more, or one kind of evidence stands alone.',
    '概率不足，或仅有单一类别的证据。',
  ),
  prober: say(
    'Many handshakes with different pools in a short time and no share: a measurement or a test.',
    '短时间内与大量不同矿池握手且无提交：应为测量或测试。',
  ),
  'pool-server': say(
    'The address serves miners itself: a pool that fetches work from its coin’s node is not a rig.',
    '该地址自身为矿工提供服务：从节点获取任务的矿池并非矿机。',
  ),
  'node-or-wallet': say(
    'Sessions of a coin’s node or wallet were seen and do not count.',
    '发现币种节点或钱包的会话，不计入。',
  ),
  attempted: say('No contact with a listed server was answered.', '与名单中服务器的联系均未得到应答。'),
  resolver: say(
    'The address looks up names, or relays mail, for others: its look-ups weigh less.',
    '该地址为他人解析域名或转发邮件：其查询权重降低。',
  ),
  'website-visit': say(
    'The web site of a pool was visited; its look-ups do not count.',
    '访问的是矿池网站，相关查询不计入。',
  ),
  'known-application': say(
    'A known application was seen: the rhythm of its traffic weighs less.',
    '发现已知应用：其流量节律权重降低。',
  ),
  cleared: say('Judged and released.', '已判定并排除。'),
  'unknown-machine': say(
    'Which machine behind this address it was is not known: several may share it (NAT, proxy, DHCP).',
    '不知是该地址后的哪台主机：可能多台共用（NAT、代理、DHCP）。',
  ),
  'unknown-hashrate': say(
    'No accepted share of known worth was seen: there is no hash rate.',
    '未见可折算且被接受的提交：无法得出算力。',
  ),
  'unknown-coin': say('Nothing seen names the coin.', '没有信息表明币种。'),
  'unknown-pool': say('No connection to a pool was seen.', '未见到矿池的连接。'),
  'unknown-start': say(
    'The beginning of the session was not captured: it began earlier than shown.',
    '未捕获会话开头：实际开始时间早于所示。',
  ),
};
