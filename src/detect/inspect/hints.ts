import { printable } from '../../base/text.js';
import type { WrapperHints } from './inspector.js';

/** Longest list of hosts, agents or logins that is kept of one session. */
const MAX_NAMES = 8;

/** Adds texts from traffic to the hints of a session: printable, once each, so many at most. */
export function noteHost(hints: WrapperHints, host: string, port: number | null): void {
  const name = printable(host.toLowerCase(), 253);
  const isKnown = hints.namedHosts.some((named) => named.host === name && named.port === port);
  if (!isKnown && hints.namedHosts.length < MAX_NAMES) hints.namedHosts.push({ host: name, port });
}

export function noteAgent(hints: WrapperHints, agent: string): void {
  note(hints.agents, agent);
}

export function noteLogin(hints: WrapperHints, login: string): void {
  note(hints.logins, login);
}

function note(list: string[], text: string): void {
  const name = printable(text);
  if (name !== '' && list.length < MAX_NAMES && !list.includes(name)) list.push(name);
}
