import type { Counters } from '../../base/counters.js';
import { formatEndpoint } from '../../base/ip.js';
import type { Evidence } from '../../model/evidence.js';
import { type Endpoint, type FlowRecord, sessionKey } from '../../model/flow.js';
import type { FlowPattern } from '../../model/flow-pattern.js';
import type {
  DnsObservation,
  HttpObservation,
  NodeObservation,
  Observation,
  StratumObservation,
  TlsObservation,
} from '../../model/observation.js';
import type { Packet } from '../../model/packet.js';
import type { EndpointBasis, FlowPatternRule, PoolRow, RuleSet, TlsRule } from '../../model/rule.js';
import { AddressSet } from './address-set.js';
import { DNS_LIMITS, type DnsLimits, DnsMemory, type DnsRecall } from './dns-memory.js';
import type { Contact } from './endpoint.js';
import { weighPattern } from './flow-pattern.js';
import type { NameSet } from './name-set.js';
import { lists, normalName } from './pool-book.js';
import { prepare } from './prepared.js';
import { RecentMap } from './recent-map.js';
import { StratumMatcher } from './stratum-matcher.js';
import { matchesTls } from './tls.js';
import { EndpointWeigher, evidenceOf, type Scene } from './weigher.js';

/** Clients whose look-ups of pools are remembered, in case they turn out to be resolvers. */
export const MAX_LOOKERS = 65_536;
/** Sessions that named their pool themselves: shared hosting does not make them less. */
export const MAX_NAMED_SESSIONS = 65_536;
/** Contacts of conversations that are told in parts, remembered so that each counts once. */
export const MAX_TOLD_CONTACTS = 262_144;
/** Pools learned from decisive sessions that are looked out for. */
export const MAX_SERVERS = 65_536;
const TCP = 6;

export interface MatcherOptions {
  readonly dns?: Partial<DnsLimits>;
  /** Under earlier rules: what it has learnt is taken over. */
  readonly before?: Matcher;
}

/** Gives weight to what was seen in one input, by the rules. Remembers the DNS answers it is shown; bounded. */
export class Matcher {
  readonly #rules: RuleSet;
  readonly #watched = new AddressSet();
  readonly #names: NameSet;
  /** Given to watchServer(). */
  readonly #servers = new Set<string>();
  /** Size at which addresses that are long forgotten are cleared out of `#watched`. */
  readonly #watchedLimit: number;
  readonly #dns: DnsMemory;
  readonly #stratum: StratumMatcher;
  readonly #endpoints: EndpointWeigher;
  readonly #tls: readonly TlsRule[];
  readonly #patterns: readonly FlowPatternRule[];
  readonly #lookers = new RecentMap<{ isToldResolver: boolean }>(MAX_LOOKERS);
  readonly #named = new RecentMap<true>(MAX_NAMED_SESSIONS);
  /** Rule and session of contacts that were told in parts: a session counts once. */
  readonly #toldContacts = new RecentMap<true>(MAX_TOLD_CONTACTS);
  readonly #evidence = new Map<string, number>();
  #resolverLookups = 0;

  constructor(rules: RuleSet, options: MatcherOptions = {}) {
    const limits = { ...DNS_LIMITS, ...options.dns };
    this.#rules = rules;
    const { names, listed, cdn } = prepare(rules);
    this.#dns = new DnsMemory(rules.guards, rules.pools, cdn, limits);
    this.#stratum = new StratumMatcher(rules);
    this.#endpoints = new EndpointWeigher(rules);
    this.#tls = rules.rules.filter((rule) => rule.kind === 'tls');
    this.#names = names;
    this.#patterns = rules.rules.filter((rule) => rule.kind === 'flow-pattern');
    this.#watched.become(listed);
    this.#watchedLimit = this.#watched.size + 2 * limits.poolAddresses;
    if (options.before !== undefined) this.#takeOver(options.before);
  }

