import type { Counters } from '../../../base/counters.js';
import { parseIp } from '../../../base/ip.js';
import { type Phrase, phrase } from '../../../base/phrase.js';
import type { Evidence } from '../../../model/evidence.js';
import type { FlowRecord } from '../../../model/flow.js';
import type { FlowPattern } from '../../../model/flow-pattern.js';
import type {
  DnsObservation,
  HttpObservation,
  NodeObservation,
  Observation,
  StratumObservation,
  TlsObservation,
} from '../../../model/observation.js';
import type { Packet } from '../../../model/packet.js';
import type { EndpointBasis, FlowPatternRule, PushRule, RuleSet, TlsRule } from '../../../model/rule.js';
import type { PoolRow } from '../../../model/rule-table.js';
import type { Contact } from '../kinds/endpoint.js';
import { weighPattern } from '../kinds/flow-pattern.js';
import { matchesTls } from '../kinds/tls.js';
import { normalName } from '../tables/pool-book.js';
import { ContactMatcher } from './contact-matcher.js';
import { DNS_LIMITS, type DnsLimits, DnsMemory, type DnsRecall } from './dns-memory.js';
import type { NameSet } from './name-set.js';
import { prepare } from './prepared.js';
import { matchPushes } from './push-matcher.js';
import { RecentMap } from './recent-map.js';
import { StratumMatcher } from './stratum-matcher.js';
import { WatchList } from './watch-list.js';
import { EndpointWeigher, evidenceOf, type Scene, sceneOf } from './weigher.js';

/** Clients whose look-ups of pools are remembered, in case they turn out to be resolvers. */
const MAX_LOOKERS = 65_536;

/** ALPN of HTTP (RFC 7301, RFC 9113). */
const HTTP = /^(?:h2|h3|http\/)/;

export interface MatcherOptions {
  readonly dns?: Partial<DnsLimits>;
  /** Under earlier rules: what it has learnt is taken over. */
  readonly before?: Matcher;
}

/** Gives weight to what was seen in one input, by the rules. Remembers the DNS answers it is shown; bounded. */
export class Matcher {
  readonly #rules: RuleSet;
  readonly #watched: WatchList;
  readonly #names: NameSet;
  readonly #dns: DnsMemory;
  readonly #stratum: StratumMatcher;
  readonly #endpoints: EndpointWeigher;
  readonly #contacts: ContactMatcher;
  readonly #tls: readonly TlsRule[];
  readonly #patterns: readonly FlowPatternRule[];
  readonly #pushes: readonly PushRule[];
  readonly #lookers = new RecentMap<{ isToldResolver: boolean }>(MAX_LOOKERS);
  readonly #evidence = new Map<string, number>();
  #resolverLookups = 0;

