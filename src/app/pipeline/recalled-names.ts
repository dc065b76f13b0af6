import type { Store } from '../../deliver/store/index.js';
import type { DnsRecall } from '../../detect/rules/index.js';

/** What watch keeps, and what scans keep: apart, so that neither writes over the other while both run. */
export const WATCHED_NAMES = 'dns';
const SCANNED_NAMES = 'dns-scan';

/** Answers, addresses, resolvers and aliases of scans that are kept, the newest: a start must not take long for them. */
const MAX_KEPT = 10_000;

/** What earlier runs learnt of pools' names, those of `watch` first. Each part may be restored into one memory. */
export function recalledNames(store: Store): DnsRecall[] {
  return [WATCHED_NAMES, SCANNED_NAMES].flatMap((name) => {
    const text = store.live.state(name);
    // Written by watch or keepNames() alone, from a DnsRecall.
    return text === null ? [] : [JSON.parse(text) as DnsRecall];
  });
}

/** For the next run, within bounds. */
export function keepNames(store: Store, recall: DnsRecall): void {
  const newest = <T>(all: readonly T[]) => all.slice(-MAX_KEPT);
  store.live.saveState(
    SCANNED_NAMES,
    JSON.stringify({
      answers: newest(recall.answers),
      poolAddresses: newest(recall.poolAddresses),
      names: newest(recall.names),
      resolvers: newest(recall.resolvers),
      aliases: newest(recall.aliases ?? []),
    } satisfies DnsRecall),
  );
}
