import { isIPv6 } from 'node:net';
import type { ConversationObject } from '../../model/pool-object.js';
import type { Level } from '../../model/verdict.js';
import type { VerdictObject } from '../../model/verdict-object.js';
import { writeChunks } from './chunks.js';
import type { Exporter, ExportOptions, Selection } from './exporter.js';
import { domainName } from './names.js';
import { TACTIC, TECHNIQUE } from './severity.js';
import { RIGWATCH_NAMESPACE, uuidV5 } from './uuid.js';

const OCSF_VERSION = '1.8.0';
/** Facts quoted of one verdict. */
const MAX_EVIDENCES = 16;

/** Numbers of Detection Finding (class 2004): severity High, Medium, Low, Informational. */
const SEVERITIES: Readonly<Record<Level, { readonly severity_id: number; readonly severity: string }>> = {
  confirmed: { severity_id: 4, severity: 'High' },
  probable: { severity_id: 3, severity: 'Medium' },
  suspected: { severity_id: 2, severity: 'Low' },
  cleared: { severity_id: 1, severity: 'Informational' },
};
const OUTBOUND = { direction_id: 2, direction: 'Outbound' };
const TCP = { protocol_num: 6, protocol_name: 'tcp' };

export const ocsf: Exporter = {
  name: 'ocsf',
  extension: 'ndjson',
  summary: {
    en: 'OCSF 1.8 Detection Finding (class 2004), one a line (NDJSON)',
    'zh-CN': 'OCSF 1.8 检测发现（2004 类），每行一个（NDJSON）',
  },
  subjects: ['suspects'],
  write: (selection, out, options) => writeChunks(lines(selection, options), out),
};

function* lines(selection: Selection, options: ExportOptions): Generator<string> {
  for (const verdict of selection.verdicts())
    yield `${JSON.stringify(toFinding(verdict, selection.conversations(verdict.ip), options))}\n`;
}

function toFinding(
  verdict: VerdictObject,
  conversations: readonly ConversationObject[],
  { version, nowMs }: ExportOptions,
) {
  const { ip, level, score, first_seen, last_seen, unit, evidence, coins } = verdict;
  const isClosed = level === 'cleared';
  const activity = isClosed ? 3 : 1;
  const first = first_seen === null ? undefined : Date.parse(first_seen);
  const last = last_seen === null ? undefined : Date.parse(last_seen);
  const rule = evidence[0]?.rule;
  return {
    class_uid: 2004,
    class_name: 'Detection Finding',
    category_uid: 2,
    category_name: 'Findings',
    activity_id: activity,
    activity_name: isClosed ? 'Close' : 'Create',
    type_uid: 200_400 + activity,
    ...SEVERITIES[level],
    status_id: isClosed ? 4 : 1,
    status: isClosed ? 'Resolved' : 'New',
    time: nowMs,
    start_time: first,
    end_time: last,
    is_alert: !isClosed,
    confidence_score: Math.floor(score * 100),
    message: `${level}: ${ip} mines${coins[0] === undefined ? '' : ` ${coins[0].ticker}`}`,
    metadata: {
      version: OCSF_VERSION,
      product: { name: 'rigwatch', vendor_name: 'rigwatch', version },
    },
    finding_info: {
      // One finding an address: a later export renews it.
      uid: uuidV5(RIGWATCH_NAMESPACE, `verdict ${ip}`),
      title: 'Cryptocurrency mining',
      first_seen_time: first,
      last_seen_time: last,
      types: ['Cryptocurrency mining'],
      analytic: rule === undefined ? undefined : { uid: rule, name: rule, type_id: 1, type: 'Rule' },
      attacks: [
        {
          version: '16.0',
          tactic: { uid: TACTIC.id, name: TACTIC.name },
          technique: { uid: 'T1496', name: 'Resource Hijacking' },
          sub_technique: { uid: TECHNIQUE.id, name: TECHNIQUE.name },
        },
      ],
    },
    evidences: evidencesOf(verdict, conversations),
    resources:
      unit === null
        ? undefined
        : [{ name: ip, type: 'IP address', owner: { org: { uid: unit.id, name: unit.name } } }],
    unmapped: {
      level,
      score,
      coins: coins.map(({ ticker }) => ticker),
      dialects: verdict.dialects,
      wallets: verdict.wallets,
      workers: verdict.workers,
      agents: verdict.agents,
      unit: unit ?? undefined,
    },
  };
}

/** Of the name that traffic gave, only what is a domain name. */
function hostName(host: string | null): string | undefined {
  return host === null ? undefined : (domainName(host) ?? undefined);
}

/** Conversations where they are stored, else the pools of the verdict; the address alone where there is none. */
function evidencesOf(verdict: VerdictObject, conversations: readonly ConversationObject[]) {
  const { ip, pools, evidence } = verdict;
  const excerpt = (address: string, port: number) => {
    const peer = isIPv6(address) ? `[${address}]:${port}` : `${address}:${port}`;
    const fact = evidence.find((one) => one.peer === peer);
    return fact === undefined ? undefined : { rule: fact.rule, excerpt: fact.excerpt };
  };
  const info = (address: string) => ({ ...OUTBOUND, protocol_ver_id: isIPv6(address) ? 6 : 4 });
  if (conversations.length > 0) {
    return conversations.slice(0, MAX_EVIDENCES).map((one) => ({
      src_endpoint: { ip, port: one.source_port },
      dst_endpoint: { ip: one.address, port: one.port, hostname: hostName(one.host) },
      connection_info: {
        ...info(one.address),
        ...(one.community_id === null ? {} : { ...TCP, uid: one.community_id }),
      },
      data: excerpt(one.address, one.port),
    }));
  }
  if (pools.length === 0) return [{ src_endpoint: { ip } }];
  return pools.slice(0, MAX_EVIDENCES).map(({ address, port, host }) => ({
    src_endpoint: { ip },
    dst_endpoint: { ip: address, port, hostname: hostName(host) },
    connection_info: info(address),
    data: excerpt(address, port),
  }));
}
