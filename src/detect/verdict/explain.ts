import { type Phrase, phrase } from '../../base/phrase.js';
import { formatTime } from '../../base/time.js';
import type { Level, Reason, SuspectSession, VerdictCoin, VerdictPool } from '../../model/verdict.js';
import { type ClearanceState, declarationOf } from './clearance.js';
import type { FuseContext } from './context.js';
import type { Findings } from './guards.js';
import type { Item } from './items.js';
import type { Shape, Standing } from './level.js';
import { countOf } from './numbers.js';
import { hasShare, type ProberFinding } from './prober.js';
import { type ReasonCode, reason } from './reasons.js';
import { sampledText } from './sampled.js';

export interface Explained {
  /** Those that count, heaviest first. */
  readonly items: readonly Item[];
  readonly relevant: readonly SuspectSession[];
  readonly standing: Standing;
  readonly level: Level;
  readonly days: number;
  readonly guards: Findings;
  readonly clearance: ClearanceState;
  readonly coins: readonly VerdictCoin[];
  readonly pools: readonly VerdictPool[];
  /** A hash rate could be reckoned. */
  readonly hasRate: boolean;
  readonly context: FuseContext;
}

/** What decided, what held the level down, which guard spoke, and what is not known: in this order. */
export function explain(explained: Explained): Reason[] {
  return [...decided(explained), ...heldDown(explained), ...guarded(explained), ...notKnown(explained)];
}

const DECISIVE_TEXTS: Readonly<Record<string, readonly [ReasonCode, Phrase]>> = {
  P1: [
    'share-proved',
    phrase`A share proves itself: it meets its target, checked from the job and the share, and the server accepted it.`,
  ],
  P2: [
    'share-accepted',
    phrase`Login, job, a submitted share and the server’s answer to it were seen in one session.`,
  ],
  P3: [
    'job-answered',
    phrase`The server answered the client’s login or subscription with a well-formed job.`,
  ],
  P4: [
    'mid-stream',
    phrase`Well-formed pool messages were seen in both directions of a session already under way.`,
  ],
  P5: ['work-polled', phrase`The client fetched work by polling, and the server answered with work.`],
  P7: ['web-miner', phrase`A WebSocket session carried the login, jobs and shares of a web miner.`],
};

function decided({ standing, level, items, days }: Explained): Reason[] {
  const reasons: Reason[] = [];
  for (const [item, [code, text]] of Object.entries(DECISIVE_TEXTS)) {
    if (standing.decisive.some(({ evidence }) => evidence.item === item)) reasons.push(reason(code, text));
  }
  if (level === 'probable') {
    const groups = standing.independent.map((group) => GROUP_NAMES[group]).join(' and ');
    reasons.push(
      reason(
        'independent-groups',
        phrase`Independent kinds of evidence agree: ${groups}; payload went both ways.`,
      ),
    );
  }
  const learned = items.find(({ evidence, bans }) => evidence.rule === 'learned.pool' && bans > 0);
  if (learned !== undefined) {
    reasons.push(
      reason(
        'learned-pool',
        phrase`The server is known as a pool from the traffic itself: ${learned.evidence.excerpt}.`,
      ),
    );
  }
  const other = items.find(({ evidence, bans }) => evidence.rule === 'learned.pool-other-port' && bans > 0);
  if (other !== undefined) {
    reasons.push(
      reason(
        'learned-pool-other-port',
        phrase`Another port of the same server is known as a pool: ${other.evidence.excerpt}.`,
      ),
    );
  }
  if (days > 1) reasons.push(reason('persistent', phrase`Seen on ${days} different days (UTC).`));
  return reasons;
}

const GROUP_NAMES: Readonly<Record<string, Phrase>> = {
  P: phrase`payload`,
  E: phrase`endpoint`,
  T: phrase`TLS client`,
  B: phrase`behaviour`,
  C: phrase`block clock`,
  N: phrase`against`,
};

