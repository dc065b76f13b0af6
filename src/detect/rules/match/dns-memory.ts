import ipaddr from 'ipaddr.js';
import type { Counters } from '../../../base/counters.js';
import { type Cidr, formatIpv4, formatIpv6, isInCidr } from '../../../base/ip.js';
import type { DnsObservation } from '../../../model/observation.js';
import type { Packet } from '../../../model/packet.js';
import type { Guards } from '../../../model/rule.js';
import type { PoolBook, PoolRow } from '../../../model/rule-table.js';
import { AddressSet } from './address-set.js';
import { NeighbourNames } from './neighbour-names.js';
import { RecentMap } from './recent-map.js';

/** Bounds of what is remembered of DNS answers; what is let go is counted. */
export interface DnsLimits {
  /** Pairs of a client and an address that it was told for a pool's name. */
  readonly answers: number;
  /** Addresses told to anyone for a pool's name. */
  readonly poolAddresses: number;
  /** Addresses whose names are kept, pools or not. */
  readonly namedAddresses: number;
  /** Names of one address: enough to tell shared hosting. */
  readonly namesOfAddress: number;
  /** Addresses that answered questions. */
  readonly resolvers: number;
  /** Names that are aliases of pools'. */
  readonly aliases: number;
}

export const DNS_LIMITS: DnsLimits = {
  answers: 131_072,
  poolAddresses: 65_536,
  namedAddresses: 65_536,
  namesOfAddress: 16,
  resolvers: 65_536,
  aliases: 65_536,
};

/** Times of one answer that are told apart: a long connection must find the answer that came before it. */
const MAX_SPANS = 8;

export interface Span {
  fromUs: number;
  untilUs: number;
}

/** That a name of a pool led to an address, and when that explains a connection. */
export interface Answer {
  readonly host: string;
  readonly row: PoolRow;
  readonly spans: Span[];
}

/** Blocked names are often answered with such addresses: they are nobody's pool. */
const SINKHOLES: ReadonlySet<string> = new Set([
  'unspecified',
  'broadcast',
  'multicast',
  'linkLocal',
  'loopback',
  'private',
  'uniqueLocal',
  'carrierGradeNat',
]);

/** What was learnt of pools' names, to be kept over a restart or a change of rules. Plain data. */
export interface DnsRecall {
  /** Client and address, joined by a bar; or the address alone, for whoever asked. */
  readonly answers: readonly DnsRecallAnswer[];
  readonly poolAddresses: readonly DnsRecallAnswer[];
  readonly names: readonly (readonly [
    ip: string,
    names: readonly (readonly [name: string, seenUs: number])[],
  ])[];
  readonly resolvers: readonly string[];
  /** Absent in what was kept before aliases were. */
  readonly aliases?: readonly string[];
}

export type DnsRecallAnswer = readonly [key: string, host: string, spans: readonly Span[]];

/** What the network's own DNS says: who was told which pool address, and who else lives there. */
export class DnsMemory {
  readonly #guards: Guards;
  readonly #pools: PoolBook;
  readonly #limits: DnsLimits;
  readonly #answers: RecentMap<Answer>;
  readonly #poolAddresses: RecentMap<Answer>;
  readonly #names: RecentMap<Map<string, number>>;
  readonly #resolvers: RecentMap<true>;
  readonly #aliases: RecentMap<true>;
  /** Names that are no pool's, by address. */
  readonly #neighbours = new NeighbourNames();
  /** The same addresses as `#resolvers`, to be asked for every answer. */
  readonly #resolverSet = new AddressSet();
  readonly #cdn: readonly Cidr[];
  #sinkholed = 0;
  /** Changes when something was learnt that recall() tells. */
  revision = 0;

  /** `cdn`: blocks of shared hosting. */
  constructor(guards: Guards, pools: PoolBook, cdn: readonly Cidr[], limits: DnsLimits) {
    this.#guards = guards;
    this.#pools = pools;
    this.#limits = limits;
    this.#answers = new RecentMap(limits.answers);
    this.#poolAddresses = new RecentMap(limits.poolAddresses);
    this.#names = new RecentMap(limits.namedAddresses);
    this.#resolvers = new RecentMap(limits.resolvers);
    this.#aliases = new RecentMap(limits.aliases);
    this.#cdn = cdn;
  }

