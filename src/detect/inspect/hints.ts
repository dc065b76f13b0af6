import { printable } from '../../base/text.js';
import { MAX_INNER } from '../../model/machines.js';
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

/** `how`: what named it, lower case. */
export function noteInner(hints: WrapperHints, how: string, text: string): void {
  const name = text.trim();
  if (name !== '') note(hints.inner, `${how} ${printable(name, 253)}`, MAX_INNER);
}

function note(list: string[], text: string, limit = MAX_NAMES): void {
  const name = printable(text);
  if (name !== '' && list.length < limit && !list.includes(name)) list.push(name);
}
