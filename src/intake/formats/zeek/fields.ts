/** Fields of Zeek's logs that are read, or that tell which log a line belongs to; the numbers are slots of a row. */
const NAMES = [
  'ts',
  'uid',
  'id.orig_h',
  'id.orig_p',
  'id.resp_h',
  'id.resp_p',
  'proto',
  'ip_proto',
  'service',
  'duration',
  'conn_state',
  'history',
  'orig_pkts',
  'orig_ip_bytes',
  'resp_pkts',
  'resp_ip_bytes',
  'orig_bytes',
  'resp_bytes',
  'trans_id',
  'query',
  'qtype',
  'qtype_name',
  'rcode',
  'answers',
  'TTLs',
  'server_name',
  'established',
  'resumed',
  'ssl_history',
  'cipher',
  'next_protocol',
  'ja3',
  'ja4',
  'trans_depth',
  'method',
  'host',
  'user_agent',
  'status_code',
  'call_id',
  'request_path',
  'client_initial_dcid',
  'subject',
  'issuer',
] as const; // prettier-ignore

type FieldName = (typeof NAMES)[number];

/** Field names under another name: renamed scopes of the logging framework, shippers that dislike dots. */
const ALIASES: readonly (readonly [alias: string, name: FieldName])[] = [
  ['id_orig_h', 'id.orig_h'],
  ['id_orig_p', 'id.orig_p'],
  ['id_resp_h', 'id.resp_h'],
  ['id_resp_p', 'id.resp_p'],
  ['src', 'id.orig_h'],
  ['src_port', 'id.orig_p'],
  ['dst', 'id.resp_h'],
  ['dst_port', 'id.resp_p'],
];

export const SLOTS = NAMES.length;

export const SLOT_OF: ReadonlyMap<string, number> = new Map<string, number>([
  ...NAMES.map((name, slot) => [name, slot] as const),
  ...ALIASES.map(([alias, name]) => [alias, NAMES.indexOf(name)] as const),
]);

const slot = (name: FieldName): number => NAMES.indexOf(name);

export const F = {
  TS: slot('ts'),
  UID: slot('uid'),
  ORIG_H: slot('id.orig_h'),
  ORIG_P: slot('id.orig_p'),
  RESP_H: slot('id.resp_h'),
  RESP_P: slot('id.resp_p'),
  PROTO: slot('proto'),
  IP_PROTO: slot('ip_proto'),
  SERVICE: slot('service'),
  DURATION: slot('duration'),
  CONN_STATE: slot('conn_state'),
  HISTORY: slot('history'),
  ORIG_PKTS: slot('orig_pkts'),
  ORIG_IP_BYTES: slot('orig_ip_bytes'),
  RESP_PKTS: slot('resp_pkts'),
  RESP_IP_BYTES: slot('resp_ip_bytes'),
  ORIG_BYTES: slot('orig_bytes'),
  RESP_BYTES: slot('resp_bytes'),
  TRANS_ID: slot('trans_id'),
  QUERY: slot('query'),
  QTYPE: slot('qtype'),
  QTYPE_NAME: slot('qtype_name'),
  RCODE: slot('rcode'),
  ANSWERS: slot('answers'),
  TTLS: slot('TTLs'),
  SERVER_NAME: slot('server_name'),
  ESTABLISHED: slot('established'),
  RESUMED: slot('resumed'),
  SSL_HISTORY: slot('ssl_history'),
  CIPHER: slot('cipher'),
  NEXT_PROTOCOL: slot('next_protocol'),
  JA3: slot('ja3'),
  JA4: slot('ja4'),
  TRANS_DEPTH: slot('trans_depth'),
  METHOD: slot('method'),
  HOST: slot('host'),
  USER_AGENT: slot('user_agent'),
  STATUS_CODE: slot('status_code'),
  CALL_ID: slot('call_id'),
  REQUEST_PATH: slot('request_path'),
  CLIENT_DCID: slot('client_initial_dcid'),
  SUBJECT: slot('subject'),
  ISSUER: slot('issuer'),
} as const;

export type LogName = 'conn' | 'dns' | 'ssl' | 'http' | 'other';

/** Which log a line belongs to, by the fields it has; `other` has nothing to tell here. */
export function logOf(has: (slot: number) => boolean): LogName {
  if (!has(F.ORIG_H) || !has(F.RESP_H) || !has(F.ORIG_P) || !has(F.RESP_P)) return 'other';
  if (has(F.PROTO) && (has(F.CONN_STATE) || has(F.ORIG_PKTS))) return 'conn';
  if (has(F.TRANS_ID) && (has(F.QUERY) || has(F.RCODE) || has(F.QTYPE))) return 'dns';
  if (has(F.ESTABLISHED) && has(F.RESUMED)) return 'ssl';
  if (has(F.SERVER_NAME) && !has(F.CLIENT_DCID)) return 'ssl';
  // sip.log has depth and method too.
  if (has(F.TRANS_DEPTH) && !has(F.CALL_ID) && !has(F.REQUEST_PATH)) return 'http';
  return 'other';
}