const SHAPE_TEXTS: Readonly<Record<Shape, Phrase>> = {
  'dns-only': phrase`Only name look-ups were seen, no connection: looking a name up is not mining.`,
  'list-without-payload': phrase`The server is on a list of pools, but payload in both directions was not seen: contact is not mining.`,
  'endpoint-only': phrase`Only the server points to mining. What was said to it is not known.`,
  'one-direction': phrase`Only one direction of the payload was seen: it is not known whether anybody answered.`,
  'tls-fingerprint-only': phrase`Only the TLS fingerprint of the client points to mining; other programs share it.`,
  'behaviour-only': phrase`Only the rhythm of the traffic points to mining; other services have the same rhythm.`,
  'block-clock-only': phrase`The server follows the clock of a coin’s blocks, but so do nodes, wallets and price feeds.`,
  'clock-unsupported': phrase`Rhythm and block clock agree, but a re-job timer or answered submissions, on two days or for two clients, are missing.`,
};

function heldDown({ standing, level, items, relevant, guards }: Explained): Reason[] {
  const reasons: Reason[] = [];
  if (standing.shape !== null) reasons.push(reason(standing.shape, SHAPE_TEXTS[standing.shape]));
  const positive = items.filter(({ bans, evidence }) => bans > 0 && evidence.group !== 'N');
  const payload = positive.filter(({ evidence }) => evidence.group === 'P');
  if (payload.length > 0 && payload.every(({ capped }) => capped === 'no-login')) {
    reasons.push(
      reason(
        'no-login',
        phrase`The client, no known miner, greeted a pool or listened to it, and was not seen to log in or to submit: scanners and monitors do the same.`,
      ),
    );
  } else if (payload.length > 0 && payload.every(({ evidence }) => evidence.item === 'P6')) {
    reasons.push(
      reason(
        'no-answer',
        phrase`The client asked for work, but no answer of a pool was seen: it may have been blocked.`,
      ),
    );
  } else if (
    payload.length > 0 &&
    standing.decisive.length === 0 &&
    guards.prober === null &&
    !guards.isPoolServer
  ) {
    reasons.push(
      reason(
        'payload-not-decisive',
        phrase`No session shows an exchange with a pool, in clear and answered, that would prove mining.`,
      ),
    );
  }
  if (
    payload.length > 0 &&
    !relevant.some(hasShare) &&
    !payload.some(({ evidence }) => /^P[12]$/.test(evidence.item))
  ) {
    reasons.push(
      reason(
        'handshake-only',
        phrase`No share was seen: the session shows the offer of work, not the work itself.`,
      ),
    );
  }
  if (standing.decisive.length === 0 && positive.some(({ encrypted }) => encrypted)) {
    reasons.push(
      reason('encrypted', phrase`The sessions are encrypted: what cannot be read is never called confirmed.`),
    );
  }
  if (positive.some(({ capped }) => capped === 'tunnelled')) {
    reasons.push(
      reason('tunnelled', phrase`Traffic goes through a tunnel: what is inside, and for whom, is not known.`),
    );
  }
  if (positive.some(({ capped }) => capped === 'sampled-shared')) {
    reasons.push(
      reason(
        'sampled-shared',
        phrase`The records are sampled and the server address is shared by many names.`,
      ),
    );
  }
  const sampled = sampledText(relevant);
  if (sampled !== null) reasons.push(reason('sampled', sampled));
  if (standing.isConflicting) {
    const [supports, opposes] = [itemNames(positive), itemNames(items.filter(({ bans }) => bans < 0))];
    const against = guards.prober === null ? opposes : [...opposes, 'N1'];
    reasons.push(
      reason(
        'conflicting',
        phrase`The evidence contradicts itself (K = ${standing.conflict.toFixed(2)}): ${supports} for, ${against} against.`,
      ),
    );
  }
  const isGuarded = guards.prober !== null || positive.some(({ capped }) => capped === 'demoted');
  if (level === 'suspected' && reasons.length === 0 && !isGuarded) {
    const percent = (standing.probability * 100).toFixed(1);
    reasons.push(
      reason(
        'below-threshold',
        phrase`The probability is ${percent} %, or one kind of evidence stands alone.`,
      ),
    );
  }
  return reasons;
}