  /** Changes when recall() would tell something new. */
  get revision(): number {
    return this.#dns.revision;
  }

  /** What was learnt of DNS, to be kept over a restart. */
  recall(): DnsRecall {
    return this.#dns.recall(false);
  }

  restore(recall: DnsRecall): void {
    this.#dns.restore(recall);
    for (const ip of this.#dns.poolAddresses()) this.#watch(ip);
  }

  /** Contacts that count already, though more parts of their conversation may come. */
  rememberContacts(facts: Iterable<{ readonly rule: string; readonly session: string | null }>): void {
    for (const { rule, session } of facts)
      if (session !== null) this.#toldContacts.set(contactKey(rule, session), true);
  }

  #takeOver(before: Matcher): void {
    this.#dns.restore(before.#dns.recall(true));
    for (const ip of this.#dns.poolAddresses()) this.#watch(ip);
    for (const ip of before.#servers) this.watchServer(ip);
    for (const [ip, looker] of before.#lookers.entries()) this.#lookers.set(ip, looker);
    for (const [session] of before.#named.entries()) this.#named.set(session, true);
    for (const [key] of before.#toldContacts.entries()) this.#toldContacts.set(key, true);
  }

  /** Whether either side is a listed pool address, or one that DNS told for a pool's name. Once per conversation. */
  isWatched(packet: Packet): boolean {
    const { view, ipVersion } = packet;
    return (
      this.#watched.hasAt(view, packet.dstOffset, ipVersion) ||
      this.#watched.hasAt(view, packet.srcOffset, ipVersion)
    );
  }

  /** From now on conversations with this address are of interest: it answered as a pool does. */
  watchServer(ip: string): void {
    if (this.#servers.size < MAX_SERVERS) this.#servers.add(ip);
    this.#watch(ip);
  }

  /** Whether the lists know a name, as DNS, SNI or HTTP give it. */
  isInterestingName(name: string): boolean {
    return this.#rules.pools.ofName(normalName(name)) !== null;
  }

  /** The same straight from the bytes of a name, in any letter case: no text is made of the many that nobody lists. */
  mayInterest(bytes: Buffer, start: number, end: number): boolean {
    return this.#names.mayHold(bytes, start, end);
  }

  match(observation: Observation): readonly Evidence[] {
    const found = this.#match(observation);
    for (const { item, strength, bothDirections, peer } of found) {
      this.#evidence.set(item, (this.#evidence.get(item) ?? 0) + 1);
      if (strength === 'decisive' && bothDirections && peer !== null) this.watchServer(peer.ip);
    }
    return found;
  }

  #match(observation: Observation): readonly Evidence[] {
    switch (observation.kind) {
      case 'stratum':
        return this.#matchStratum(observation);
      case 'tls':
        return this.#matchTls(observation);
      case 'http':
        return this.#matchHttp(observation);
      case 'dns':
        return this.#matchDns(observation);
      case 'flow':
        return this.#matchFlow(observation);
      case 'node':
        return this.#matchNode(observation);
      case 'flow-pattern':
        return this.#matchPattern(observation);
    }
  }

  /** Adds `rules.*` since the last report: evidence by item, and what was let go. */
  report(counters: Counters): void {
    for (const [item, count] of this.#evidence) counters.add(`rules.evidence.${item.toLowerCase()}`, count);
    counters.add('rules.dns.resolver-lookups', this.#resolverLookups);
    counters.add('rules.dns.lookers-evicted', this.#lookers.takeEvicted());
    counters.add('rules.named-sessions-evicted', this.#named.takeEvicted());
    counters.add('rules.told-contacts-evicted', this.#toldContacts.takeEvicted());
    this.#evidence.clear();
    this.#resolverLookups = 0;
    this.#dns.report(counters);
  }

  #matchStratum(seen: StratumObservation): Evidence[] {
    const scene = sceneOf(seen, seen.session, seen.bothDirections, false, seen.startUs, seen.endUs);
    const host =
      seen.namedHosts[0]?.host ??
      this.#dns.answerFor(seen.client.ip, seen.server.ip, seen.startUs)?.host ??
      null;
    const found = this.#stratum.match(seen, scene, host);
    for (const named of seen.namedHosts) {
      const [evidence] = this.#matchName(
        'named',
        named.host,
        null,
        seen.bothDirections,
        scene,
        'pool named in the stream',
      );
      if (evidence !== undefined) return [...found, evidence];
    }
    return found;
  }

  #matchTls(seen: TlsObservation): readonly Evidence[] {
    const scene = sceneOf(seen, seen.session, seen.answered, true);
    const { server, serverName, answered } = seen;
    const named =
      serverName === null
        ? []
        : this.#matchName(
            'sni',
            serverName,
            server.port,
            answered,
            scene,
            seen.transport === 'quic' ? 'QUIC server name' : 'TLS server name',
          );
    const certified = named.length > 0 ? [] : this.#matchCertificate(seen, scene);
    const isPool =
      named.length + certified.length > 0 ||
      this.#rules.pools.ofIp(server.ip) !== null ||
      this.#dns.isPoolAddress(server.ip) ||
      this.#servers.has(server.ip);
    if (!isPool) return [];
    const client = this.#tls.filter((rule) => matchesTls(rule, seen));
    const over = seen.transport === 'quic' ? 'QUIC' : 'TLS';
    const excerpt = `${over} client: server name ${serverName ?? 'absent'}, ALPN ${seen.alpn.join(' ') || 'absent'}, JA3 ${seen.ja3 ?? 'not known'}, JA4 ${seen.ja4 ?? 'not known'}`;
    return [
      ...named,
      ...certified,
      ...client.map((rule) => evidenceOf(rule, rule.weight, scene, { host: serverName, excerpt })),
    ];
  }

  /** E4. What the client calls says more than the names of a server that may have several: then those do not count. */
  #matchCertificate({ certificate, serverName, server, answered }: TlsObservation, scene: Scene): Evidence[] {
    const { pools } = this.#rules;
    if (certificate === undefined || certificate === null) return [];
    if (serverName !== null && pools.ofName(normalName(serverName)) !== null) return [];
    for (const name of certificate.names) {
      const isWildcard = name.startsWith('*.');
      const host = normalName(isWildcard ? name.slice(2) : name);
      const row = pools.ofName(host);
      if (row === null) continue;
      const listed = pools.useOf(row, isWildcard ? `*.${host}` : host);
      // One certificate for all hosts of a domain: which of them, its web site perhaps, is not known.
      const use = isWildcard && listed === 'stratum' ? 'domain' : listed;
      if (use === 'site') continue;
      const contact: Contact = {
        row,
        use,
        port: server.port,
        timeUs: scene.firstUs,
        exclusivity: 1,
        answered,
      };
      const how = `certificate for ${name} (subject ${certificate.subject || 'empty'}, issuer ${certificate.issuer || 'empty'})`;
      return this.#endpoints.weigh('certificate', contact, host, how, scene);
    }
    return [];
  }

  #matchHttp(seen: HttpObservation): readonly Evidence[] {
    if (seen.host === null) return [];
    const scene = sceneOf(seen, seen.session, seen.answered, false);
    return this.#matchName(
      'http-host',
      seen.host,
      seen.server.port,
      seen.answered,
      scene,
      `HTTP ${seen.method} to host`,
    );
  }

  /** A name that the client itself gave. */
  #matchName(
    basis: EndpointBasis,
    text: string,
    port: number | null,
    answered: boolean,
    scene: Scene,
    how: string,
  ): Evidence[] {
    const host = normalName(text);
    const row = this.#rules.pools.ofName(host);
    if (row === null) return [];
    const use = this.#rules.pools.useOf(row, host);
    if (use === 'site') return this.#siteVisit(host, row, scene);
    if (use === 'stratum' && scene.session !== null) this.#named.set(scene.session, true);
    const contact: Contact = { row, use, port, timeUs: scene.firstUs, exclusivity: 1, answered };
    return this.#endpoints.weigh(
      basis,
      contact,
      host,
      `${how} ${host}${port === null ? '' : `, port ${port}`}`,
      scene,
    );
  }

  /** E10: people read pool web sites. Told only of those whose look-ups it explains; nobody else becomes a suspect. */
  #siteVisit(host: string, row: PoolRow, scene: Scene): Evidence[] {
    if (!this.#lookers.has(scene.suspect.ip)) return [];
    const rule = { id: 'guard.site', item: 'E10', strength: 'against' } as const;
    return [
      evidenceOf(rule, this.#rules.guards.site.weight, scene, {
        host,
        excerpt: `visit of ${host}, listed as ${row.role} (a web site)`,
      }),
    ];
  }

