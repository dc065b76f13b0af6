import type { Chinese } from './chinese.js';

/** Of the commands that read traffic: scan, watch, doctor, mapping. */
export const INPUTS: Chinese = {
  // scan
  'read captures and flow records, print verdicts, store them': '读取抓包文件和流记录，输出结论并存入数据库',
  'Reads captures (pcap, pcapng), flow records and logs (docs/inputs.md has all; .gz, .zst, .xz through), prints a verdict for each suspect address, stores the evidence.':
    '读取抓包文件（pcap、pcapng）、流记录和日志（全部格式见 docs/inputs.md；可直接读取 .gz、.zst、.xz），对每个可疑地址给出结论，并将证据存入数据库。',
  'files, folders, or - for standard input': '文件、目录，或 -（标准输入）',
  'input format (default: by content)': '输入格式（默认：按内容识别）',
  'reader of classic pcap: our own, or the pcap-parser package (microsecond files only)':
    '经典 pcap 的读取程序：自带的 rigwatch，或 pcap-parser 软件包（仅支持微秒精度的文件）',
  'do not hash the inputs (their sha256 is then null)': '不计算输入的哈希（sha256 为 null）',
  'write the run summary (rigwatch.run/1) here': '将运行摘要（rigwatch.run/1）写入该文件',
  'exit 1 if a verdict of this level or above exists': '存在该级别或更高级别的结论时，退出码为 1',
  'no progress line': '不显示进度',
  'name of the place that looked, for the evidence log (default: name of this machine)':
    '采集点名称，记入证据日志（默认：本机名称）',
  'how far the clock of the capture was ahead, for the evidence log':
    '采集设备时钟快了多少秒（慢则为负），记入证据日志',
  'put the head of the evidence log outside: a line in a file, or a POST':
    '将证据日志的链头保存到外部：在文件中追加一行，或以 POST 发送',

  // watch
  'the same, live and for ever: flow collectors, followed files, an interface':
    '实时持续监测：流记录采集、持续跟踪文件、网络接口',
  'Takes live inputs for months: prints (and sends) new and raised verdicts as they happen, saves everything every few seconds.\nSIGHUP reads the rules again; SIGTERM and SIGINT save and end. docs/operating.md says how to run it.':
    '长期监测实时输入：随时输出（并推送）新增和升级的结论，每隔数秒保存全部数据。\nSIGHUP 重新读取规则；SIGTERM、SIGINT 保存后退出。部署与运维见 docs/operating.md。',
  'netflow://HOST:PORT, ipfix://HOST:PORT, ipfix+tcp://HOST:PORT, sflow://HOST:PORT, udp://HOST:PORT (any of them), file://PATH (a file, folder or glob, followed), - (standard input), if://NAME (packets of an interface)':
    'netflow://HOST:PORT、ipfix://HOST:PORT、ipfix+tcp://HOST:PORT、sflow://HOST:PORT、udp://HOST:PORT（以上任一种）、file://PATH（持续跟踪文件、目录或通配路径）、-（标准输入）、if://NAME（网络接口上的数据包）',
  'save this often: the most that a kill loses (1s to 10m)':
    '保存间隔，即进程被强制终止时最多损失的时长（1s 至 10m）',
  'send verdicts there too: file:PATH, -, http(s)://…, syslog://HOST:PORT, syslog+tcp://HOST:PORT (repeatable)':
    '同时将结论发送到：file:PATH、-、http(s)://…、syslog://HOST:PORT、syslog+tcp://HOST:PORT（可重复）',
  'lowest level that is printed and sent': '输出和发送的最低级别',
  'serve /healthz, /readyz and /metrics (default: off; without a value 127.0.0.1:9477)':
    '提供 /healthz、/readyz 和 /metrics（默认：关闭；不带值时为 127.0.0.1:9477）',
  'format of files, standard input (default: by content)': '文件或标准输入的格式（默认：按内容识别）',
  'Exit codes: 0 every input has ended (standard input); 2 an input cannot be opened or failed, the database\n            refuses, a port is taken, nobody reads standard output any more; 3 as 0, but something was in no known format;\n            130/143 stopped by a signal after saving':
    '退出码：0 所有输入均已结束（标准输入）；2 输入无法打开或出错、数据库不可用、端口被占用、标准输出已无人读取；\n        3 同 0，但有内容格式无法识别；130/143 收到信号，保存后停止',

  // doctor
  'say what is wrong with the machine or a live input, and what to do':
    '诊断本机或实时输入的问题，并给出处理办法',
  'Looks at Node.js, database, disk, rules and receive buffers. With URLs (as watch takes them) it listens to each for a\nwhile and tells what comes: exporters, versions, templates, loss, clocks, sampling. Nothing is stored.':
    '检查 Node.js、数据库、磁盘、规则和接收缓冲区。给出 URL（与 watch 相同）时逐个监听一段时间，说明收到的内容：导出设备、版本、模板、丢失、时钟、采样。不存储任何内容。',
  'live inputs, as for watch': '实时输入，与 watch 相同',
  'listen this long to the inputs (1s to 1h)': '对输入的监听时长（1s 至 1h）',
  'Exit codes: 0 nothing to fix; 1 something to fix; 2 not done':
    '退出码：0 没有需要解决的问题；1 有需要解决的问题；2 未完成',

  // mapping
  'check a mapping file, and show what it makes of a sample': '检查映射文件，并显示样本的读取结果',
  'A mapping file names the columns of a CSV, or the keys of JSON lines, that hold flows: see docs/inputs.md. Faults are told as file:line: message.':
    '映射文件说明流记录各字段对应 CSV 的哪些列或 JSON 行的哪些键：见 docs/inputs.md。错误以“文件:行: 说明”的形式给出。',
  'say where each field comes from; exit 0 clean, 2 faults, 3 the sample does not fit':
    '说明每个字段的来源；退出码：0 无误，2 有错误，3 样本与映射不符',
  'the mapping file (YAML)': '映射文件（YAML）',
  'a CSV or JSON that it is for; its first records are shown as they are read':
    '该映射所针对的 CSV 或 JSON 样本；显示前几条记录的读取结果',
  'zone of times that do not say theirs; default: the system’s': '未注明时区的时间所用的时区；默认：系统时区',
};
