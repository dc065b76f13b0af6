import ipaddr from 'ipaddr.js';
import type { Verdict } from '../../model/verdict.js';

/** Networks from which on a wallet is worth a hint (detection.md §7: three unrelated units). */
const LEAST_NETWORKS = 3;

export interface WalletUse {
  readonly wallet: string;
  readonly ip: string;
}

/**
 * Adds to each verdict the wallets that other networks are paid to as well. Who owns the networks is not known here,
 * so blocks of /24 (IPv4) and /48 (IPv6) stand in for units: a hint, which the sentence says. `stored`: what earlier
 * verdicts know of these wallets.
 */
export function markSharedWallets(
  verdicts: readonly Verdict[],
  stored: (wallets: readonly string[]) => Iterable<WalletUse>,
): readonly Verdict[] {
  const networks = new Map<string, Set<string>>();
  for (const { ip, wallets } of verdicts) {
    for (const wallet of wallets)
      networks.set(wallet, (networks.get(wallet) ?? new Set()).add(networkOf(ip)));
  }
  for (const { wallet, ip } of stored([...networks.keys()])) networks.get(wallet)?.add(networkOf(ip));
  return verdicts.map((verdict) => {
    const shared = verdict.wallets.flatMap((wallet) => {
      const count = networks.get(wallet)?.size ?? 0;
      return count < LEAST_NETWORKS ? [] : [{ code: 'shared-wallet', values: { wallet, networks: count } }];
    });
    const { nature } = verdict;
    if (!nature || shared.length === 0) return verdict;
    return { ...verdict, nature: { ...nature, passive: [...shared, ...nature.passive] } };
  });
}

function networkOf(ip: string): string {
  const bytes = ipaddr.parse(ip).toByteArray();
  return bytes.slice(0, bytes.length === 4 ? 3 : 6).join('.');
}