  #matchDns(seen: DnsObservation): Evidence[] {
    const { pools } = this.#rules;
    // A name of anybody's that is an alias of a pool's leads to the pool all the same.
    const name =
      [seen.question, ...(seen.aliases ?? [])].find((one) => this.#isMiningName(one)) ?? seen.question;
    const row = pools.ofName(name);
    const use = row === null ? 'site' : pools.useOf(row, name);
    const isPool = use === 'stratum' || use === 'domain';
    for (const ip of this.#dns.learn(seen, name, isPool ? row : null)) this.#watch(ip);
    const found = this.#resolverFound(seen);
    if (row === null || use === 'site') return found;
    if (this.#dns.isResolver(seen.client.ip)) {
      this.#resolverLookups++;
      return found;
    }
    if (!this.#lookers.has(seen.client.ip)) this.#lookers.set(seen.client.ip, { isToldResolver: false });
    const contact: Contact = { row, use, port: null, timeUs: seen.timeUs, exclusivity: 1, answered: true };
    const answers =
      seen.addresses.map(({ ip }) => ip).join(' ') || (seen.answered ? 'no address' : 'no answer seen');
    const scene = { ...sceneOf(seen, null, false, false), peer: null };
    const how = `DNS question for ${seen.question}${name === seen.question ? '' : `, an alias of ${name}`}: ${answers}`;
    return [...found, ...this.#endpoints.weigh('dns-lookup', contact, name, how, scene)];
  }

  #isMiningName(name: string): boolean {
    const row = this.#rules.pools.ofName(name);
    return row !== null && this.#rules.pools.useOf(row, name) !== 'site';
  }

  /** A DNS answer about a name that is not interesting. True: it tells that who looked pools up does so for others. */
  answered(packet: Packet): boolean {
    const resolver = this.#dns.answered(packet);
    return resolver !== null && this.#lookers.get(resolver)?.isToldResolver === false;
  }

  /** What such an answer says; see DnsMemory. */
  named(nameHash: number, bytes: Uint8Array, offset: number, length: number, timeUs: number): void {
    this.#dns.named(nameHash, bytes, offset, length, timeUs);
  }

  /** N2: an address that looked pools up, and now is seen to answer others, asked for them. */
  #resolverFound(seen: DnsObservation): Evidence[] {
    const looker = seen.answered ? this.#lookers.get(seen.server.ip) : undefined;
    if (looker === undefined || looker.isToldResolver) return [];
    looker.isToldResolver = true;
    const scene = { ...sceneOf(seen, null, false, false), suspect: seen.server, peer: null };
    const rule = { id: 'guard.resolver', item: 'N2', strength: 'against' } as const;
    const excerpt = `answered a DNS question of ${seen.client.ip}: its own look-ups may be other people's`;
    return [evidenceOf(rule, this.#rules.guards.resolver.weight, scene, { host: null, excerpt })];
  }

  /** A conversation at its end: what DNS and the lists say of its server. */
  #matchFlow(seen: FlowRecord): Evidence[] {
    if (seen.protocol !== TCP) return [];
    const isGuess = seen.orientedBy === 'port' || seen.orientedBy === 'first-packet';
    const straight = this.#contacts(seen, seen.client, seen.server);
    const found =
      straight.length === 0 && isGuess ? this.#contacts(seen, seen.server, seen.client) : straight;
    return seen.told === undefined ? found : found.map((fact) => this.#countOnce(fact));
  }

  /** A conversation counts once, however many parts it is told in. */
  #countOnce(fact: Evidence): Evidence {
    if (fact.session === null) return fact;
    const key = contactKey(fact.rule, fact.session);
    if (this.#toldContacts.has(key)) return { ...fact, count: 0 };
    this.#toldContacts.set(key, true);
    return fact;
  }

  #contacts(seen: FlowRecord, suspect: Endpoint, pool: Endpoint): Evidence[] {
    const { pools } = this.#rules;
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
      ...sceneOf({ ...seen, timeUs }, session, bothDirections, false, seen.startUs, seen.endUs),
      suspect,
      peer: pool,
    };
    const isNamed = this.#named.has(session);
    const weigh = (basis: EndpointBasis, row: PoolRow, host: string | null, how: string) => {
      const exclusivity = isNamed ? 1 : this.#dns.exclusivity(pool.ip, row, timeUs);
      const use = pools.useOf(row, host);
      const contact: Contact = { row, use, port: pool.port, timeUs, exclusivity, answered: toSuspect > 0 };
      return this.#endpoints.weigh(
        basis,
        contact,
        host,
        `${how} ${formatEndpoint(pool.ip, pool.port)}`,
        scene,
      );
    };
    const byDns =
      told === null
        ? []
        : weigh(
            own === null ? 'dns-flow-shared' : 'dns-flow',
            told.row,
            told.host,
            `DNS answer for ${told.host}, then connection to`,
          );
    const byList =
      listed === null
        ? []
        : weigh(lists(listed, pool.port) ? 'ip-port' : 'ip', listed, null, 'connection to');
    return [...byDns, ...byList];
  }

