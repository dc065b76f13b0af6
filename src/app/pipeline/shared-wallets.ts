import ipaddr from 'ipaddr.js';
import type { Indication } from '../../model/nature.js';
import type { Verdict } from '../../model/verdict.js';

/** Units, or networks, from which on a wallet is worth a hint (detection.md §7: three unrelated units). */
const LEAST_HOLDERS = 3;

export interface WalletUse {
  readonly wallet: string;
  readonly ip: string;
}

/** Id of the unit that owned the address at that time; null: not known. */
export type UnitOf = (ip: string, timeUs: number) => string | null;

interface Holders {
  readonly units: Set<string>;
  readonly networks: Set<string>;
}

/**
 * Adds to each verdict the wallets that others are paid to as well. Where the owners of addresses are known, units are
 * counted; else blocks of /24 (IPv4) and /48 (IPv6) stand in for them: a hint, which the sentence says. `stored`: what
 * earlier verdicts know of these wallets.
 */
export function markSharedWallets(
  verdicts: readonly Verdict[],
  stored: (wallets: readonly string[]) => Iterable<WalletUse>,
  unitOf: UnitOf,
): readonly Verdict[] {
  const holders = new Map<string, Holders>();
  const add = (wallet: string, ip: string, timeUs: number) => {
    const known = holders.get(wallet) ?? { units: new Set(), networks: new Set() };
    holders.set(wallet, known);
    const unit = unitOf(ip, timeUs);
    if (unit === null) known.networks.add(networkOf(ip));
    else known.units.add(unit);
  };
  for (const { ip, wallets, lastUs } of verdicts) for (const wallet of wallets) add(wallet, ip, lastUs);
  const latestUs = verdicts.reduce((latest, { lastUs }) => Math.max(latest, lastUs), 0);
  for (const { wallet, ip } of stored([...holders.keys()])) add(wallet, ip, latestUs);
  return verdicts.map((verdict) => {
    const shared = verdict.wallets.flatMap((wallet) => indication(wallet, holders.get(wallet)));
    const { nature } = verdict;
    if (!nature || shared.length === 0) return verdict;
    return { ...verdict, nature: { ...nature, passive: [...shared, ...nature.passive] } };
  });
}

/** Units are told where they are enough by themselves; a network of no known owner may be one of theirs. */
function indication(wallet: string, holders: Holders | undefined): Indication[] {
  if (holders === undefined) return [];
  const { units, networks } = holders;
  if (units.size >= LEAST_HOLDERS)
    return [{ code: 'wallet-of-units', values: { wallet, units: units.size } }];
  const all = units.size + networks.size;
  return all < LEAST_HOLDERS ? [] : [{ code: 'shared-wallet', values: { wallet, networks: all } }];
}

function networkOf(ip: string): string {
  const bytes = ipaddr.parse(ip).toByteArray();
  return bytes.slice(0, bytes.length === 4 ? 3 : 6).join('.');
}
