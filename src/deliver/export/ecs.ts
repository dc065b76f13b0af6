import type { ConversationObject } from '../../model/pool-object.js';
import type { VerdictObject } from '../../model/verdict-object.js';
import { writeChunks } from './chunks.js';
import type { Exporter, Selection } from './exporter.js';
import { domainName } from './names.js';
import { SEVERITY, TACTIC, TECHNIQUE } from './severity.js';

/** Elastic Common Schema; only fields that are the same since 8.0. */
const ECS_VERSION = '8.17.0';
const NANOSECONDS = 1_000_000;

export const ecs: Exporter = {
  name: 'ecs',
  extension: 'ndjson',
  summary: {
    en: 'alerts in the Elastic Common Schema, one a line (NDJSON)',
    'zh-CN': 'Elastic 通用模式（ECS）告警，每行一个（NDJSON）',
  },
  subjects: ['suspects'],
  write: (selection, out, { version }) => writeChunks(lines(selection, version), out),
};

function* lines(selection: Selection, version: string): Generator<string> {
  for (const verdict of selection.verdicts())
    yield `${JSON.stringify(toEcs(verdict, selection.conversations(verdict.ip), version))}\n`;
}

/** `null` is left out: in ECS a field is there or it is not. */
function toEcs(verdict: VerdictObject, conversations: readonly ConversationObject[], version: string) {
  const { ip, level, score, first_seen, last_seen, pools, unit, evidence } = verdict;
  // The conversation that source and destination tell of is one and the same.
  const [talk] = conversations;
  const pool = pools.find(({ address, port }) => address === talk?.address && port === talk.port) ?? pools[0];
  const domain = pool?.host == null ? null : domainName(pool.host);
  const ids = conversations.map(({ community_id }) => community_id).filter((id) => id !== null);
  const [start, end] = [first_seen, last_seen].map((time) => (time === null ? null : Date.parse(time)));
  return {
    '@timestamp': last_seen ?? first_seen ?? undefined,
    message: `${level}: ${ip} mines${pool === undefined ? '' : ` with ${pool.host ?? pool.address}`}`,
    ecs: { version: ECS_VERSION },
    event: {
      kind: 'alert',
      category: ['network', 'intrusion_detection'],
      type: ['info'],
      module: 'rigwatch',
      dataset: 'rigwatch.verdict',
      provider: 'rigwatch',
      start: first_seen ?? undefined,
      end: last_seen ?? undefined,
      duration: start == null || end == null ? undefined : (end - start) * NANOSECONDS,
      severity: SEVERITY[level],
      risk_score: Number((score * 100).toFixed(4)),
    },
    observer: { vendor: 'rigwatch', product: 'rigwatch', type: 'ids', version },
    source: { ip, port: talk?.source_port, bytes: talk?.bytes_to_server ?? undefined },
    destination:
      pool === undefined
        ? undefined
        : {
            ip: pool.address,
            port: pool.port,
            bytes: talk?.bytes_to_client ?? undefined,
            domain: domain ?? undefined,
            geo: /^[A-Z]{2}$/.test(pool.country ?? '') ? { country_iso_code: pool.country } : undefined,
          },
    network: {
      protocol: verdict.dialects.length > 0 ? 'stratum' : undefined,
      transport: talk?.community_id == null ? undefined : 'tcp',
      community_id: ids.length > 0 ? ids : undefined,
    },
    rule:
      evidence[0] === undefined
        ? undefined
        : { id: evidence[0].rule, name: evidence[0].rule, ruleset: 'rigwatch' },
    threat: {
      framework: 'MITRE ATT&CK',
      technique: { id: ['T1496'], subtechnique: { id: [TECHNIQUE.id], name: [TECHNIQUE.name] } },
      tactic: { id: [TACTIC.id], name: [TACTIC.name] },
    },
    organization: unit === null ? undefined : { id: unit.id, name: unit.name },
    related: { ip: [...new Set([ip, ...pools.map(({ address }) => address)])] },
    rigwatch: {
      level,
      score,
      coins: verdict.coins.map(({ ticker }) => ticker),
      algorithms: verdict.algorithms,
      dialects: verdict.dialects,
      wallets: verdict.wallets,
      workers: verdict.workers,
      agents: verdict.agents,
      sessions: verdict.sessions,
      miners: verdict.miners ?? undefined,
      operator: pool?.operator ?? undefined,
      pool_name: pool?.host ?? undefined,
      unit: unit ?? undefined,
      evidence_count: verdict.evidence_count,
    },
  };
}
