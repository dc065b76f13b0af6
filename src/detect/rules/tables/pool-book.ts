import type { PoolBook, PoolRole, PoolRow, PoolUse } from '../../../model/rule-table.js';

/** Roles of hosts that speak a pool protocol. */
const STRATUM_ROLES: ReadonlySet<PoolRole> = new Set<PoolRole>([
  'pool',
  'solo',
  'hashrate-market',
  'proxy',
  'p2pool',
  'malware-c2-pool',
]);

/** First labels of web sites and their services, below a domain of which only the operator is known. */
const SITE_LABELS: ReadonlySet<string> = new Set(
  'www api app account accounts admin assets auth blog cdn chat dashboard dev doc docs download downloads explorer faq forum help image images img info login m mail mobile monitor my news ns ns1 ns2 shop smtp st static stats status store support test web wiki ws-api'.split(
    ' ',
  ),
);

export function lists(row: PoolRow, port: number): boolean {
  return row.ports.includes(port) || row.tlsPorts.includes(port);
}

/** Rows by name, by domain and by address. Of rows of the same host and kind the last one counts. */
export class PoolIndex implements PoolBook {
  readonly rows: readonly PoolRow[];
  readonly #byName = new Map<string, PoolRow>();
  readonly #byDomain = new Map<string, PoolRow>();
  readonly #byIp = new Map<string, PoolRow>();
  /** Domains of which Stratum hosts are listed by name: the domain itself is then the web site. */
  #named: ReadonlySet<string> | null = null;

  constructor(rows: readonly PoolRow[]) {
    for (const row of rows) this.#mapOf(row).set(row.host, row);
    this.rows = [...this.#byName.values(), ...this.#byDomain.values(), ...this.#byIp.values()];
  }

  #mapOf(row: PoolRow): Map<string, PoolRow> {
    if (row.kind === 'fqdn') return this.#byName;
    return row.kind === 'ip' ? this.#byIp : this.#byDomain;
  }

  ofName(name: string): PoolRow | null {
    const exact = this.#byName.get(name);
    if (exact !== undefined) return exact;
    for (let domain = name; ; ) {
      const row = this.#byDomain.get(domain);
      if (row !== undefined) return row;
      const dot = domain.indexOf('.');
      if (dot < 0) return null;
      domain = domain.slice(dot + 1);
    }
  }

  ofIp(ip: string): PoolRow | null {
    return this.#byIp.get(ip) ?? null;
  }

  useOf(row: PoolRow, name: string | null): PoolUse {
    if (row.role === 'web-miner') return 'web-miner';
    if (!STRATUM_ROLES.has(row.role)) return 'site';
    if (name === null || row.kind !== 'domain-suffix') return 'stratum';
    if (SITE_LABELS.has(name.slice(0, name.indexOf('.'))) && name !== row.host) return 'site';
    if (row.ports.length > 0 || row.tlsPorts.length > 0) return 'stratum';
    this.#named ??= domainsAbove(this.#byName.values());
    return name === row.host && this.#named.has(name) ? 'site' : 'domain';
  }
}

function domainsAbove(rows: Iterable<PoolRow>): ReadonlySet<string> {
  const domains = new Set<string>();
  for (const { role, host } of rows) {
    if (!STRATUM_ROLES.has(role)) continue;
    for (let dot = host.indexOf('.'); dot >= 0; dot = host.indexOf('.', dot + 1))
      domains.add(host.slice(dot + 1));
  }
  return domains;
}

/** As the matcher looks names up: lower case, no trailing dot, no port. */
export function normalName(text: string): string {
  const lower = text.toLowerCase();
  const colon = lower.lastIndexOf(':');
  const host = colon > 0 && lower.indexOf(':') === colon ? lower.slice(0, colon) : lower;
  return host.endsWith('.') ? host.slice(0, -1) : host;
}
