/** Logins in the path of an address, as the daemons of some coins and proxies before them take them. */
import type { WrapperHints } from '../inspector.js';
import type { Fact } from './dialect.js';

const MAX_PARTS = 4;
const WALLET = /^(?:0x[0-9a-f]{40}|(?:dero1|deroi1|deto1|xel:|xet:)[0-9a-z]{40,220})$/i;
/** Whose jobs come over a WebSocket as soon as it is open: its path is the only login. */
const OPENED_BY_PATH: ReadonlySet<string> = new Set(['dero', 'xelis-getwork']);

/** Behind it may stand a password or a token. */
export function withoutQuery(path: string): string {
  return path.split(/[?#]/, 1)[0]!;
}

/** ether-proxy: `/wallet/worker`, `/miner/difficulty/worker`; `/ws/wallet` (DERO), `/getwork/wallet/worker` (XELIS). */
export function pathClaims(path: string): { logins: string[]; workers: string[] } {
  const parts = withoutQuery(path)
    .split('/')
    .filter((part) => part !== '')
    .slice(0, MAX_PARTS);
  if (parts[0] === 'miner') return { logins: [], workers: parts.slice(2, 3) };
  const at = parts.findIndex((part) => WALLET.test(part));
  return { logins: parts.slice(at, at + 1), workers: at < 0 ? [] : parts.slice(at + 1, at + 2) };
}

/** The login of a client that named its wallet when it opened the WebSocket. */
export function pathLogin(dialect: string, { path, wrappers }: WrapperHints): Fact | null {
  if (path === null || wrappers.at(-1) !== 'websocket' || !OPENED_BY_PATH.has(dialect)) return null;
  const claims = pathClaims(path);
  return claims.logins.length === 0 ? null : { dialect, certainty: 0, role: 'login', claims };
}
