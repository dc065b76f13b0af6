/** Chinese of what could not be read in an input; see ../../translate.ts. */
export const FORMATS: Readonly<Record<string, string>> = {
  '{0}: {1}; expected a capture, flow records or a log that docs/inputs.md names (also .gz, .zst, .xz)':
    '{0}：{1}；应为 docs/inputs.md 所列的抓包文件、流记录或日志（也可为 .gz、.zst、.xz）',
  // What the input looks like.
  gzip: 'gzip 压缩文件',
  zstd: 'zstd 压缩文件',
  xz: 'xz 压缩文件',
  bzip2: 'bzip2 压缩文件',
  lz4: 'lz4 压缩文件',
  'zip archive or office document': 'zip 压缩包或办公文档',
  '7z archive': '7z 压缩包',
  'rar archive': 'rar 压缩包',
  'tar archive': 'tar 归档文件',
  'ELF program': 'ELF 程序',
  'Windows program': 'Windows 程序',
  PDF: 'PDF 文档',
  'SQLite database': 'SQLite 数据库',
  'PNG image': 'PNG 图片',
  'JPEG image': 'JPEG 图片',
  'nfdump file': 'nfdump 文件',
  'CSV of ra (Argus) without counts by direction: docs/inputs.md has the columns to ask for':
    'ra（Argus）的 CSV，缺少分方向的计数；所需列见 docs/inputs.md',
  'capture of {0}, which editcap -F pcapng of Wireshark makes readable':
    '{0} 的抓包文件，可用 Wireshark 的 editcap -F pcapng 转换后读取',
  'Git LFS pointer: the file itself was not fetched': 'Git LFS 指针：文件本身尚未下载',
  'empty file': '空文件',
  'null bytes': '全为零字节',
  'text, beginning "{0}"': '文本，开头为 "{0}"',
  'unknown, beginning with bytes {0}': '未知格式，开头字节为 {0}',
  // Captures.
  'a record': '一条记录',
  'the file header': '文件头',
  '{0} beginning at byte {1} is cut short by the end of the input; it was left out':
    '自第 {1} 字节起的{0}在输入末尾被截断，已略过',
  'the record at byte {0} claims {1} bytes, at most {2} are taken; reading goes on where records look right again':
    '第 {0} 字节处的记录声称长 {1} 字节，最多接受 {2} 字节；从后面正常的记录处继续读取',
  'a record claims {0} bytes, at most {1} are taken': '有记录声称长 {0} 字节，最多接受 {1} 字节',
  'the last record is cut short by the end of the input': '最后一条记录在输入末尾被截断',
  'pcap-parser says: {0}': 'pcap-parser 报告：{0}',
  '{0}; the rest of the input was not read': '{0}；输入的其余部分未读取',
  'a block is cut short by the end of the input, at byte {0}; it was left out':
    '第 {0} 字节处的块在输入末尾被截断，已略过',
  'no section header where one must stand': '应有节头之处没有节头',
  'a block that claims {0} bytes': '声称长 {0} 字节的块',
  'at byte {0} stands {1}; reading goes on where blocks look right again':
    '第 {0} 字节处：{1}；从后面正常的块处继续读取',
  'a section has more than {0} interfaces; frames of the others were left out':
    '一个节的接口超过 {0} 个；其余接口的帧已略过',
  'the packet block at byte {0} is too short for its own fields; it was left out':
    '第 {0} 字节处的数据包块过短，容不下自身字段，已略过',
  'the packet block at byte {0} names interface {1}, which its section does not have; it was left out':
    '第 {0} 字节处的数据包块引用了本节中不存在的接口 {1}，已略过',
  'the packet block at byte {0} holds {1} bytes, at most {2} are taken; it was left out':
    '第 {0} 字节处的数据包块长 {1} 字节，最多接受 {2} 字节，已略过',
  // Flow records.
  'the message beginning at byte {0} is cut short by the end of the input; it was left out':
    '自第 {0} 字节起的报文在输入末尾被截断，已略过',
  'no IPFIX message begins at byte {0}, where the one before ends; reading goes on at the next that is whole':
    '上一报文结束处（第 {0} 字节）没有 IPFIX 报文；从下一个完整的报文处继续读取',
  'the block at byte {0} is cut short; it was left out': '第 {0} 字节处的块不完整，已略过',
  'the block at byte {0} claims {1} bytes, at most {2} are taken; the rest was left out':
    '第 {0} 字节处的块声称长 {1} 字节，最多接受 {2} 字节；其余内容已略过',
  'the nfcapd file is encrypted; nothing of it was read': 'nfcapd 文件已加密，未读取任何内容',
  'the block at byte {0} is of type {1}; it was left out': '第 {0} 字节处的块类型为 {1}，已略过',
  'a record in the block at byte {0} has an impossible length; the rest of the block was left out':
    '第 {0} 字节处的块中有长度不合理的记录；该块其余内容已略过',
  'blocks of compression {0} are not read; rewrite the file with LZ4: nfdump -r FILE -z=lz4 -w NEWFILE':
    '不支持压缩方式 {0} 的块；请用 LZ4 重写该文件：nfdump -r FILE -z=lz4 -w NEWFILE',
  'the block at byte {0} cannot be unpacked; it was left out': '第 {0} 字节处的块无法解压，已略过',
  '{0} records name no protocol (0), as aggregated output does; export without aggregation':
    '{0} 条记录没有协议号（为 0），这是聚合输出的特征；请不聚合地导出',
  // Lines and objects.
  'line {0} {1}; such lines were left out': '第 {0} 行{1}；此类行已略过',
  'is no JSON object': '不是 JSON 对象',
  'tells a flow without addresses, times or counters': '的流没有地址、时间或计数',
  'tells an event without addresses or time': '的事件没有地址或时间',
  'comes before any #fields line': '出现在 #fields 行之前',
  'has not the columns of its #fields line': '的列与 #fields 行不符',
  'has a time that is none': '的时间无效',
  'has an address or port that is none': '的地址或端口无效',
  'has a counter that is none': '的计数无效',
  'line {0}: {1}, found "{2}"; the record was left out': '第 {0} 行：{1}，实际为 "{2}"；该记录已略过',
  'it ends before column "{0}"': '在列 "{0}" 之前结束',
  'column "{0}" does not fit': '列 "{0}" 的内容不符',
  'a header line was expected': '应为标题行',
  'no JSON object': '不是 JSON 对象',
  'an object was expected': '应为对象',
  'a value does not fit': '有取值不符',
  'a record is cut short by the end of the input': '记录在输入末尾被截断',
  'a record is longer than {0} bytes': '记录超过 {0} 字节',
  '{0} lines are longer than {1} bytes and were left out': '{0} 行超过 {1} 字节，已略过',
};
