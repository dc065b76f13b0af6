import { type Cidr, parseCidr } from '../../../base/ip.js';
import type { RuleSet } from '../../../model/rule.js';
import { AddressSet } from './address-set.js';
import { NameSet } from './name-set.js';

/** What all matchers of a rule set have in common; never changed. */
export interface Prepared {
  /** Names and domains of the pool list. */
  readonly names: NameSet;
  /** Addresses of the pool list: copied, not added to. */
  readonly listed: AddressSet;
  /** Blocks of shared hosting. */
  readonly cdn: readonly Cidr[];
}

const PREPARED = new WeakMap<RuleSet, Prepared>();

/** Made once for each rule set: every input of a scan has a matcher of its own. */
export function prepare(rules: RuleSet): Prepared {
  const known = PREPARED.get(rules);
  if (known !== undefined) return known;
  const listed = new AddressSet();
  const names: string[] = [];
  for (const { kind, host } of rules.pools.rows)
    if (kind === 'ip') listed.add(host);
    else names.push(host);
  const cdn = rules.guards.sharedHosting.cdn.map(parseCidr).filter((block) => block !== null);
  const prepared = { names: new NameSet(names), listed, cdn };
  PREPARED.set(rules, prepared);
  return prepared;
}
