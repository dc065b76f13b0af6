import { formatEndpoint } from '../../base/ip.js';
import { formatTime } from '../../base/time.js';
import type { SiteCheck, SitePhase } from '../../model/referral.js';
import type { SuspectSession, Verdict } from '../../model/verdict.js';

/** Names in one sentence; the rest is counted. */
const MAX_NAMES = 8;

/** By how a program names itself: what it leaves on a machine. Defaults as its own documentation states them. */
const PROGRAMS: readonly (readonly [agent: RegExp, code: string])[] = [
  [/xmrig-proxy|xmr-node-proxy|\bproxy\b/i, 'look-proxy'],
  [/^xmrig|xmr-stak/i, 'look-xmrig'],
  [/\b(?:cpuminer|minerd|srbminer|nheqminer)/i, 'look-cpuminer'],
  [
    /\b(?:cgminer|bmminer|bfgminer|sgminer|antminer|whatsminer|btminer|braiins|bosminer|avalon|luxminer)/i,
    'look-asic-api',
  ],
  [
    /\b(?:phoenixminer|t-rex|lolminer|nbminer|gminer|teamredminer|ethminer|bminer|claymore|miniz)/i,
    'look-gpu-miner',
  ],
  [/nicehash/i, 'look-nicehash'],
];

/** By the work: what kind of machine does it. */
const WORK: readonly (readonly [algorithm: RegExp, code: string])[] = [
  [/^(?:rx\/|cn|argon2|ghostrider|yescrypt|yespower|verus|randomx|astrobwt|power)/i, 'look-cpu'],
  [
    /^(?:ethash|etchash|kawpow|progpow|autolykos|octopus|beamhash|cuckoo|firopow|karlsen|nexapow)/i,
    'look-gpu',
  ],
  [
    /^(?:sha-?256|scrypt|x11|blake|eaglesong|equihash|kheavyhash|lyra|groestl|skein|quark|qubit)/i,
    'look-asic',
  ],
];

/**
 * What to do on site to decide what this verdict leaves open, in the order of an inspection. Pure. `behind`: what kind of
 * range the address is in, null where not known.
 */
export function siteChecks(
  verdict: Verdict,
  sessions: readonly SuspectSession[],
  behind: string | null,
): SiteCheck[] {
  const { pools, agents, algorithms, workers, wallets, nature } = verdict;
  const ports = named(sessions.map(({ suspectPort }) => String(suspectPort)));
  const times = { first: formatTime(verdict.firstUs) ?? '', last: formatTime(verdict.lastUs) ?? '' };
  const endpoints = pools.map(({ address, port }) => formatEndpoint(address, port));
  const inner = sessions.flatMap(({ machines }) => machines?.inner ?? []);
  const work = codesOf(WORK, algorithms);
  const one =
    (phase: SitePhase) =>
    (code: string, values: SiteCheck['values'] = {}): SiteCheck => ({ phase, code, values });
  const [locate, look, photograph, keep] = [one('locate'), one('look'), one('photograph'), one('keep')];
  const indications = (['active', 'passive', 'research'] as const).map((phase) =>
    (nature?.[phase] ?? []).map(({ code, values }) =>
      one(phase)('indication', { ...values, indication: code }),
    ),
  );
  const [active = [], passive = [], research = []] = indications;
  return [
    locate(
      behind === 'direct' ? 'locate-direct' : behind === 'carrier-nat' ? 'locate-carrier' : 'locate-nat',
      {
        ip: verdict.ip,
        ports,
        ...times,
      },
    ),
    ...(inner.length > 0 ? [locate('locate-inner', { names: named(inner) })] : []),
    ...(workers.length > 0 ? [locate('locate-names', { names: named(workers) })] : []),
    ...(endpoints.length > 0
      ? [
          look('look-connection', { peers: named(endpoints) }),
          look('look-commands', { addresses: named(pools.map(({ address }) => address)) }),
        ]
      : []),
    ...codesOf(PROGRAMS, agents).map((code) => look(code, { names: named(agents) })),
    ...work.map((code) => look(code)),
    ...(wallets.length > 0 ? [look('look-wallet', { wallets: named(wallets) })] : []),
    look('look-autostart'),
    ...active,
    one('active')('active-hardware'),
    one('active')('active-account', { wallets: named(wallets) }),
    ...passive,
    one('passive')('passive-entry', times),
    one('passive')('passive-hidden'),
    ...research,
    one('research')('research-filing'),
    photograph('photo-place'),
    photograph('photo-process'),
    photograph('photo-connection', { peers: named(endpoints) }),
    photograph('photo-config'),
    ...(work.includes('look-asic') ? [photograph('photo-power')] : []),
    photograph('photo-clock'),
    keep('keep-running'),
    keep('keep-files'),
    keep('keep-logs', times),
    keep('keep-record'),
    keep('keep-result'),
  ];
}

function codesOf(table: readonly (readonly [RegExp, string])[], names: readonly string[]): string[] {
  return table.filter(([pattern]) => names.some((name) => pattern.test(name))).map(([, code]) => code);
}

function named(names: readonly string[]): string {
  const distinct = [...new Set(names)];
  const more = distinct.length - MAX_NAMES;
  return distinct.slice(0, MAX_NAMES).join(', ') + (more > 0 ? ` +${more}` : '');
}