function itemNames(items: readonly Item[]): string[] {
  return [...new Set(items.map(({ evidence }) => evidence.item))].sort();
}

function proberText({ form, sessions, endpoints, medianSeconds }: ProberFinding): Phrase {
  const half = medianSeconds.toFixed(1);
  if (form === 'checks')
    return phrase`${sessions} handshakes with pools (${endpoints} of them), all of them brief, half shorter than ${half} s, by no known miner, and no share: this looks like a monitor.`;
  if (form === 'watches')
    return phrase`${endpoints} different pools were listened to for long (${sessions} sessions, half of them shorter than ${half} s), and no share: this looks like a measurement.`;
  return phrase`${sessions} handshakes with ${endpoints} different pools within an hour, half of them shorter than ${half} s, and no share: this looks like a measurement or a test.`;
}

function guarded({ guards, items, clearance, level, standing }: Explained): Reason[] {
  const reasons: Reason[] = [];
  const { prober } = guards;
  if (prober !== null) {
    reasons.push(reason('prober', proberText(prober)));
  }
  if (items.some(({ capped }) => capped === 'demoted') && prober === null) {
    reasons.push(
      reason(
        'pool-server',
        phrase`The address serves miners itself: a pool that fetches work from its coin’s node is not a rig.`,
      ),
    );
  }
  if (guards.nodes.size > 0) {
    reasons.push(
      reason(
        'node-or-wallet',
        phrase`${guards.nodes.size} session(s) of a coin’s node or wallet were seen and do not count.`,
      ),
    );
  }
  if (guards.isAttempt)
    reasons.push(reason('attempted', phrase`No contact with a listed server was answered.`));
  if (guards.resolverBans < 0) {
    reasons.push(
      reason(
        'resolver',
        phrase`The address looks up names, or relays mail, for others: its look-ups weigh less.`,
      ),
    );
  }
  if (guards.websites.size > 0)
    reasons.push(
      reason('website-visit', phrase`The web site of a pool was visited; its look-ups do not count.`),
    );
  if (guards.knownApplicationBans < 0) {
    reasons.push(
      reason(
        'known-application',
        phrase`A known application was seen: the rhythm of its traffic weighs less.`,
      ),
    );
  }
  if (level === 'cleared') reasons.push(reason('cleared', clearedText(clearance)));
  else if (clearance.clearance !== null && standing.decisive.length > 0) {
    const since = formatTime(clearance.clearance.atUs) ?? phrase`earlier`;
    reasons.push(
      reason(
        'reopened',
        phrase`The address was cleared (${since}), but decisive evidence is newer, or the clearance has ended.`,
      ),
    );
  }
  return reasons;
}

function notKnown({ relevant, hasRate, coins, pools, items }: Explained): Reason[] {
  const reasons = [
    reason(
      'unknown-machine',
      phrase`Which machine behind this address it was is not known: several may share it (NAT, proxy, DHCP).`,
    ),
  ];
  if (!hasRate)
    reasons.push(
      reason('unknown-hashrate', phrase`No accepted share of known worth was seen: there is no hash rate.`),
    );
  if (coins.length === 0) reasons.push(reason('unknown-coin', phrase`Nothing seen names the coin.`));
  if (pools.length === 0) reasons.push(reason('unknown-pool', phrase`No connection to a pool was seen.`));
  const hasPayload = items.some(({ evidence, bans }) => evidence.group === 'P' && bans > 0);
  const sawStart = relevant.some(({ roles }) => countOf(roles.hello) + countOf(roles.login) > 0);
  if (hasPayload && !sawStart) {
    reasons.push(
      reason(
        'unknown-start',
        phrase`The beginning of the session was not captured: it began earlier than shown.`,
      ),
    );
  }
  return reasons;
}

function clearedText(state: ClearanceState): Phrase {
  const declared = declarationOf(state);
  return declared === null
    ? phrase`Cleared: ${state.clearance?.reason ?? ''}`
    : phrase`Cleared: declared research ${declared.name}, until ${declared.until || phrase`further notice`}.`;
}
