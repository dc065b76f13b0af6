import { CLOSED, type FlowStore, LIVE, META, ROW_WORDS, SESSION, TCP } from './flow-store.js';
import {
  EVICT_FRACTION,
  type FlowLimits,
  SWEEP_PACKETS,
  SWEEP_PACKETS_PER_FLOW,
  SWEEP_US,
} from './limits.js';

/** When to sweep over the flow table, and which rows must go. The trace's clock may stand still or jump. */

/** Rows whose last packet times are compared to tell what "long idle" is. */
const SAMPLES = 1024;

export class SweepClock {
  #countdown = 1;
  #sweptUs = 0;
  /** Time of the packet that first asked for a sweep; NaN while none did. */
  #askedUs = Number.NaN;

  /** Called with every packet. Cheap: true once in at least SWEEP_PACKETS. */
  tick(): boolean {
    return --this.#countdown <= 0;
  }

  /**
   * Time of the sweep that is due now, or NaN: enough packets and trace time passed, and two packets in a row
   * say so, because a single wrong timestamp must not end every conversation.
   */
  dueUs(timeUs: number, live: number): number {
    const askedUs = this.#askedUs;
    const sinceUs = Math.abs(timeUs - this.#sweptUs);
    this.#askedUs = Number.NaN;
    this.#countdown = SWEEP_PACKETS;
    if (sinceUs < SWEEP_US) return Number.NaN;
    if (Number.isNaN(askedUs)) {
      this.#askedUs = timeUs;
      this.#countdown = 1;
      return Number.NaN;
    }
    this.#sweptUs = sinceUs < Math.abs(askedUs - this.#sweptUs) ? timeUs : askedUs;
    this.#countdown = Math.max(SWEEP_PACKETS, live * SWEEP_PACKETS_PER_FLOW);
    return this.#sweptUs;
  }
}

export function liveRows(store: FlowStore): number[] {
  const ids: number[] = [];
  for (let id = 0; id < store.used; id++) if (store.isLive(id)) ids.push(id);
  return ids;
}

/** The rows that were silent for so long that their conversations are over. */
export function expiredRows(store: FlowStore, nowUs: number, limits: FlowLimits): number[] {
  const { words, used } = store;
  const { tcpIdleUs, udpIdleUs, closedIdleUs } = limits;
  const ids: number[] = [];
  for (let id = 0; id < used; id++) {
    const meta = words[id * ROW_WORDS + META]!;
    const openUs = meta & TCP ? tcpIdleUs : udpIdleUs;
    const idleUs = Math.abs(nowUs - store.lastUs(id));
    if (meta & LIVE && idleUs > (meta & CLOSED ? closedIdleUs : openUs)) ids.push(id);
  }
  return ids;
}

/** The longest idle rows, one in EVICT_FRACTION, at least one; conversations that are being read only if `sparesRead` is false. */
export function longestIdle(store: FlowStore, sparesRead: boolean): number[] {
  const candidates = liveRows(store).filter(
    (id) => !sparesRead || store.words[id * ROW_WORDS + SESSION] === 0,
  );
  const step = Math.max(1, Math.floor(candidates.length / SAMPLES));
  const times = candidates.filter((_, at) => at % step === 0).map((id) => store.lastUs(id));
  const untilUs = times.sort((a, b) => a - b)[Math.floor(times.length / EVICT_FRACTION)] ?? 0;
  const most = Math.max(1, Math.floor(store.live / EVICT_FRACTION));
  return candidates.filter((id) => store.lastUs(id) <= untilUs).slice(0, most);
}
