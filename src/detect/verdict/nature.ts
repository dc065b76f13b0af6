import { formatEndpoint, isInnerIp } from '../../base/ip.js';
import { printable } from '../../base/text.js';
import type { Evidence } from '../../model/evidence.js';
import type { Indication, Nature } from '../../model/nature.js';
import type { Estimate, SuspectSession, VerdictCoin } from '../../model/verdict.js';
import type { FuseContext } from './context.js';
import { activeSeconds } from './estimates/activity.js';
import type { Findings } from './guards.js';
import { countOf } from './numbers.js';
import { hasShare } from './prober.js';
import type { Identities } from './wallets.js';

export interface NatureInput {
  readonly sessions: readonly SuspectSession[];
  readonly evidence: readonly Evidence[];
  readonly identities: Identities;
  readonly coins: readonly VerdictCoin[];
  readonly miners: Estimate | null;
  readonly guards: Findings;
  readonly declared: { readonly name: string; readonly until: string } | null;
  readonly context: FuseContext;
}

/** Texts that one sentence names. */
const MAX_NAMED = 3;
/** Machines from which on one speaks of many. */
const MANY_MACHINES = 5;
/** Machines with one name and a rising number make a series. */
const LEAST_SERIES = 3;
/** Names that set-up scripts take from the machine, not from a person. */
const HOST_NAME =
  /^(?:desktop|laptop|win|ip|vm|ecs|iz|localhost|ubuntu|debian|centos|server|pc|kali|node)-[\w.-]{2,}$|^localhost$/i;
const WEB_PORTS: ReadonlySet<number> = new Set([53, 80, 443, 8080, 8443]);
/** Short sessions with several pools: something keeps starting it again. */
const RESTARTS = { sessions: 6, pools: 3, seconds: 60 };
/** Shorter in all, and without a share, it is rather a trial. */
const TRIAL_SECONDS = 30 * 60;
/** Addresses that only test networks use (attribution.md §8). */
const TESTNET: readonly (readonly [RegExp, string])[] = [
  [/^(?:tb1|bcrt1)[02-9ac-hj-np-z]{20,}$/, 'Bitcoin testnet or regtest'],
  [/^[mn2][1-9A-HJ-NP-Za-km-z]{25,34}$/, 'testnet'],
  [/^(?:tltc1|rltc1)[02-9ac-hj-np-z]{20,}$/, 'Litecoin testnet'],
  [/^5[1-9A-HJ-NP-Za-km-z]{94}$/, 'Monero stagenet'],
  [/^9[1-9A-HJ-NP-Za-km-z]{94}$/, 'Monero testnet'],
];

/**
 * Signs that point to an owner who mines, to a machine that was broken into, or to research (detection.md §7), each
 * with what would refute it (print/nature-messages.ts). Nothing to say is the normal result.
 */
export function natureOf(input: NatureInput): Nature {
  return { active: active(input), passive: passive(input), research: research(input) };
}

function active({ sessions, identities, coins, miners, context }: NatureInput): Indication[] {
  const found: Indication[] = [];
  const agents = [...new Set(sessions.flatMap((session) => session.agents))].sort();
  const ofDevice = (device: string) => agents.filter((agent) => context.programOf(agent)?.device === device);
  const asics = ofDevice('asic');
  if (asics.length > 0) found.push({ code: 'asic-agent', values: { agents: named(asics) } });
  const proxies = ofDevice('proxy');
  if (proxies.length > 0) found.push({ code: 'proxy-agent', values: { agents: named(proxies) } });
  const series = seriesOf(identities.workers);
  if (series.length > 0)
    found.push({ code: 'worker-series', values: { workers: named(series), count: series.length } });
  const asicCoins = coins.filter(({ ticker }) => isForAsicsOnly(context.coins.get(ticker)?.hardware));
  if (asicCoins.length > 0)
    found.push({ code: 'asic-coin', values: { coins: named(asicCoins.map(({ ticker }) => ticker)) } });
  const addresses = new Set(identities.wallets.map(({ wallet }) => wallet.address));
  const accounts = identities.names.filter((name) => !addresses.has(name) && isAccount(name));
  if (accounts.length > 0) found.push({ code: 'pool-account', values: { accounts: named(accounts) } });
  if (miners !== null && miners.low >= MANY_MACHINES)
    found.push({ code: 'many-machines', values: { low: miners.low, basis: miners.basis } });
  return found;
}