  constructor(rules: RuleSet, options: MatcherOptions = {}) {
    const limits = { ...DNS_LIMITS, ...options.dns };
    this.#rules = rules;
    const { names, cdn } = prepare(rules);
    this.#dns = new DnsMemory(rules.guards, rules.pools, cdn, limits);
    this.#stratum = new StratumMatcher(rules);
    this.#endpoints = new EndpointWeigher(rules);
    this.#contacts = new ContactMatcher(rules.pools, this.#dns, this.#endpoints);
    this.#tls = rules.rules.filter((rule) => rule.kind === 'tls');
    this.#names = names;
    this.#patterns = rules.rules.filter((rule) => rule.kind === 'flow-pattern');
    this.#pushes = rules.rules.filter((rule) => rule.kind === 'pushes');
    this.#watched = new WatchList(rules, limits.poolAddresses, () => this.#dns.poolAddresses());
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
    for (const ip of this.#dns.poolAddresses()) this.#watched.add(ip);
  }

  /** Contacts that count already, though more parts of their conversation may come. */
  rememberContacts(facts: Iterable<{ readonly rule: string; readonly session: string | null }>): void {
    this.#contacts.remember(facts);
  }

  #takeOver(before: Matcher): void {
    this.#dns.restore(before.#dns.recall(true));
    this.#watched.takeOver(before.#watched);
    this.#contacts.takeOver(before.#contacts);
    for (const [ip, looker] of before.#lookers.entries()) this.#lookers.set(ip, looker);
  }

  /** Whether either side is a listed pool address, or one that DNS told for a pool's name. Once per conversation. */
  isWatched(packet: Packet): boolean {
    return this.#watched.has(packet);
  }

  /** From now on conversations with this address are of interest: it answered as a pool does. */
  watchServer(ip: string): void {
    this.#watched.addServer(ip);
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
    this.#evidence.clear();
    this.#resolverLookups = 0;
    this.#contacts.report(counters);
    this.#dns.report(counters);
  }

  #matchStratum(seen: StratumObservation): Evidence[] {
    const scene = sceneOf(seen, {
      session: seen.session,
      bothDirections: seen.bothDirections,
      firstUs: seen.startUs,
      lastUs: seen.endUs,
    });
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
        scene,
        (host) => phrase`pool named in the stream ${host}`,
      );
      if (evidence !== undefined) return [...found, evidence];
    }
    return found;
  }

  #matchTls(seen: TlsObservation): readonly Evidence[] {
    const scene = sceneOf(seen, { session: seen.session, bothDirections: seen.answered, encrypted: true });
    const { server, serverName } = seen;
    const over = seen.transport === 'quic' ? 'QUIC' : 'TLS';
    const named =
      serverName === null
        ? []
        : this.#matchName(
            'sni',
            serverName,
            server.port,
            scene,
            (host) => phrase`${over} server name ${host}`,
          );
    const certified = named.length > 0 ? [] : this.#matchCertificate(seen, scene);
    if (named.length + certified.length === 0 && !this.#isPoolAddress(server.ip)) return [];
    if (certified.length === 0) this.#nameOther(seen.session, serverName);
    if (seen.alpn.some((protocol) => HTTP.test(protocol))) this.#contacts.namePage(seen.session);
    const client = this.#tls.filter((rule) => matchesTls(rule, seen));
    const absent = phrase`absent`;
    const unknown = phrase`not known`;
    const excerpt = phrase`${over} client: server name ${serverName ?? absent}, ALPN ${seen.alpn.join(' ') || absent}, JA3 ${seen.ja3 ?? unknown}, JA4 ${seen.ja4 ?? unknown}`;
    return [
      ...named,
      ...certified,
      ...client.map((rule) => evidenceOf(rule, rule.weight, scene, { host: serverName, excerpt })),
    ];
  }

  #isPoolAddress(ip: string): boolean {
    return this.#rules.pools.ofIp(ip) !== null || this.#dns.isPoolAddress(ip) || this.#watched.isServer(ip);
  }

  /** Who calls a server by another name does not call the pool, unless that name is an alias of the pool's. */
  #nameOther(session: string, name: string | null): void {
    if (name === null || parseIp(name) !== null) return;
    const host = normalName(name);
    if (!this.#isMiningName(host) && !this.#dns.isAlias(host)) this.#contacts.nameOther(session);
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
      const empty = phrase`empty`;
      const how = phrase`certificate for ${name} (subject ${certificate.subject || empty}, issuer ${certificate.issuer || empty})`;
      return this.#endpoints.weigh('certificate', contact, host, how, scene);
    }
    return [];
  }

  #matchHttp(seen: HttpObservation): readonly Evidence[] {
    if (seen.host === null) return [];
    if (this.#isPoolAddress(seen.server.ip)) this.#nameOther(seen.session, seen.host);
    this.#contacts.namePage(seen.session);
    const scene = sceneOf(seen, { session: seen.session, bothDirections: seen.answered });
    return this.#matchName(
      'http-host',
      seen.host,
      seen.server.port,
      scene,
      (host) => phrase`HTTP ${seen.method} to host ${host}`,
    );
  }

  /** A name that the client itself gave. */
  #matchName(
    basis: EndpointBasis,
    text: string,
    port: number | null,
    scene: Scene,
    how: (host: string) => Phrase,
  ): Evidence[] {
    const host = normalName(text);
    const row = this.#rules.pools.ofName(host);
    if (row === null) return [];
    const use = this.#rules.pools.useOf(row, host);
    if (use === 'site') return this.#siteVisit(host, row, scene);
    if (use === 'stratum' && scene.session !== null) this.#contacts.name(scene.session);
    const { firstUs: timeUs, bothDirections: answered } = scene;
    const contact: Contact = { row, use, port, timeUs, exclusivity: 1, answered };
    return this.#endpoints.weigh(
      basis,
      contact,
      host,
      port === null ? how(host) : phrase`${how(host)}, port ${port}`,
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
        excerpt: phrase`visit of ${host}, listed as ${row.role} (a web site)`,
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
    for (const ip of this.#dns.learn(seen, name, isPool ? row : null)) this.#watched.add(ip);
    const found = this.#resolverFound(seen);
    if (row === null || use === 'site') return found;
    if (seen.iterates || this.#dns.isResolver(seen.client.ip)) {
      this.#resolverLookups++;
      return found;
    }
    if (!this.#lookers.has(seen.client.ip)) this.#lookers.set(seen.client.ip, { isToldResolver: false });
    const contact: Contact = { row, use, port: null, timeUs: seen.timeUs, exclusivity: 1, answered: true };
    const none = seen.answered ? phrase`no address` : phrase`no answer seen`;
    const answers = seen.addresses.map(({ ip }) => ip).join(' ') || none;
    const scene = { ...sceneOf(seen, { session: null, bothDirections: false }), peer: null };
    const asked = name === seen.question ? name : phrase`${seen.question}, an alias of ${name}`;
    const how = phrase`DNS question for ${asked}: ${answers}`;
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
    const scene = {
      ...sceneOf(seen, { session: null, bothDirections: false }),
      suspect: seen.server,
      peer: null,
    };
    const rule = { id: 'guard.resolver', item: 'N2', strength: 'against' } as const;
    const excerpt = phrase`answered a DNS question of ${seen.client.ip}: its own look-ups may be other people's`;
    return [evidenceOf(rule, this.#rules.guards.resolver.weight, scene, { host: null, excerpt })];
  }

  #matchNode(seen: NodeObservation): Evidence[] {
    const scene = sceneOf(seen, { session: seen.session, bothDirections: false });
    const rule = { id: 'guard.node', item: 'N6', strength: 'against' } as const;
    const node = seen.coin === null ? seen.protocol : `${seen.protocol} (${seen.coin})`;
    const excerpt = phrase`${node}: a node or wallet, not mining`;
    return [evidenceOf(rule, this.#rules.guards.node.weight, scene, { host: null, excerpt })];
  }

  #matchFlow(seen: FlowRecord): Evidence[] {
    const contacts = this.#contacts.match(seen);
    // Not where the lists say that the client is the pool.
    if (contacts.some(({ suspect }) => suspect !== seen.client.ip)) return contacts;
    // A pool's page that is kept open is fed in the rhythm of its jobs, too; miners offer no HTTP in TLS.
    if (this.#contacts.isPage(seen)) return contacts;
    return [...contacts, ...this.#contacts.countOnce(seen, matchPushes(this.#pushes, seen))];
  }

  #matchPattern(seen: FlowPattern): Evidence[] {
    const scene = sceneOf(seen, { session: null, bothDirections: true, firstUs: seen.startUs });
    return this.#patterns.flatMap((rule) => {
      const weighed = weighPattern(rule, seen);
      if (weighed === null) return [];
      const said = { host: null, excerpt: weighed.excerpt, count: seen.newRecords };
      return [evidenceOf(rule, weighed.bans, scene, said)];
    });
  }
}
