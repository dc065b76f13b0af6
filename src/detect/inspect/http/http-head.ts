/** Start line and headers of one HTTP/1.x message (RFC 9112), as far as they matter here. */

export const MAX_HEAD = 32 * 1024;
const MAX_HEADERS = 256;

/** Headers that only miners and work servers send (BIP 22, getwork extensions, bfgminer and cgminer sources). */
export const MINING_HEADERS = [
  'x-mining-extensions',
  'x-mining-hashrate',
  'x-mining-identifier',
  'x-stratum',
  'x-long-polling',
  'x-roll-ntime',
  'x-hash-difficulty',
  'x-reject-reason',
  'x-switch-to',
] as const;

/** Headers in which proxies name the client they speak for (RFC 7239, RFC 9110 §7.6.3, and what came before). */
export const FORWARDING_HEADERS = ['forwarded', 'x-forwarded-for', 'x-real-ip', 'via'] as const;

/** Headers that are kept; all others are passed over without being cut out. */
const KEPT: ReadonlySet<string> = new Set([
  'host',
  'user-agent',
  'authorization',
  'upgrade',
  'content-type',
  'content-length',
  'content-encoding',
  'transfer-encoding',
  ...MINING_HEADERS,
  ...FORWARDING_HEADERS,
]);
const KEPT_LENGTHS = [...KEPT].reduce((bits, name) => bits | (1 << name.length), 0);
const KEPT_LETTERS = [...KEPT].reduce((bits, name) => bits | (1 << (name.charCodeAt(0) & 31)), 0);

const REQUEST_LINE =
  /^(GET|HEAD|POST|PUT|DELETE|CONNECT|OPTIONS|TRACE|PATCH|PROPFIND|REPORT|SEARCH) +(\S+) +HTTP\/1\.[01]\s*$/;
const STATUS_LINE = /^HTTP\/1\.[01] +(\d{3})(?: .*)?$/;

export interface HttpHead {
  /** Null for an answer. */
  readonly method: string | null;
  readonly target: string;
  /** 0 for a request. */
  readonly status: number;
  /** Those of KEPT, names in lower case; of repeated ones the first. */
  readonly headers: ReadonlyMap<string, string>;
}

export type BodyFraming =
  | { readonly kind: 'none' }
  | { readonly kind: 'length'; readonly length: number }
  | { readonly kind: 'chunked' }
  | { readonly kind: 'until-close' };

/** The head's text, without the blank line. `null`: neither a request nor an answer. */
export function parseHead(text: string): HttpHead | null {
  let at = text.indexOf('\n');
  const line = (at < 0 ? text : text.slice(0, at)).trimEnd();
  const request = REQUEST_LINE.exec(line);
  const answer = request === null ? STATUS_LINE.exec(line) : null;
  if (request === null && answer === null) return null;
  const headers = new Map<string, string>();
  for (let count = 0; at >= 0 && count < MAX_HEADERS; count++) {
    const start = at + 1;
    at = text.indexOf('\n', start);
    if ((KEPT_LETTERS & (1 << (text.charCodeAt(start) & 31))) === 0) continue;
    const end = at < 0 ? text.length : at;
    const colon = text.indexOf(':', start);
    if (colon < 0 || colon >= end || colon - start > 31 || (KEPT_LENGTHS & (1 << (colon - start))) === 0)
      continue;
    const name = text.slice(start, colon).toLowerCase();
    if (KEPT.has(name) && !headers.has(name)) headers.set(name, text.slice(colon + 1, end).trim());
  }
  return {
    method: request?.[1] ?? null,
    target: request?.[2] ?? '',
    status: Number(answer?.[1] ?? 0),
    headers,
  };
}

/** First bytes of a message: does it begin like one? `more` where the start line is not complete. */
export function probeStartLine(bytes: Buffer, wanted: 'request' | 'answer'): 'yes' | 'no' | 'more' {
  // Both begin with a capital letter: no text is made of anything else.
  const first = bytes[0] ?? 0;
  if (first < 0x41 || first > 0x5a) return 'no';
  const end = bytes.indexOf(0x0a);
  const seen = bytes.toString('latin1', 0, end < 0 ? bytes.length : end);
  if (end >= 0)
    return (wanted === 'request' ? REQUEST_LINE : STATUS_LINE).test(seen.trimEnd()) ? 'yes' : 'no';
  const isPossible =
    wanted === 'request' ? /^[A-Z]{1,8}( +[!-~]*( +H?[TP/1.0]*\r?)?)?$/ : /^H(T(T(P[^\n]*)?)?)?$/;
  return isPossible.test(seen) ? 'more' : 'no';
}

/** Whether a first piece is rather an answer than a request: `HT`, where a request could be `HEAD`. */
export function beginsLikeAnswer(bytes: Buffer): boolean {
  return bytes[0] === 0x48 && bytes[1] !== 0x45;
}

/** How the message's end is found (RFC 9112 §6.3). `null`: lengths that contradict each other or make no sense. */
export function bodyFraming(head: HttpHead, requestMethod: string | null): BodyFraming | null {
  const { status, headers } = head;
  const isAnswer = head.method === null;
  if (isAnswer && (status < 200 || status === 204 || status === 304 || requestMethod === 'HEAD')) {
    return { kind: 'none' };
  }
  const coding = headers.get('transfer-encoding');
  if (coding !== undefined) return /(^|,)\s*chunked$/i.test(coding) ? { kind: 'chunked' } : null;
  const length = headers.get('content-length');
  if (length !== undefined)
    return /^\d{1,15}$/.test(length) ? { kind: 'length', length: Number(length) } : null;
  return { kind: isAnswer ? 'until-close' : 'none' };
}

/** `host`, `host:port`, `[v6]:port` in lower case. `null` where it is no authority. */
export function parseAuthority(text: string): { readonly host: string; readonly port: number | null } | null {
  const match = /^(\[[0-9a-fA-F:.]{2,45}\]|[A-Za-z0-9._-]{1,253})(?::(\d{1,5}))?$/.exec(text);
  if (match === null) return null;
  const port = match[2] === undefined ? null : Number(match[2]);
  if (port !== null && (port === 0 || port > 65535)) return null;
  const host = (match[1] ?? '')
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '');
  return host === '' ? null : { host, port };
}
