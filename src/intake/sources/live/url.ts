/** The inputs of `rigwatch watch` as text: parsed and checked here, opened elsewhere. */
import { UsageError } from '../../../base/errors.js';
import { parseIp } from '../../../base/ip.js';
import { either, type Phrase, phrase } from '../../../base/phrase.js';
import { printable } from '../../../base/text.js';
import {
  IDLE_SECONDS,
  MAX_FILTER_LENGTH,
  MAX_IDLE_SECONDS,
  MAX_POLL_MS,
  MAX_RECEIVE_BUFFER_BYTES,
  MAX_SNAPLEN,
  POLL_MS,
  RECEIVE_BUFFER_BYTES,
} from './limits.js';
import type { ExportKind } from './live.js';

export interface UdpInput {
  readonly kind: 'udp';
  readonly url: string;
  /** Canonical address; `::` takes IPv4 too. */
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  readonly expects: ExportKind;
  readonly receiveBufferBytes: number;
}

export interface TcpInput {
  readonly kind: 'tcp';
  readonly url: string;
  readonly host: string;
  readonly port: number;
  readonly idleSeconds: number;
}

export interface FileInput {
  readonly kind: 'file';
  readonly url: string;
  /** A file, a folder or a pattern. */
  readonly path: string;
  readonly pollMs: number;
}

export interface StdinInput {
  readonly kind: 'stdin';
  readonly url: string;
}

export interface InterfaceInput {
  readonly kind: 'interface';
  readonly url: string;
  readonly name: string;
  /** A capture filter (pcap-filter(7)); empty: all packets. */
  readonly filter: string;
  /** Bytes kept of each packet; null: all. */
  readonly snaplen: number | null;
}

export type LiveInput = UdpInput | TcpInput | FileInput | StdinInput | InterfaceInput;

const EXPECTED = phrase`netflow://, ipfix://, sflow:// or udp://HOST:PORT, ipfix+tcp://HOST:PORT, file://PATH, a path, -, if://NAME`;

/** Registered ports: sFlow 6343, IPFIX 4739; 2055 is the usual one of NetFlow (none is registered). */
const SOCKETS: Readonly<Record<string, { expects: ExportKind; port: number }>> = {
  netflow: { expects: 'netflow', port: 2055 },
  ipfix: { expects: 'ipfix', port: 4739 },
  sflow: { expects: 'sflow', port: 6343 },
  udp: { expects: 'any', port: 2055 },
};
const IPFIX_TCP_PORT = 4739;

/** Linux: at most 15 characters without slash or white space; other systems name them alike. */
const INTERFACE_NAME = /^[A-Za-z0-9][A-Za-z0-9_.:@+-]{0,63}$/;

/** What names a socket, and no scheme; a file of such a name can be given as `./NAME`. */
const BARE_SOCKET = /^(?:\[[0-9A-Fa-f:.]+\]|\d+\.\d+\.\d+\.\d+|localhost|\*)?:\d{1,5}$/;

/** Throws UsageError with one line that says what was expected. */
export function parseLiveUrl(text: string): LiveInput {
  if (text === '-') return { kind: 'stdin', url: text };
  if (text === '') throw wrong(text, phrase`expected ${EXPECTED}`);
  const match = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/(.*)$/s.exec(text);
  if (match === null && BARE_SOCKET.test(text))
    throw wrong(
      text,
      phrase`is no path; for a socket write udp://${printable(text)} (or netflow://, ipfix://, sflow://, ipfix+tcp://)`,
    );
  if (match === null) return parseFile(text, text);
  const [, scheme = '', rest = ''] = match;
  const socket = SOCKETS[scheme.toLowerCase()];
  if (socket !== undefined) return parseUdp(text, rest, socket);
  switch (scheme.toLowerCase()) {
    case 'ipfix+tcp':
      return parseTcp(text, rest);
    case 'file':
      return parseFile(text, decodePath(text, rest));
    case 'if':
      return parseInterface(text, rest);
    default:
      throw wrong(text, phrase`unknown scheme ${printable(scheme)}://, expected ${EXPECTED}`);
  }
}

function parseUdp(url: string, rest: string, socket: { expects: ExportKind; port: number }): UdpInput {
  const [authority, options] = splitOptions(url, rest, ['rcvbuf']);
  const receiveBufferBytes = parseSize(url, options.get('rcvbuf')) ?? RECEIVE_BUFFER_BYTES;
  return {
    kind: 'udp',
    url,
    ...parseAuthority(url, authority, socket.port),
    expects: socket.expects,
    receiveBufferBytes,
  };
}

function parseTcp(url: string, rest: string): TcpInput {
  const [authority, options] = splitOptions(url, rest, ['idle']);
  const idleSeconds = parseNumber(url, 'idle', options.get('idle'), 1, MAX_IDLE_SECONDS) ?? IDLE_SECONDS;
  return { kind: 'tcp', url, ...parseAuthority(url, authority, IPFIX_TCP_PORT), idleSeconds };
}

