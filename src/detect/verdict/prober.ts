import { formatEndpoint } from '../../base/ip.js';
import type { SuspectSession } from '../../model/verdict.js';
import type { FuseContext } from './context.js';
import { intervalOf } from './estimates/activity.js';
import { countOf } from './numbers.js';

/** Handshakes without a share: a measurement, a monitor or a test, in numbers for the reason. */
export interface ProberFinding {
  /** `greets`: many pools, briefly. `checks`: the same few, briefly, again and again. `watches`: many pools, for long. */
  readonly form: 'greets' | 'checks' | 'watches';
  readonly endpoints: number;
  readonly sessions: number;
  readonly medianSeconds: number;
}

type Limits = FuseContext['guards']['prober'];

interface Handshake {
  readonly startUs: number;
  readonly endUs: number;
  readonly endpoint: string;
}

/** N1; in force only where no session of the address submitted a share, so that probing cannot hide a miner. */
export function findProber(
  sessions: readonly SuspectSession[],
  { guards, programOf }: Pick<FuseContext, 'guards' | 'programOf'>,
): ProberFinding | null {
  if (sessions.some(hasShare)) return null;
  const greeted = sessions.filter(
    ({ dialect, roles }) => dialect !== null && countOf(roles.hello) + countOf(roles.login) > 0,
  );
  const shakes = greeted
    .map((session) => ({
      ...intervalOf(session),
      endpoint: formatEndpoint(session.peer.ip, session.peer.port),
    }))
    .sort((a, b) => a.startUs - b.startUs || a.endUs - b.endUs);
  // A miner that its pool turns away connects again and again as well; it says what it is, and logs in.
  const isNamed = () =>
    greeted.some(
      ({ agents, roles }) => countOf(roles.login) > 0 && agents.some((agent) => programOf(agent) !== null),
    );
  const found = findGreeter(shakes, guards.prober) ?? findWatcher(shakes, guards.prober);
  return found ?? (isNamed() ? null : findChecker(shakes, guards.prober));
}

/** The window of handshakes with the most distinct endpoints. */
function findGreeter(
  shakes: readonly Handshake[],
  { minEndpoints, windowSeconds, medianSeconds }: Limits,
): ProberFinding | null {
  const windowUs = windowSeconds * 1e6;
  const endpoints = new Map<string, number>();
  let found: ProberFinding | null = null;
  let first = 0;
  let lastTested = -1;
  for (const [index, shake] of shakes.entries()) {
    endpoints.set(shake.endpoint, (endpoints.get(shake.endpoint) ?? 0) + 1);
    for (let old = shakes[first]; old !== undefined; old = shakes[++first]) {
      if (shake.startUs - old.startUs <= windowUs) break;
      const left = (endpoints.get(old.endpoint) ?? 0) - 1;
      if (left > 0) endpoints.set(old.endpoint, left);
      else endpoints.delete(old.endpoint);
    }
    const isLastOfWindow =
      (shakes[index + 1]?.startUs ?? Number.POSITIVE_INFINITY) - (shakes[first]?.startUs ?? 0) > windowUs;
    if (endpoints.size < minEndpoints || !isLastOfWindow || first === lastTested) continue;
    lastTested = first;
    const window = shakes.slice(first, index + 1);
    const medianUs = medianLength(window);
    if (medianUs >= medianSeconds * 1e6 || endpoints.size <= (found?.endpoints ?? 0)) continue;
    found = {
      form: 'greets',
      endpoints: endpoints.size,
      sessions: window.length,
      medianSeconds: medianUs / 1e6,
    };
  }
  return found;
}

/**
 * Every handshake is brief: a monitor looks whether the pool answers, and leaves. One after the other: many at once are
 * the machines of a farm, of which a short capture saw the beginning.
 */
function findChecker(
  shakes: readonly Handshake[],
  { minChecks, medianSeconds }: Limits,
): ProberFinding | null {
  const limitUs = medianSeconds * 1e6;
  if (shakes.length < minChecks || shakes.some(({ startUs, endUs }) => endUs - startUs >= limitUs))
    return null;
  let inTurn = 0;
  let freeUs = Number.NEGATIVE_INFINITY;
  for (const { startUs, endUs } of shakes) {
    if (startUs < freeUs) continue;
    inTurn++;
    freeUs = endUs;
  }
  return inTurn < minChecks ? null : findingOf('checks', shakes);
}

/** Work of many pools is read for long, and none is done: whoever compares what pools send. */
function findWatcher(
  shakes: readonly Handshake[],
  { minEndpoints, watchSeconds }: Limits,
): ProberFinding | null {
  const long = shakes.filter(({ startUs, endUs }) => endUs - startUs >= watchSeconds * 1e6);
  const found = findingOf('watches', long);
  return found.endpoints < minEndpoints ? null : found;
}

function findingOf(form: ProberFinding['form'], shakes: readonly Handshake[]): ProberFinding {
  const endpoints = new Set(shakes.map(({ endpoint }) => endpoint)).size;
  return { form, endpoints, sessions: shakes.length, medianSeconds: medianLength(shakes) / 1e6 };
}

function medianLength(shakes: readonly Handshake[]): number {
  return median(shakes.map(({ startUs, endUs }) => endUs - startUs));
}

export function hasShare({ roles, shares }: SuspectSession): boolean {
  return (
    countOf(roles.share) > 0 ||
    countOf(roles.shareAccepted) > 0 ||
    shares.some((sum) => countOf(sum.submitted) > 0)
  );
}

function median(values: number[]): number {
  const sorted = values.sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low, high] = [sorted[sorted.length % 2 === 1 ? middle : middle - 1] ?? 0, sorted[middle] ?? 0];
  return (low + high) / 2;
}