  /** An answer about a name that no rule cares for. The text of its sender where it was not known as a resolver. */
  answered({ view, bytes, srcOffset, ipVersion }: Packet): string | null {
    if (this.#resolverSet.hasAt(view, srcOffset, ipVersion)) return null;
    const ip = ipVersion === 4 ? formatIpv4(view.getUint32(srcOffset)) : formatIpv6(bytes, srcOffset);
    this.#addResolver(ip);
    return ip;
  }

  /** What such an answer says, in place: `nameHash` stands for the name. */
  named(nameHash: number, bytes: Uint8Array, offset: number, length: number, timeUs: number): void {
    this.#neighbours.add(nameHash, bytes, offset, length, timeUs);
  }

  #addResolver(ip: string): void {
    this.#resolvers.set(ip, true);
    if (this.#resolverSet.size >= this.#limits.resolvers) this.#resolverSet.clear();
    this.#resolverSet.add(ip);
  }

  /**
   * Remembers an answer. `name`: what was asked for, or what that is an alias of; `row`: the pool host of that name,
   * or null. Returns addresses not known before.
   */
  learn(
    { client, server, timeUs, question, addresses, answered }: DnsObservation,
    name: string,
    row: PoolRow | null,
  ): string[] {
    const fresh: string[] = [];
    if (answered && !this.#resolvers.has(server.ip)) {
      this.revision++;
      this.#addResolver(server.ip);
    }
    if (row !== null && question !== name) {
      this.revision++;
      this.#aliases.set(question, true);
    }
    for (const { ip, ttl } of addresses) {
      this.#nameAddress(ip, name, timeUs);
      if (row === null) continue;
      this.revision++;
      if (isSinkhole(ip)) {
        this.#sinkholed++;
        continue;
      }
      const pool = { host: name, row };
      const { maxTtlSeconds, graceSeconds, sharedSeconds } = this.#guards.dnsAnswer;
      const ownUs = (Math.min(Math.max(ttl, 0), maxTtlSeconds) + graceSeconds) * 1e6;
      remember(this.#answers, `${client.ip}|${ip}`, pool, { fromUs: timeUs, untilUs: timeUs + ownUs });
      if (!this.#poolAddresses.has(ip)) fresh.push(ip);
      remember(this.#poolAddresses, ip, pool, { fromUs: timeUs, untilUs: timeUs + sharedSeconds * 1e6 });
    }
    return fresh;
  }

  #nameAddress(ip: string, name: string, timeUs: number): void {
    const names = this.#names.get(ip) ?? new Map<string, number>();
    this.#names.set(ip, names);
    const before = names.get(name);
    if (before === undefined && names.size >= this.#limits.namesOfAddress) {
      const oldest = names.keys().next().value;
      if (oldest !== undefined) names.delete(oldest);
    }
    names.delete(name);
    names.set(name, Math.max(before ?? timeUs, timeUs));
  }

  /** Answers DNS questions of others. */
  isResolver(ip: string): boolean {
    return this.#resolvers.has(ip);
  }

  /** The pool's name that this client was told to be at the address, at a time that explains the connection. */
  answerFor(client: string, ip: string, timeUs: number): Answer | null {
    return valid(this.#answers.get(`${client}|${ip}`), timeUs);
  }

  /** The same, whoever asked. */
  answerForAny(ip: string, timeUs: number): Answer | null {
    return valid(this.#poolAddresses.get(ip), timeUs);
  }

  /** Whether DNS told that a name is an alias of a pool's (CNAME). */
  isAlias(name: string): boolean {
    return this.#aliases.has(name);
  }

  isPoolAddress(ip: string): boolean {
    return this.#poolAddresses.has(ip);
  }

  poolAddresses(): string[] {
    return [...this.#poolAddresses.entries()].map(([ip]) => ip);
  }

  /**
   * Of the names that were seen to lead to the address, the share that belongs to the row's operator; 1 where none was
   * seen, 0 in the ranges of a CDN, where anybody may be.
   */
  exclusivity(ip: string, row: PoolRow, timeUs: number): number {
    if (this.#cdn.some((block) => isInCidr(ip, block))) return 0;
    const sinceUs = timeUs - this.#guards.sharedHosting.windowDays * 86_400e6;
    const names = [...(this.#names.get(ip) ?? [])].filter(([, seenUs]) => seenUs >= sinceUs);
    const address = ipaddr.parse(ip).toByteArray();
    const others = this.#neighbours.count(Uint8Array.from(address), 0, address.length, sinceUs);
    const all = names.length + others;
    if (all === 0) return 1;
    const own = names.filter(([name]) => belongs(this.#pools.ofName(name), row));
    return own.length / all;
  }

  /** `isWhole` false: names only of addresses that are a pool's, which is what shared hosting is judged by. */
  recall(isWhole: boolean): DnsRecall {
    const names = [...this.#names.entries()].filter(([ip]) => isWhole || this.#poolAddresses.has(ip));
    return {
      answers: [...this.#answers.entries()].map(toRecall),
      poolAddresses: [...this.#poolAddresses.entries()].map(toRecall),
      names: names.map(([ip, seen]) => [ip, [...seen]]),
      resolvers: [...this.#resolvers.entries()].map(([ip]) => ip),
      aliases: [...this.#aliases.entries()].map(([name]) => name),
    };
  }

  /** Takes over what another memory recalls. What the rules no longer know as a pool is left out. */
  restore(recall: DnsRecall): void {
    const take = (into: RecentMap<Answer>, [key, host, spans]: DnsRecallAnswer) => {
      const row = this.#pools.ofName(host);
      if (row !== null) into.set(key, { host, row, spans: spans.map((span) => ({ ...span })) });
    };
    for (const answer of recall.answers) take(this.#answers, answer);
    for (const answer of recall.poolAddresses) take(this.#poolAddresses, answer);
    for (const [ip, names] of recall.names) this.#names.set(ip, new Map(names));
    for (const ip of recall.resolvers) this.#resolvers.set(ip, true);
    for (const name of recall.aliases ?? []) this.#aliases.set(name, true);
  }

  /** Adds what was let go since the last report. */
  report(counters: Counters): void {
    counters.add('rules.dns.answers-evicted', this.#answers.takeEvicted());
    counters.add('rules.dns.pool-addresses-evicted', this.#poolAddresses.takeEvicted());
    counters.add('rules.dns.names-evicted', this.#names.takeEvicted());
    counters.add('rules.dns.neighbours-evicted', this.#neighbours.takeEvicted());
    counters.add('rules.dns.resolvers-evicted', this.#resolvers.takeEvicted());
    counters.add('rules.dns.aliases-evicted', this.#aliases.takeEvicted());
    counters.add('rules.dns.sinkholed', this.#sinkholed);
    this.#sinkholed = 0;
  }
}

function belongs(named: PoolRow | null, row: PoolRow): boolean {
  return named !== null && (named === row || (named.operator !== null && named.operator === row.operator));
}

function toRecall([key, { host, spans }]: readonly [string, Answer]): DnsRecallAnswer {
  return [key, host, spans.map((span) => ({ ...span }))];
}

function isSinkhole(ip: string): boolean {
  return SINKHOLES.has(ipaddr.parse(ip).range());
}

function remember(
  answers: RecentMap<Answer>,
  key: string,
  { host, row }: Pick<Answer, 'host' | 'row'>,
  told: Span,
): void {
  const known = answers.get(key);
  const answer: Answer = known?.row === row ? known : { host, row, spans: [] };
  const span = answer.spans.find(({ fromUs, untilUs }) => fromUs <= told.fromUs && told.fromUs <= untilUs);
  if (span !== undefined) span.untilUs = Math.max(span.untilUs, told.untilUs);
  else {
    if (answer.spans.length >= MAX_SPANS) answer.spans.shift();
    answer.spans.push(told);
  }
  answers.set(key, answer);
}

function valid(answer: Answer | undefined, timeUs: number): Answer | null {
  if (answer === undefined) return null;
  return answer.spans.some(({ fromUs, untilUs }) => fromUs <= timeUs && timeUs <= untilUs) ? answer : null;
}
