import { MAX_TRAFFIC_TEXT, printable } from '../../base/text.js';
import type { WrapperHints } from './inspector.js';

/** Longest list of hosts, agents or logins that is kept of one session. */
const MAX_NAMES = 8;

const PLAIN = /^[ -~]{0,512}$/;

/** printable() with a short way round for what nearly all texts are. */
export function shown(text: string, limit?: number): string {
  return PLAIN.test(text) && text.length <= (limit ?? MAX_TRAFFIC_TEXT) ? text : printable(text, limit);
}

/** Adds texts from traffic to the hints of a session: printable, once each, so many at most. */
export function noteHost(hints: WrapperHints, host: string, port: number | null): void {
  const name = shown(host.toLowerCase(), 253);
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
  const name = shown(text);
  if (name !== '' && list.length < MAX_NAMES && !list.includes(name)) list.push(name);
}