  #matchNode(seen: NodeObservation): Evidence[] {
    const scene = sceneOf(seen, seen.session, false, false);
    const rule = { id: 'guard.node', item: 'N6', strength: 'against' } as const;
    const excerpt = `${seen.protocol}${seen.coin === null ? '' : ` (${seen.coin})`}: a node or wallet, not mining`;
    return [evidenceOf(rule, this.#rules.guards.node.weight, scene, { host: null, excerpt })];
  }

  #matchPattern(seen: FlowPattern): Evidence[] {
    const scene = sceneOf(seen, null, true, false, seen.startUs, seen.timeUs);
    return this.#patterns.flatMap((rule) => {
      const weighed = weighPattern(rule, seen);
      if (weighed === null) return [];
      const said = { host: null, excerpt: weighed.excerpt, count: seen.newRecords };
      return [evidenceOf(rule, weighed.bans, scene, said)];
    });
  }

  #watch(ip: string): void {
    if (this.#watched.size >= this.#watchedLimit) {
      this.#watched.become(prepare(this.#rules).listed);
      for (const known of this.#dns.poolAddresses()) this.#watched.add(known);
      for (const server of this.#servers) this.#watched.add(server);
    }
    this.#watched.add(ip);
  }
}

function contactKey(rule: string, session: string): string {
  return `${rule}\n${session}`;
}

function sceneOf(
  observation: Exclude<Observation, FlowRecord> | (FlowRecord & { readonly timeUs: number }),
  session: string | null,
  bothDirections: boolean,
  encrypted: boolean,
  firstUs: number = observation.timeUs,
  lastUs: number = observation.timeUs,
): Scene {
  const { client, server } = observation;
  return { observation, suspect: client, peer: server, session, bothDirections, encrypted, firstUs, lastUs };
}
