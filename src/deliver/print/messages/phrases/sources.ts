/** Chinese of what sources say: files, compressed streams and live inputs; see ../../translate.ts. */
export const SOURCES: Readonly<Record<string, string>> = {
  '{0}: is a folder, expected a file': '{0}：是目录，应为文件',
  '{0}: no such file or folder': '{0}：文件或目录不存在',
  '{0}: no files in this folder': '{0}：目录中没有文件',
  '{0}: a link to {1}, which is not there': '{0}：指向 {1} 的链接，目标不存在',
  'reading stopped at byte {0}: {1}': '读到第 {0} 字节时中断：{1}',
  '{0}; what it held before, {1} bytes, was read': '{0}；此前的内容（{1} 字节）均已读取',
  'reading was stopped after {0} bytes; what was found until then is kept':
    '读取 {0} 字节后停止；此前发现的内容已保留',
  'reading was stopped after {0} of {1} bytes; what was found until then is kept':
    '读取 {0} 字节（共 {1} 字节）后停止；此前发现的内容已保留',
  '{0}: not read, the run was stopped before': '{0}：运行在此之前停止，未读取',
  'the {0} stream breaks off': '{0} 压缩流不完整',
  'the {0} stream is damaged ({1})': '{0} 压缩流已损坏（{1}）',
  'the xz stream breaks off': 'xz 压缩流不完整',
  'the xz stream is damaged ({0})': 'xz 压缩流已损坏（{0}）',
  'the zstd stream breaks off': 'zstd 压缩流不完整',
  'the zstd stream is damaged ({0})': 'zstd 压缩流已损坏（{0}）',
  'bytes that are no zstd frame': '有不属于 zstd 帧的字节',
  'an impossible block header': '块头无效',
  'blocks far too small for their window': '块相对窗口过小',
  'a zstd frame wants a window of {0} bytes, at most {1} are given':
    'zstd 帧要求 {0} 字节的窗口，最多提供 {1} 字节',
  // Where a live input listens.
  'tcp {0}': '监听 TCP {0}',
  'udp {0}': '监听 UDP {0}',
  'file {0}': '文件 {0}',
  'file {0} (no such file yet: it is waited for)': '文件 {0}（目前尚无此文件，等待其出现）',
  'interface {0}': '网络接口 {0}',
  'interface {0} through {1}': '网络接口 {0}（通过 {1}）',
  'standard input': '标准输入',
  // URLs of live inputs.
  'netflow://, ipfix://, sflow:// or udp://HOST:PORT, ipfix+tcp://HOST:PORT, file://PATH, a path, -, if://NAME':
    'netflow://、ipfix://、sflow:// 或 udp://HOST:PORT、ipfix+tcp://HOST:PORT、file://PATH、路径、-、if://NAME',
  'expected {0}': '应为 {0}',
  'is no path; for a socket write udp://{0} (or netflow://, ipfix://, sflow://, ipfix+tcp://)':
    '不是路径；如需监听端口，请写 udp://{0}（或 netflow://、ipfix://、sflow://、ipfix+tcp://）',
  'unknown scheme {0}://, expected {1}': '未知的 {0}://，应为 {1}',
  'expected a path, as in file:///var/log/suricata/eve.json':
    '应为路径，如 file:///var/log/suricata/eve.json',
  'a path cannot hold a null byte': '路径不能含有零字节',
  '{0} is no name of an interface, expected one as in if://eth0': '“{0}”不是网络接口名，应如 if://eth0',
  'filter: expected at most {0} characters on one line': 'filter：应为一行，最多 {0} 个字符',
  'unknown option {0}, expected {1}': '未知的选项 {0}，应为 {1}',
  '{0} is given twice': '{0} 重复给出',
  'expected HOST:PORT, as in 127.0.0.1:2055, [::]:2055 or :2055 for all addresses':
    '应为 HOST:PORT，如 127.0.0.1:2055、[::]:2055，或用 :2055 监听所有地址',
  'port {0}: expected 0 to 65535': '端口 {0}：应为 0 至 65535',
  '{0} is no address of this machine; expected an IP address to listen on (IPv6 in brackets)':
    '{0} 不是本机地址；应为要监听的 IP 地址（IPv6 加方括号）',
  'rcvbuf {0}: expected bytes from 4096 to {1}, or 512K, 32M':
    'rcvbuf {0}：应为 4096 至 {1} 的字节数，或如 512K、32M',
  'a % in a file URL starts two hexadecimal digits, as in %20; a bare path needs none':
    '文件 URL 中的 % 后应有两位十六进制数字，如 %20；直接写路径时无需转义',
  'is no pattern: expected names with *, ?, [a-z], [!a-z], or ** for any folders':
    '不是有效的模式：名称中可用 *、?、[a-z]、[!a-z]，** 表示任意层目录',
  // Sockets.
  '{0}: {1} {2}': '{0}：{1} {2}',
  'is taken by another program; "ss {0} \'sport = :{1}\'" names it; stop it or choose another port':
    "已被其他程序占用；可用 “ss {0} 'sport = :{1}'” 查看；请停止该程序或改用其他端口",
  'may not be opened; ports below 1024 need a privilege, choose one above':
    '无权打开；1024 以下的端口需要特权，请改用更大的端口号',
  'is no address of this machine; "ip address" lists them, [::] listens on all':
    '不是本机地址；可用 “ip address” 查看，[::] 监听所有地址',
  'could not be opened ({0})': '无法打开（{0}）',
  '{0}: more than {1} connections, or {2} of one exporter; those beyond were refused':
    '{0}：连接超过 {1} 个，或同一导出设备超过 {2} 个；多出的连接已拒绝',
  '{0}: said nothing for {1} s and was cut off': '{0}：{1} 秒内没有数据，连接已断开',
  '{0}: sent what is no IPFIX message (version 10 and a length of 16 or more); its connection was closed':
    '{0}：发来的不是 IPFIX 报文（版本号应为 10，长度不小于 16），连接已关闭',
  '{0}: closed its connection inside a message, which is lost': '{0}：在报文中途关闭了连接，该报文已丢失',
  '{0}: datagrams that are no {1} export were passed over; udp:// takes them all':
    '{0}：不属于 {1} 导出的数据报已略过；udp:// 可全部接收',
  // Captures from an interface.
  '{0} may not capture on {1}; run as root, or give it the right: setcap cap_net_raw,cap_net_admin=eip $(command -v {2})':
    '{0} 无权在 {1} 上抓包；请以 root 运行，或授予权限：setcap cap_net_raw,cap_net_admin=eip $(command -v {2})',
  'no interface {0}; "ip link" or "{1} -D" lists them': '没有网络接口 {0}；可用 “ip link” 或 “{1} -D” 查看',
  '{0} does not understand the filter ({1}); see pcap-filter(7)':
    '{0} 无法识别过滤表达式（{1}）；见 pcap-filter(7)',
  '{0} on {1} ended': '{1} 上的 {0} 已退出',
  '{0} on {1} ended: {2}': '{1} 上的 {0} 已退出：{2}',
  '{0}: needs {1}, and neither is on the PATH; install tcpdump, or pipe a capture into rigwatch watch -':
    '{0}：需要 {1}，但 PATH 中均未找到；请安装 tcpdump，或把抓包数据通过管道送入 rigwatch watch -',
  'the pipe: {0}': '管道：{0}',
  '{0}: {1} did not start to capture within {2} s': '{0}：{1} 未能在 {2} 秒内开始抓包',
  // Followed files.
  '{0}: files beyond the first {1} are not followed': '{0}：只跟踪前 {1} 个文件',
  '{0}: was read to byte {1} before the restart and is not there any more; what was written behind that is missing':
    '{0}：重启前读到第 {1} 字节，现已不存在；其后写入的内容缺失',
  '{0}: was gone before its last {1} bytes were read': '{0}：最后 {1} 字节尚未读取，文件已消失',
  'was cut short or written anew in place; lines written just before can be missing':
    '被截短或原地重写；此前刚写入的行可能缺失',
  '{0}: is neither a file nor a folder; a pipe can be read through standard input (-)':
    '{0}：既不是文件也不是目录；管道可通过标准输入（-）读取',
};
