import { sessionKey } from '../../../model/flow.js';
import type { Machines } from '../../../model/machines.js';
import { NO_ROLES, type RoleCounts, type StratumObservation } from '../../../model/observation.js';
import { framesOf } from '../frames.js';
import type { InspectorContext, WrapperHints } from '../inspector.js';
import { MINER_AGENT } from './agents.js';
import { HELLO } from './dialect.js';
import { pathClaims } from './path.js';
import type { SessionState } from './session-state.js';

/** Rounds of polling for work that make a session (detection.md P5). */
const MIN_POLLS = 2;
/** Without any other mark of a miner: this many rounds, this close together on average. */
const MIN_QUICK_POLLS = 4;
const QUICK_POLL_SECONDS = 5;
const MINING_HEADERS = [
  'x-mining-extensions',
  'x-stratum',
  'x-long-polling',
  'x-hash-difficulty',
  'x-roll-ntime',
];
/** Dialects whose quick polling alone is not what an explorer or monitor does. */
const POLLED_BY_MINERS: ReadonlySet<string> = new Set([
  'getwork',
  'eth-getwork',
  'ethproxy',
  'monero-daemon',
]);
const NODE_PROTOCOL: Readonly<Record<string, string>> = {
  getblocktemplate: 'bitcoin-rpc',
  getwork: 'bitcoin-rpc',
  'eth-getwork': 'eth-rpc',
  ethproxy: 'eth-rpc',
  'monero-daemon': 'monero-rpc',
};

/** Enough to say that a pool protocol was spoken in this part. */
export function isWorthTelling(state: SessionState, hints: WrapperHints, overHttp: boolean): boolean {
  const { roles } = state.part;
  if (!Object.values(roles).some((count) => count > 0)) return false;
  const { hello, login, loginAccepted, job, share, shareAccepted, poll } = state.soFar;
  if (state.isRecording || state.isForeign) return false;
  if (overHttp)
    return (
      share > 0 || ((poll > 0 || job >= MIN_POLLS || hello >= MIN_POLLS) && isMinersPolling(state, hints))
    );
  if (hello + login + loginAccepted + share + shareAccepted > 0) return true;
  // A polled job alone is one look at a node; difficulty and keepalive alone are nothing.
  if (poll === 0) return job > 0;
  return job > poll + 1 || (poll >= MIN_POLLS && isMinersPolling(state, hints));
}

/** Family K is mining only with a mark of a miner, or at a miner's pace. */
function isMinersPolling(state: SessionState, hints: WrapperHints): boolean {
  if (MINING_HEADERS.some((name) => hints.marks.has(name))) return true;
  if (hints.agents.some((agent) => MINER_AGENT.test(agent))) return true;
  if (state.told.hasReportedRate) return true;
  // Whoever asks for other things as well looks at a node.
  if (state.asksOtherThings) return false;
  // Where only the answers were captured each is a job, where only the requests, a hello.
  const { poll, job, hello } = state.soFar;
  const rounds = Math.max(poll, job, hello);
  const seconds = (state.lastPollUs - state.firstPollUs) / 1e6;
  return (
    rounds >= MIN_QUICK_POLLS &&
    POLLED_BY_MINERS.has(state.dialect?.name ?? '') &&
    seconds / (rounds - 1) <= QUICK_POLL_SECONDS
  );
}

/** Calls for work that are not mining: someone looks at a node. */
export function nodeProtocolOf(state: SessionState): string | null {
  return state.soFar.poll === 0 ? null : (NODE_PROTOCOL[state.dialect?.name ?? ''] ?? null);
}

export interface PartSpan {
  readonly index: number;
  readonly startUs: number;
  readonly endUs: number;
}

export function toObservation(
  state: SessionState,
  context: InspectorContext,
  span: PartSpan,
): StratumObservation {
  const { session, hints } = context;
  collectHints(state, hints);
  const { quotes, roles, shares, clues } = state.part;
  return {
    kind: 'stratum',
    timeUs: span.startUs,
    client: session.client,
    server: session.server,
    origin: session.origin,
    session: sessionKey(session.client, session.server, session.startUs),
    part: span.index,
    startUs: span.startUs,
    endUs: span.endUs,
    orientedBy: session.orientedBy,
    dialect: state.dialect?.name ?? '',
    wrappers: [...hints.wrappers],
    roles: copyCounts(roles),
    rolesSoFar: copyCounts(state.soFar),
    // Bytes of the other side are no answer: it must have spoken the protocol.
    bothDirections: session.bothDirections && state.bothSpoke,
    ...state.told.lists,
    shares,
    quotes,
    ...(clues === null ? {} : { clues }),
    ...proofsOf(state, context),
    ...machinesOf(state, context),
    ...framesOf(session),
  };
}

function proofsOf(
  { prover }: SessionState,
  { counters }: InspectorContext,
): Pick<StratumObservation, 'proofs' | 'proof'> {
  const proofs = prover.takeTally();
  counters.add('stratum.share-proved', proofs.verified);
  counters.add('stratum.share-unproved', proofs.failed);
  counters.add('stratum.share-unchecked', prover.takeUnchecked());
  return {
    ...(proofs.verified + proofs.failed === 0 ? {} : { proofs }),
    ...(prover.proof === null ? {} : { proof: prover.proof }),
  };
}

/** Empty where nothing tells of more than one machine, nor of where it is. */
function machinesOf(
  { machines }: SessionState,
  { session, hints }: InspectorContext,
): { machines?: Machines } {
  const { devices, partitions, counters } = machines;
  const stack = session.clientStack ?? null;
  const isTelling = devices > 0 || partitions > 1 || counters > 1 || hints.inner.length > 0 || stack !== null;
  return isTelling ? { machines: { devices, partitions, counters, inner: [...hints.inner], stack } } : {};
}

function copyCounts(counts: RoleCounts): RoleCounts {
  return { ...NO_ROLES, ...counts };
}

/** What the wrappers told, and the coin that the dialect alone implies. */
function collectHints(state: SessionState, hints: WrapperHints): void {
  state.told.add({ agents: hints.agents, logins: hints.logins, hosts: hints.namedHosts });
  if (hints.path !== null && state.dialect?.name === 'eth-getwork') state.told.add(pathClaims(hints.path));
  const coin = state.dialect?.coin ?? null;
  if (coin === null || state.certainty < HELLO) return;
  state.told.addCoin({ ...coin, basis: state.soFar.login > 0 ? 'handshake' : 'job' });
}
