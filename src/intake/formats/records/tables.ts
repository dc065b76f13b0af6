import { column, Field } from './builder.js';
import type { DelimitedSchema } from './schema.js';
import { TimeUnit } from './times.js';

/** pmacct, print plugin with `print_output: csv`; columns depend on `aggregate`. */
export const pmacctCsv: DelimitedSchema = {
  name: 'pmacct-csv',
  delimiter: ',',
  required: ['src_ip', 'dst_ip', 'packets', 'bytes'],
  columns: {
    src_ip: column(Field.SRC),
    dst_ip: column(Field.DST),
    src_port: column(Field.SRC_PORT),
    dst_port: column(Field.DST_PORT),
    tcp_flags: column(Field.FLAGS),
    protocol: column(Field.PROTOCOL),
    timestamp_start: column(Field.START),
    timestamp_end: column(Field.END),
    sampling_rate: column(Field.SAMPLING),
    packets: column(Field.PACKETS),
    bytes: column(Field.OCTETS),
  },
};

/** The same, with `print_output: formatted`. */
export const pmacctTable: DelimitedSchema = {
  ...pmacctCsv,
  name: 'pmacct-table',
  delimiter: ' ',
};

/** rwcut(1): padded columns with `|`; UTC by default, also epoch seconds. */
export const silkRwcut: DelimitedSchema = {
  name: 'silk-rwcut',
  delimiter: '|',
  zone: 'UTC',
  required: ['sip', 'dip', ['packets', 'pkts'], ['stime', 'etime']],
  columns: {
    sip: column(Field.SRC),
    dip: column(Field.DST),
    sport: column(Field.SRC_PORT),
    dport: column(Field.DST_PORT),
    pro: column(Field.PROTOCOL),
    protocol: column(Field.PROTOCOL),
    packets: column(Field.PACKETS),
    pkts: column(Field.PACKETS),
    bytes: column(Field.OCTETS),
    flags: column(Field.FLAGS),
    stime: column(Field.START),
    duration: column(Field.DURATION, TimeUnit.SECONDS),
    durat: column(Field.DURATION, TimeUnit.SECONDS),
    etime: column(Field.END),
  },
};

/** ra(1) -c, with titles; bytes count the Ethernet header. */
export const argusCsv: DelimitedSchema = {
  name: 'argus-csv',
  delimiter: ',',
  octetsOf: 'ethernet',
  required: ['starttime', 'srcaddr', 'dstaddr', 'proto', 'srcpkts', 'srcbytes'],
  columns: {
    starttime: column(Field.START),
    lasttime: column(Field.END),
    dur: column(Field.DURATION, TimeUnit.SECONDS),
    proto: column(Field.PROTOCOL),
    srcaddr: column(Field.SRC),
    sport: column(Field.SRC_PORT),
    dir: column(Field.ARROW),
    dstaddr: column(Field.DST),
    dport: column(Field.DST_PORT),
    srcpkts: column(Field.PACKETS),
    dstpkts: column(Field.REVERSE_PACKETS),
    srcbytes: column(Field.OCTETS),
    dstbytes: column(Field.REVERSE_OCTETS),
  },
};

/** UniRec as NEMEA's logger writes it: a header with types; times UTC, lists as `[a|b]`, payload as hex. */
export const unirecCsv: DelimitedSchema = {
  name: 'unirec-csv',
  delimiter: ',',
  zone: 'UTC',
  required: ['ipaddr src_ip', 'ipaddr dst_ip', 'time time_first'],
  columns: {
    'ipaddr src_ip': column(Field.SRC),
    'ipaddr dst_ip': column(Field.DST),
    'uint16 src_port': column(Field.SRC_PORT),
    'uint16 dst_port': column(Field.DST_PORT),
    'uint8 protocol': column(Field.PROTOCOL),
    'uint8 tcp_flags': column(Field.FLAGS),
    'time time_first': column(Field.START),
    'time time_last': column(Field.END),
    'uint32 packets': column(Field.PACKETS),
    'uint64 bytes': column(Field.OCTETS),
    'uint32 packets_rev': column(Field.REVERSE_PACKETS),
    'uint64 bytes_rev': column(Field.REVERSE_OCTETS),
    'uint16* ppi_pkt_lengths': column(Field.PACKET_SIZES),
    'time* ppi_pkt_times': column(Field.PACKET_TIMES),
    'uint8* ppi_pkt_flags': column(Field.PACKET_FLAGS),
    'int8* ppi_pkt_directions': column(Field.PACKET_DIRECTIONS),
    'bytes idp_content': column(Field.CONTENT),
    'bytes idp_content_rev': column(Field.REVERSE_CONTENT),
  },
};

const VPC_COLUMNS =
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status';

/** AWS flow log record, version 2 default or custom with a header; Tencent and Alibaba Cloud have the same columns. */
export const vpcFlowLog: DelimitedSchema = {
  name: 'vpc-flow-log',
  delimiter: ' ',
  required: ['srcaddr', 'dstaddr', ['interface-id', 'ccn-id', 'instance-id', 'log-status']],
  columns: {
    srcaddr: column(Field.SRC),
    dstaddr: column(Field.DST),
    srcport: column(Field.SRC_PORT),
    dstport: column(Field.DST_PORT),
    protocol: column(Field.PROTOCOL),
    packets: column(Field.PACKETS),
    bytes: column(Field.OCTETS),
    start: column(Field.START, TimeUnit.SECONDS),
    end: column(Field.END, TimeUnit.SECONDS),
    'tcp-flags': column(Field.FLAGS),
    action: column(Field.ACTION),
    'log-status': column(Field.STATUS),
  },
  headerless: (line) =>
    /^\d \S+ \S+ \S+ \S+ \S+ \S+ \S+ \S+ \S+ \d+ \d+ (ACCEPT|REJECT|-) (OK|NODATA|SKIPDATA)\s*$/.test(line)
      ? VPC_COLUMNS.split(' ')
      : null,
};