function passive({ sessions, evidence, identities, guards, context }: NatureInput): Indication[] {
  const found: Indication[] = [];
  for (const name of identities.names) {
    const fact = context.malwareOf(name);
    if (fact?.type === 'wallet')
      found.push({
        code: 'malware-wallet',
        values: { wallet: name, family: fact.family, source: fact.source },
      });
  }
  const servers = new Map(sessions.map(({ peer, host }) => [formatEndpoint(peer.ip, peer.port), host]));
  for (const [endpoint, host] of servers) {
    const fact = context.malwareOf(endpoint) ?? (host === null ? null : context.malwareOf(host));
    if (fact !== null && fact.type !== 'wallet')
      found.push({
        code: 'malware-server',
        values: { server: fact.indicator, family: fact.family, source: fact.source },
      });
  }
  if (evidence.some(({ item, weight }) => item === 'P7' && weight > 0))
    found.push({ code: 'browser', values: {} });
  const hosts = identities.workers.filter((worker) => HOST_NAME.test(worker));
  if (hosts.length > 0) found.push({ code: 'host-name-worker', values: { workers: named(hosts) } });
  const spoken = sessions.filter(({ dialect, roles }) => dialect !== null && countOf(roles.login) > 0);
  const nameless = spoken.filter(({ dialect, agents }) => dialect === 'cryptonote' && agents.length === 0);
  if (nameless.length > 0) found.push({ code: 'no-agent', values: { sessions: nameless.length } });
  const bare = sessions.filter(
    ({ dialect, host, peer }) =>
      dialect !== null && host === null && WEB_PORTS.has(peer.port) && !isInnerIp(peer.ip),
  );
  if (bare.length > 0)
    found.push({
      code: 'web-port-bare-address',
      values: { servers: named([...new Set(bare.map(({ peer }) => formatEndpoint(peer.ip, peer.port)))]) },
    });
  const short = spoken.filter(({ firstUs, lastUs }) => lastUs - firstUs < RESTARTS.seconds * 1e6);
  const pools = new Set(short.map(({ peer }) => formatEndpoint(peer.ip, peer.port)));
  if (guards.prober === null && short.length >= RESTARTS.sessions && pools.size >= RESTARTS.pools)
    found.push({ code: 'restarts', values: { sessions: short.length, pools: pools.size } });
  return found;
}

function research({ sessions, identities, guards, declared }: NatureInput): Indication[] {
  const found: Indication[] = [];
  if (declared !== null) found.push({ code: 'declared', values: declared });
  for (const name of identities.names) {
    const network = TESTNET.find(([pattern]) => pattern.test(name))?.[1];
    if (network !== undefined) found.push({ code: 'testnet-wallet', values: { wallet: name, network } });
  }
  const spoken = sessions.filter(({ dialect }) => dialect !== null);
  const inside = spoken.filter(({ peer }) => isInnerIp(peer.ip));
  if (inside.length > 0 && inside.length === spoken.length)
    found.push({
      code: 'private-server',
      values: { servers: named([...new Set(inside.map(({ peer }) => formatEndpoint(peer.ip, peer.port)))]) },
    });
  if (guards.prober !== null) found.push({ code: 'prober', values: { pools: guards.prober.endpoints } });
  else if (spoken.length > 0 && !spoken.some(hasShare) && activeSeconds(spoken) < TRIAL_SECONDS)
    found.push({ code: 'short-without-share', values: { seconds: activeSeconds(spoken) } });
  return found;
}

function named(texts: readonly string[]): string {
  const more = texts.length - MAX_NAMED;
  return printable(texts.slice(0, MAX_NAMED).join(', ')) + (more > 0 ? ` +${more}` : '');
}

/** The largest set of names that differ in a number at their end alone. */
function seriesOf(workers: readonly string[]): string[] {
  const byStem = new Map<string, string[]>();
  for (const worker of workers) {
    const stem = /^(.*?)\d{1,6}$/.exec(worker)?.[1];
    if (stem !== undefined) byStem.set(stem, [...(byStem.get(stem) ?? []), worker]);
  }
  const largest = [...byStem.values()].sort((a, b) => b.length - a.length)[0] ?? [];
  return largest.length >= LEAST_SERIES ? largest : [];
}

function isForAsicsOnly(hardware: readonly string[] | undefined): boolean {
  return hardware !== undefined && hardware.length > 0 && hardware.every((one) => one === 'asic');
}

/** A name that a person chose at a pool; short words and defaults are none. */
function isAccount(name: string): boolean {
  return /^[A-Za-z][\w-]{2,31}$/.test(name) && !/^(?:x|test|user|worker|default|anonymous)\d*$/i.test(name);
}
