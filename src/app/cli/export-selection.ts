import { communityId } from '../../base/community-id.js';
import { type Cidr, isInCidr, isLocalIp, parseIp } from '../../base/ip.js';
import { printable } from '../../base/text.js';
import { formatTime } from '../../base/time.js';
import type { Selection, Subject } from '../../deliver/export/exporter.js';
import { defanged, domainName } from '../../deliver/export/names.js';
import { toVerdictObject } from '../../deliver/print/verdict-json.js';
import type { Conversation, Store, StoredPool, VerdictFilter } from '../../deliver/store/index.js';
import type { ConversationObject, HeldBack, PoolObject } from '../../model/pool-object.js';
import type { PoolBook } from '../../model/rule-table.js';
import type { VerdictObject } from '../../model/verdict-object.js';

const TCP = 6;

/** What decides which endpoints other tools may act on. */
export interface PoolGuard {
  readonly pools: PoolBook;
  /** Networks that front for anybody (rules/guards.yaml). */
  readonly shared: readonly Cidr[];
  /** Monitored networks. */
  readonly home: readonly Cidr[];
}

/** Stored verdicts that a filter chooses, and the endpoints they name, as exports take them. */
export class StoredSelection implements Selection {
  readonly of: Subject;
  readonly #store: Store;
  readonly #filter: VerdictFilter;
  /** Null: pools are not asked for. */
  readonly #guard: PoolGuard | null;
  readonly #seed: number;
  /** Entries handed over, and pools among them that are not for block lists, in the latest walk. */
  told = 0;
  heldBack = 0;

  constructor(
    of: Subject,
    store: Store,
    filter: VerdictFilter,
    guard: PoolGuard | null,
    communityIdSeed: number,
  ) {
    this.of = of;
    this.#store = store;
    this.#filter = filter;
    this.#guard = guard;
    this.#seed = communityIdSeed;
  }

  *verdicts(): Generator<VerdictObject> {
    if (this.of === 'suspects') this.told = 0;
    for (const verdict of this.#store.listVerdicts(this.#filter)) {
      if (this.of === 'suspects') this.told++;
      yield toVerdictObject(verdict);
    }
  }

  *pools(): Generator<PoolObject> {
    if (this.#guard === null) return;
    if (this.of === 'pools') this.told = 0;
    this.heldBack = 0;
    for (const pool of this.#store.listPools(this.#filter)) {
      // Written by another hand where it is none.
      if (parseIp(pool.address) !== pool.address) continue;
      const object = toPoolObject(pool, this.#guard);
      if (this.of === 'pools') this.told++;
      if (object.held_back !== null) this.heldBack++;
      yield object;
    }
  }

  conversations(ip: string): ConversationObject[] {
    return this.#store.conversations(ip).map((one) => toConversationObject(ip, one, this.#seed));
  }
}

/** The same for people: no address or name that a program would make a link of. */
export class DefangedSelection implements Selection {
  readonly of: Subject;
  readonly #whole: Selection;

  constructor(whole: Selection) {
    this.of = whole.of;
    this.#whole = whole;
  }

  *verdicts(): Generator<VerdictObject> {
    for (const verdict of this.#whole.verdicts()) {
      yield {
        ...verdict,
        ip: defanged(verdict.ip),
        pools: verdict.pools.map((pool) => ({
          ...pool,
          address: defanged(pool.address),
          host: pool.host === null ? null : defanged(pool.host),
        })),
      };
    }
  }

  *pools(): Generator<PoolObject> {
    for (const pool of this.#whole.pools()) {
      const [hosts, listed] = [pool.hosts, pool.listed_hosts].map((names) => names.map(defanged));
      yield { ...pool, address: defanged(pool.address), hosts: hosts ?? [], listed_hosts: listed ?? [] };
    }
  }

  conversations(ip: string): ConversationObject[] {
    // By the address as stored.
    return this.#whole.conversations(ip.replace(/[[\]]/g, '')).map((one) => ({
      ...one,
      address: defanged(one.address),
      host: one.host === null ? null : defanged(one.host),
    }));
  }
}

function toPoolObject(pool: StoredPool, guard: PoolGuard): PoolObject {
  const listed = pool.hosts
    .map((host) => domainName(host))
    .filter((name): name is string => name !== null && isPoolName(name, guard.pools));
  return {
    schema: 'rigwatch.pool/1',
    address: pool.address,
    port: pool.port,
    hosts: pool.hosts.map((host) => printable(host)),
    listed_hosts: [...new Set(listed)],
    operator: pool.operator === null ? null : printable(pool.operator),
    country: pool.country === null ? null : printable(pool.country),
    tls: pool.tls,
    coins: pool.coins.map((coin) => printable(coin)),
    level: pool.level,
    score: Math.min(0.999999, Number(pool.score.toFixed(6))),
    suspects: pool.suspects,
    first_seen: formatTime(pool.firstUs),
    last_seen: formatTime(pool.lastUs),
    held_back: heldBack(pool, guard),
  };
}

/** A client names what it likes in SNI or Host: only names that the lists know are a pool's. */
function isPoolName(name: string, pools: PoolBook): boolean {
  const row = pools.ofName(name);
  return row !== null && pools.useOf(row, name) !== 'site';
}

function heldBack({ address, isJudged }: StoredPool, { home, shared }: PoolGuard): HeldBack | null {
  if (isJudged || home.some((block) => isInCidr(address, block))) return 'own';
  if (isLocalIp(address)) return 'local';
  return shared.some((block) => isInCidr(address, block)) ? 'shared' : null;
}

function toConversationObject(ip: string, one: Conversation, seed: number): ConversationObject {
  const [ours, theirs] = [
    { ip, port: one.port },
    { ip: one.peerIp, port: one.peerPort },
  ];
  return {
    source_port: one.port,
    address: printable(one.peerIp),
    port: one.peerPort,
    host: one.host === null ? null : printable(one.host),
    dialect: one.dialect === null ? null : printable(one.dialect),
    tls: one.tls !== 0,
    first_seen: formatTime(one.firstUs),
    last_seen: formatTime(one.lastUs),
    bytes_to_server: one.bytesToServer,
    bytes_to_client: one.bytesToClient,
    // Every dialect is spoken over TCP; of TLS and flow records alone the transport is not stored.
    community_id: one.dialect === null ? null : communityId(ours, theirs, TCP, seed),
  };
}