/** A question mark is a wildcard too: only `?poll=…` at the very end is an option. */
function parseFile(url: string, text: string): FileInput {
  const match = /^(.*)\?poll=([^/?]*)$/s.exec(text);
  const path = match?.[1] ?? text;
  if (path === '') throw wrong(url, phrase`expected a path, as in file:///var/log/suricata/eve.json`);
  if (path.includes('\0')) throw wrong(url, phrase`a path cannot hold a null byte`);
  const pollMs = parseNumber(url, 'poll', match?.[2], 10, MAX_POLL_MS) ?? POLL_MS;
  return { kind: 'file', url, path, pollMs };
}

function parseInterface(url: string, rest: string): InterfaceInput {
  const [name, options] = splitOptions(url, rest, ['filter', 'snaplen']);
  if (!INTERFACE_NAME.test(name))
    throw wrong(url, phrase`${printable(name)} is no name of an interface, expected one as in if://eth0`);
  const filter = (options.get('filter') ?? '').trim();
  if (filter.length > MAX_FILTER_LENGTH || /[\x00-\x1f\x7f]/.test(filter))
    throw wrong(url, phrase`filter: expected at most ${MAX_FILTER_LENGTH} characters on one line`);
  const snaplen = parseNumber(url, 'snaplen', options.get('snaplen'), 64, MAX_SNAPLEN);
  return { kind: 'interface', url, name, filter, snaplen };
}

/** The part before the question mark, and the options behind it. */
function splitOptions(
  url: string,
  rest: string,
  known: readonly string[],
): [string, ReadonlyMap<string, string>] {
  const mark = rest.indexOf('?');
  if (mark < 0) return [rest, new Map()];
  const options = new Map<string, string>();
  for (const [key, value] of new URLSearchParams(rest.slice(mark + 1))) {
    if (!known.includes(key))
      throw wrong(url, phrase`unknown option ${printable(key)}, expected ${either(known)}`);
    if (options.has(key)) throw wrong(url, phrase`${key} is given twice`);
    options.set(key, value);
  }
  return [rest.slice(0, mark), options];
}

function parseAuthority(url: string, text: string, usualPort: number): { host: string; port: number } {
  const match = /^(?:\[([^\]]*)\]|([^:/[\]]*))(?::(\d{1,5}))?\/?$/.exec(text);
  if (match === null)
    throw wrong(url, phrase`expected HOST:PORT, as in 127.0.0.1:2055, [::]:2055 or :2055 for all addresses`);
  const [, bracketed, plain = '', portText] = match;
  const port = portText === undefined ? usualPort : Number(portText);
  if (port > 65_535) throw wrong(url, phrase`port ${port}: expected 0 to 65535`);
  if (bracketed === undefined && (plain === '' || plain === '*')) return { host: '::', port };
  if (plain === 'localhost') return { host: '127.0.0.1', port };
  const host = bracketed === undefined ? parseIp(plain) : canonicalIpv6(bracketed);
  if (host === null)
    throw wrong(
      url,
      phrase`${printable(bracketed ?? plain)} is no address of this machine; expected an IP address to listen on (IPv6 in brackets)`,
    );
  return { host, port };
}

const canonicalIpv6 = (text: string) => (text.includes(':') ? parseIp(text) : null);

/** `4194304`, `4M`, `512K`. */
function parseSize(url: string, text: string | undefined): number | null {
  if (text === undefined) return null;
  const match = /^(\d{1,10})([KkMm]?)$/.exec(text);
  const unit = match?.[2]?.toUpperCase();
  const bytes = Number(match?.[1] ?? Number.NaN) * (unit === 'K' ? 1 << 10 : unit === 'M' ? 1 << 20 : 1);
  if (!(bytes >= 4096 && bytes <= MAX_RECEIVE_BUFFER_BYTES))
    throw wrong(
      url,
      phrase`rcvbuf ${printable(text)}: expected bytes from 4096 to ${MAX_RECEIVE_BUFFER_BYTES}, or 512K, 32M`,
    );
  return bytes;
}

function parseNumber(
  url: string,
  key: string,
  text: string | undefined,
  least: number,
  most: number,
): number | null {
  if (text === undefined) return null;
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= least && value <= most))
    throw wrong(url, phrase`${key} ${printable(text)}: expected a whole number from ${least} to ${most}`);
  return value;
}

function decodePath(url: string, text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw wrong(
      url,
      phrase`a % in a file URL starts two hexadecimal digits, as in %20; a bare path needs none`,
    );
  }
}

function wrong(url: string, message: Phrase): UsageError {
  return new UsageError('input-url-invalid', phrase`${printable(url)}: ${message}`);
}
