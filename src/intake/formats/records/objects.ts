import { column, Field } from './builder.js';
import type { JsonSchema } from './schema.js';
import { vpcFlowLog } from './tables.js';
import { TimeUnit } from './times.js';

/** goflow2 -format json. Times without flow times equal the receive time. */
export const goflow2Json: JsonSchema = {
  name: 'goflow2-json',
  required: ['src_addr', 'dst_addr', 'time_received_ns'],
  columns: {
    src_addr: column(Field.SRC),
    dst_addr: column(Field.DST),
    src_port: column(Field.SRC_PORT),
    dst_port: column(Field.DST_PORT),
    proto: column(Field.PROTOCOL),
    tcp_flags: column(Field.FLAGS),
    time_flow_start_ns: column(Field.START, TimeUnit.NANOSECONDS),
    time_flow_end_ns: column(Field.END, TimeUnit.NANOSECONDS),
    packets: column(Field.PACKETS),
    bytes: column(Field.OCTETS),
    sampling_rate: column(Field.SAMPLING),
  },
};

/** pmacct JSON: pmacctd, nfacctd, sfacctd with print_output json, or from Kafka. */
export const pmacctJson: JsonSchema = {
  name: 'pmacct-json',
  required: ['event_type', 'ip_src', 'ip_dst', 'packets', 'bytes'],
  columns: {
    ip_src: column(Field.SRC),
    ip_dst: column(Field.DST),
    port_src: column(Field.SRC_PORT),
    port_dst: column(Field.DST_PORT),
    ip_proto: column(Field.PROTOCOL),
    tcp_flags: column(Field.FLAGS),
    timestamp_start: column(Field.START),
    timestamp_end: column(Field.END),
    sampling_rate: column(Field.SAMPLING),
    packets: column(Field.PACKETS),
    bytes: column(Field.OCTETS),
  },
};

/** nProbe: element numbers as keys by default, names with --json-labels; times in epoch seconds. */
const NPROBE_COLUMNS: Readonly<Record<string, readonly [number, string]>> = {
  IPV4_SRC_ADDR: [column(Field.SRC), '8'],
  IPV4_DST_ADDR: [column(Field.DST), '12'],
  IPV6_SRC_ADDR: [column(Field.SRC), '27'],
  IPV6_DST_ADDR: [column(Field.DST), '28'],
  L4_SRC_PORT: [column(Field.SRC_PORT), '7'],
  L4_DST_PORT: [column(Field.DST_PORT), '11'],
  PROTOCOL: [column(Field.PROTOCOL), '4'],
  TCP_FLAGS: [column(Field.FLAGS), '6'],
  FIRST_SWITCHED: [column(Field.START, TimeUnit.SECONDS), '22'],
  LAST_SWITCHED: [column(Field.END, TimeUnit.SECONDS), '21'],
  IN_PKTS: [column(Field.PACKETS), '2'],
  IN_BYTES: [column(Field.OCTETS), '1'],
  OUT_PKTS: [column(Field.REVERSE_PACKETS), '24'],
  OUT_BYTES: [column(Field.REVERSE_OCTETS), '23'],
};

/** nProbe JSON, numbered keys or --json-labels. */
export const nprobeJson: JsonSchema = {
  name: 'nprobe-json',
  required: [
    ['IPV4_SRC_ADDR', 'IPV6_SRC_ADDR', '8', '27'],
    ['IPV4_DST_ADDR', 'IPV6_DST_ADDR', '12', '28'],
    ['PROTOCOL', '4'],
    ['IN_BYTES', '1'],
  ],
  columns: Object.fromEntries(
    Object.entries(NPROBE_COLUMNS).flatMap(([name, [code, number]]) => [
      [name, code],
      [number, code],
    ]),
  ),
};

/** super_mediator --output-mode JSON; UTC. */
const YAF_COLUMNS: Readonly<Record<string, number>> = {
  flowStartMilliseconds: column(Field.START),
  flowEndMilliseconds: column(Field.END),
  protocolIdentifier: column(Field.PROTOCOL),
  sourceIPv4Address: column(Field.SRC),
  destinationIPv4Address: column(Field.DST),
  sourceIPv6Address: column(Field.SRC),
  destinationIPv6Address: column(Field.DST),
  sourceTransportPort: column(Field.SRC_PORT),
  destinationTransportPort: column(Field.DST_PORT),
  packetTotalCount: column(Field.PACKETS),
  octetTotalCount: column(Field.OCTETS),
  reversePacketTotalCount: column(Field.REVERSE_PACKETS),
  reverseOctetTotalCount: column(Field.REVERSE_OCTETS),
  initialTCPFlags: column(Field.INITIAL_FLAGS),
  unionTCPFlags: column(Field.FLAGS),
};

/** YAF flows as super_mediator JSON. */
export const yafJson: JsonSchema = {
  name: 'yaf-json',
  zone: 'UTC',
  required: ['flowStartMilliseconds', ['sourceIPv4Address', 'sourceIPv6Address'], 'octetTotalCount'],
  columns: {
    ...YAF_COLUMNS,
    ...Object.fromEntries(Object.entries(YAF_COLUMNS).map(([name, code]) => [`flows.${name}`, code])),
  },
};

/** Alibaba Cloud Log Service; all values are strings. */
export const aliyunJson: JsonSchema = {
  name: 'aliyun-vpc-json',
  required: ['srcaddr', 'dstaddr', 'log-status', ['eni-id', 'vpc-id', 'vm-id']],
  columns: vpcFlowLog.columns,
};

/** Cisco joy; bytes are payload, its first line is the configuration. */
export const joyJson: JsonSchema = {
  name: 'joy-json',
  octetsOf: 'payload',
  required: ['version', 'bidir', 'num_pkts', 'end-config'],
  columns: {
    'end-config': column(Field.CONFIG),
    sa: column(Field.SRC),
    da: column(Field.DST),
    pr: column(Field.PROTOCOL),
    sp: column(Field.SRC_PORT),
    dp: column(Field.DST_PORT),
    bytes_out: column(Field.OCTETS),
    num_pkts_out: column(Field.PACKETS),
    bytes_in: column(Field.REVERSE_OCTETS),
    num_pkts_in: column(Field.REVERSE_PACKETS),
    time_start: column(Field.START, TimeUnit.SECONDS),
    time_end: column(Field.END, TimeUnit.SECONDS),
    packets: column(Field.PACKET_LIST),
  },
};
