import type { PoolObject } from '../../model/pool-object.js';
import type { VerdictObject } from '../../model/verdict-object.js';
import { writeChunks } from './chunks.js';
import type { Exporter, ExportOptions, Selection } from './exporter.js';
import { Once } from './once.js';
import { TECHNIQUE } from './severity.js';
import { RIGWATCH_NAMESPACE, uuidV5 } from './uuid.js';

/** Coins whose wallets are attribute types of their own (MISP core format, category Financial fraud). */
const WALLET_TYPES: Readonly<Record<string, string>> = { XMR: 'xmr', BTC: 'btc', DASH: 'dash' };
/** Medium; analysis completed; distribution to this organisation only: the recipient widens it. */
const EVENT_STATE = {
  threat_level_id: '2',
  analysis: '2',
  distribution: '0',
  sharing_group_id: '0',
  published: false,
};
/** Distribution as the event's. */
const INHERIT = '5';

interface Told {
  readonly type: string;
  readonly category: string;
  readonly value: string;
  readonly to_ids: boolean;
  readonly comment: string;
  readonly first_seen: string | null;
  readonly last_seen: string | null;
}

export const misp: Exporter = {
  name: 'misp',
  extension: 'json',
  summary: {
    en: 'a MISP event: pools for detection; --of suspects adds addresses and wallets, not for detection',
    'zh-CN': 'MISP 事件：矿池用于检测；--of suspects 另附地址与钱包，不用于检测',
  },
  subjects: ['pools', 'suspects'],
  usesPools: true,
  write: (selection, out, options) => writeChunks(pieces(selection, options), out),
};

/** One office's list is one event: importing it again renews it. */
function* pieces(selection: Selection, options: ExportOptions): Generator<string> {
  const { office, tlp, nowMs } = options;
  const event = uuidV5(RIGWATCH_NAMESPACE, `misp ${office} ${selection.of}`);
  const organisation = { id: '0', name: office, uuid: uuidV5(RIGWATCH_NAMESPACE, `office ${office}`) };
  const head = {
    uuid: event,
    id: '0',
    info: `Cryptocurrency mining: ${selection.of} (rigwatch)`,
    date: new Date(nowMs).toISOString().slice(0, 10),
    timestamp: seconds(nowMs),
    publish_timestamp: '0',
    org_id: '0',
    orgc_id: '0',
    ...EVENT_STATE,
    Orgc: organisation,
    Tag: [
      { name: `tlp:${tlp}` },
      { name: `misp-galaxy:mitre-attack-pattern="${TECHNIQUE.name} - ${TECHNIQUE.id}"` },
    ],
  };
  yield `{"Event":${JSON.stringify(head).slice(0, -1)},"Attribute":[\n`;
  let separator = '';
  const once = new Once();
  for (const told of attributes(selection)) {
    if (!once.isFirst(`${told.type} ${told.value}`)) continue;
    yield `${separator}${JSON.stringify(toAttribute(told, event, nowMs))}`;
    separator = ',\n';
  }
  yield '\n]}}\n';
}

function toAttribute({ first_seen, last_seen, ...told }: Told, event: string, nowMs: number) {
  return {
    uuid: uuidV5(event, `${told.type} ${told.value}`),
    ...told,
    distribution: INHERIT,
    sharing_group_id: '0',
    timestamp: seconds(nowMs),
    deleted: false,
    ...(first_seen === null ? {} : { first_seen }),
    ...(last_seen === null ? {} : { last_seen }),
  };
}

function* attributes(selection: Selection): Generator<Told> {
  for (const pool of selection.pools()) yield* ofPool(pool);
  if (selection.of === 'suspects') for (const verdict of selection.verdicts()) yield* ofSuspect(verdict);
}

function* ofPool({
  address,
  port,
  listed_hosts,
  held_back,
  operator,
  level,
  suspects,
  first_seen,
  last_seen,
}: PoolObject) {
  const told = { category: 'Network activity', first_seen, last_seen };
  const comment = `${operator ?? 'mining pool'}; ${level}; suspects ${suspects}`;
  if (held_back === null)
    yield { ...told, type: 'ip-dst|port', value: `${address}|${port}`, to_ids: true, comment };
  for (const name of listed_hosts) yield { ...told, type: 'hostname', value: name, to_ids: true, comment };
}

function* ofSuspect({
  ip,
  level,
  score,
  wallets,
  coins,
  unit,
  first_seen,
  last_seen,
}: VerdictObject): Generator<Told> {
  const told = { to_ids: false, first_seen, last_seen };
  const comment = `${level} ${score}${unit === null ? '' : `; unit ${unit.id}`}`;
  yield { ...told, category: 'Network activity', type: 'ip-src', value: ip, comment };
  // Which coin a wallet is of is only sure where there is one.
  const type = coins.length === 1 ? WALLET_TYPES[coins[0]?.ticker ?? ''] : undefined;
  for (const value of wallets)
    yield {
      ...told,
      category: 'Financial fraud',
      type: type ?? 'text',
      value,
      comment: `wallet; ${comment}`,
    };
}

function seconds(ms: number): string {
  return String(Math.floor(ms / 1000));
}
