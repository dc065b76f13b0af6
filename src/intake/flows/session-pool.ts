import type { FlowSession } from './flow-session.js';

/** How many sessions are compared to find one to give up. */
const CANDIDATES = 16;

/** The sessions that are being read, densely, so that a bound on their number is cheap to keep. */
export class SessionPool {
  readonly sessions: FlowSession[] = [];
  #cursor = 0;

  add(session: FlowSession): void {
    session.slot = this.sessions.length;
    this.sessions.push(session);
  }

  /** Returns the session that took over the slot, if any. */
  remove(session: FlowSession): FlowSession | null {
    const last = this.sessions.pop();
    const { slot } = session;
    session.slot = -1;
    if (last === undefined || last === session) return null;
    last.slot = slot;
    this.sessions[slot] = last;
    return last;
  }

  /** The longest silent of the next few: miners speak often, floods of dead sessions do not. */
  longestSilent(): FlowSession | null {
    let silent: FlowSession | null = null;
    for (let tried = 0; tried < CANDIDATES; tried++) {
      this.#cursor = (this.#cursor + 1) % Math.max(1, this.sessions.length);
      const session = this.sessions[this.#cursor];
      if (session !== undefined && (silent === null || session.endUs < silent.endUs)) silent = session;
    }
    return silent;
  }
}
