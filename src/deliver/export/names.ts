import { parseIp } from '../../base/ip.js';

/** Names and texts, made fit for formats that have no escapes of their own. */

const LABELS = /^(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]{0,62})(?:\.[a-z0-9_](?:[a-z0-9_-]{0,62}))+$/;

/** A domain name in lower case (RFC 1035 §2.3.1, and underscores), or null where the text is none. */
export function domainName(host: string): string | null {
  const name = host.toLowerCase().replace(/\.$/, '');
  return LABELS.test(name) && parseIp(name) === null && !/\.\d+$/.test(name) ? name : null;
}

/** Letters, digits and a few marks that act nowhere; everything else becomes `_`. At most `limit` characters. */
export function plainText(text: string, limit: number): string {
  return text.replace(/[^A-Za-z0-9 .:/+_-]/g, '_').slice(0, limit);
}

/** `198.51.100[.]7`, `pool[.]example`, `2001[:]db8[:][:]1`: nothing that a mail program makes a link of. */
export function defanged(text: string): string {
  return text.replace(/[.:]/g, '[$&]').replace(/^http/i, 'hxxp');
}

/** `pool.example:3333`, `[2001:db8::1]:3333`. */
export function endpointName(name: string, port: number): string {
  return name.includes(':') ? `[${name}]:${port}` : `${name}:${port}`;
}
