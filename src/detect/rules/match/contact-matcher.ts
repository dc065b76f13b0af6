import type { Counters } from '../../../base/counters.js';
import { formatEndpoint } from '../../../base/ip.js';
import { type Phrase, phrase } from '../../../base/phrase.js';
import type { Evidence } from '../../../model/evidence.js';
import { type Endpoint, type FlowRecord, sessionKey } from '../../../model/flow.js';
import type { EndpointBasis } from '../../../model/rule.js';
import type { PoolBook, PoolRow } from '../../../model/rule-table.js';
import type { Contact } from '../kinds/endpoint.js';
import { lists } from '../tables/pool-book.js';
import type { DnsMemory } from './dns-memory.js';
import { RecentMap } from './recent-map.js';
import { type EndpointWeigher, type Scene, sceneOf } from './weigher.js';

/** Sessions that named their pool themselves: shared hosting does not make them less. */
const MAX_NAMED_SESSIONS = 65_536;
/** Contacts of conversations that are told in parts, remembered so that each counts once. */
const MAX_TOLD_CONTACTS = 262_144;
const TCP = 6;

/** What a conversation with a listed address says: group E of flows. */
export class ContactMatcher {
  readonly #pools: PoolBook;
  readonly #dns: DnsMemory;
  readonly #endpoints: EndpointWeigher;
  readonly #named = new RecentMap<true>(MAX_NAMED_SESSIONS);
  /** Sessions that named another host, of which the lists know nothing. */
  readonly #otherwise = new RecentMap<true>(MAX_NAMED_SESSIONS);
  /** Sessions that speak HTTP: what a server says in them unasked is a page's feed. */
  readonly #pages = new RecentMap<true>(MAX_NAMED_SESSIONS);
  /** Rule and session of contacts that were told in parts: a session counts once. */
  readonly #told = new RecentMap<true>(MAX_TOLD_CONTACTS);

  constructor(pools: PoolBook, dns: DnsMemory, endpoints: EndpointWeigher) {
    this.#pools = pools;
    this.#dns = dns;
    this.#endpoints = endpoints;
  }

  /** A session that named its pool itself. */
  name(session: string): void {
    this.#named.set(session, true);
  }

  /** A session with a pool's address that named another host. */
  nameOther(session: string): void {
    this.#otherwise.set(session, true);
  }

  /** A session with a pool's address that speaks HTTP. */
  namePage(session: string): void {
    this.#pages.set(session, true);
  }

  isPage({ client, server, startUs }: FlowRecord): boolean {
    return this.#pages.has(sessionKey(client, server, startUs));
  }

  /** Contacts that count already, though more parts of their conversation may come. */
  remember(facts: Iterable<{ readonly rule: string; readonly session: string | null }>): void {
    for (const { rule, session } of facts)
      if (session !== null) this.#told.set(contactKey(rule, session), true);
  }

  takeOver(before: ContactMatcher): void {
    for (const [session] of before.#named.entries()) this.#named.set(session, true);
    for (const [session] of before.#otherwise.entries()) this.#otherwise.set(session, true);
    for (const [session] of before.#pages.entries()) this.#pages.set(session, true);
    for (const [key] of before.#told.entries()) this.#told.set(key, true);
  }

  report(counters: Counters): void {
    const evicted = this.#named.takeEvicted() + this.#otherwise.takeEvicted() + this.#pages.takeEvicted();
    counters.add('rules.named-sessions-evicted', evicted);
    counters.add('rules.told-contacts-evicted', this.#told.takeEvicted());
  }

  /** A conversation at its end: what DNS and the lists say of its server. */
  match(seen: FlowRecord): Evidence[] {
    if (seen.protocol !== TCP) return [];
    const isGuess = seen.orientedBy === 'port' || seen.orientedBy === 'first-packet';
    const straight = this.#contacts(seen, seen.client, seen.server);
    const found =
      straight.length === 0 && isGuess ? this.#contacts(seen, seen.server, seen.client) : straight;
    return this.countOnce(seen, found);
  }

  /** What is said of a conversation counts once, however many parts it is told in. */
  countOnce(seen: FlowRecord, found: Evidence[]): Evidence[] {
    return seen.told === undefined ? found : found.map((fact) => this.#countOnce(fact));
  }

  #countOnce(fact: Evidence): Evidence {
    if (fact.session === null) return fact;
    const key = contactKey(fact.rule, fact.session);
    if (this.#told.has(key)) return { ...fact, count: 0 };
    this.#told.set(key, true);
    return fact;
  }

  #contacts(seen: FlowRecord, suspect: Endpoint, pool: Endpoint): Evidence[] {
    const pools = this.#pools;
    const timeUs = seen.startUs;
    const own = this.#dns.answerFor(suspect.ip, pool.ip, timeUs);
    const told = own ?? this.#dns.answerForAny(pool.ip, timeUs);
    const listed = pools.ofIp(pool.ip);
    if (told === null && listed === null) return [];
    const bothDirections = seen.toServer.payloadPackets > 0 && (seen.toClient?.payloadPackets ?? 0) > 0;
    const toSuspect =
      suspect === seen.client ? (seen.toClient?.payloadPackets ?? 0) : seen.toServer.payloadPackets;
    const session = sessionKey(seen.client, seen.server, seen.startUs);
    const scene: Scene = {
      ...sceneOf({ ...seen, timeUs }, { session, bothDirections, firstUs: seen.startUs, lastUs: seen.endUs }),
      suspect,
      peer: pool,
    };
    const isNamed = this.#named.has(session);
    const namesOther = this.#otherwise.has(session);
    const weigh = (basis: EndpointBasis, row: PoolRow, host: string | null, how: Phrase) => {
      const exclusivity = isNamed ? 1 : this.#dns.exclusivity(pool.ip, row, timeUs);
      const use = pools.useOf(row, host);
      const answered = toSuspect > 0;
      const contact: Contact = { row, use, port: pool.port, timeUs, exclusivity, namesOther, answered };
      return this.#endpoints.weigh(basis, contact, host, how, scene);
    };
    const server = formatEndpoint(pool.ip, pool.port);
    const byDns =
      told === null
        ? []
        : weigh(
            own === null ? 'dns-flow-shared' : 'dns-flow',
            told.row,
            told.host,
            phrase`DNS answer for ${told.host}, then connection to ${server}`,
          );
    const byList =
      listed === null
        ? []
        : weigh(lists(listed, pool.port) ? 'ip-port' : 'ip', listed, null, phrase`connection to ${server}`);
    return [...byDns, ...byList];
  }
}

function contactKey(rule: string, session: string): string {
  return `${rule}\n${session}`;
}
