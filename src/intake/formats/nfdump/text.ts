import { column, Field } from '../records/builder.js';
import type { DelimitedSchema, JsonSchema } from '../records/schema.js';
import { TimeUnit } from '../records/times.js';

/**
 * `nfdump -o csv` of 1.6 and 1.7.1 (ts,te,td,sa,da …), of 1.7.2 and later (firstSeen,duration,…), csv-fast, and
 * csv:%tsr,%ter,… Local time unless in epoch seconds or milliseconds.
 */
export const nfdumpCsv: DelimitedSchema = {
  name: 'nfdump-csv',
  delimiter: ',',
  required: [
    ['ts', 'firstseen', 'lastseen'],
    ['sa', 'srcaddr'],
    ['da', 'dstaddr'],
    ['ibyt', 'bytes'],
  ],
  columns: {
    ts: column(Field.START),
    te: column(Field.END),
    td: column(Field.DURATION, TimeUnit.SECONDS),
    sa: column(Field.SRC),
    da: column(Field.DST),
    sp: column(Field.SRC_PORT),
    dp: column(Field.DST_PORT),
    pr: column(Field.PROTOCOL),
    flg: column(Field.FLAGS),
    ipkt: column(Field.PACKETS),
    ibyt: column(Field.OCTETS),
    opkt: column(Field.REVERSE_PACKETS),
    obyt: column(Field.REVERSE_OCTETS),
    firstseen: column(Field.START),
    lastseen: column(Field.END),
    duration: column(Field.DURATION, TimeUnit.SECONDS),
    proto: column(Field.PROTOCOL),
    srcaddr: column(Field.SRC),
    srcport: column(Field.SRC_PORT),
    dstaddr: column(Field.DST),
    dstport: column(Field.DST_PORT),
    flags: column(Field.FLAGS),
    packets: column(Field.PACKETS),
    bytes: column(Field.OCTETS),
  },
  footer: (line) => {
    if (line.startsWith('Summary')) return 3;
    if (line.startsWith('flows,bytes,packets')) return 2;
    return /^(Time window|Total flows|Sys:|Wall:|No match)/.test(line) ? 1 : 0;
  },
};

/** `nfdump -o json` (one array over many lines) and `-o ndjson`. */
export const nfdumpJson: JsonSchema = {
  name: 'nfdump-json',
  required: ['first', 'last', 'in_packets', ['src4_addr', 'src6_addr']],
  columns: {
    type: column(Field.TYPE),
    first: column(Field.START),
    last: column(Field.END),
    in_packets: column(Field.PACKETS),
    in_bytes: column(Field.OCTETS),
    out_packets: column(Field.REVERSE_PACKETS),
    out_bytes: column(Field.REVERSE_OCTETS),
    proto: column(Field.PROTOCOL),
    tcp_flags: column(Field.FLAGS),
    src_port: column(Field.SRC_PORT),
    dst_port: column(Field.DST_PORT),
    src4_addr: column(Field.SRC),
    dst4_addr: column(Field.DST),
    src6_addr: column(Field.SRC),
    dst6_addr: column(Field.DST),
  },
};
