import { formatIpv4, formatIpv6 } from '../../base/ip.js';
import { printable } from '../../base/text.js';
import { type Endpoint, sessionKey } from '../../model/flow.js';
import type { FlowFields } from '../../model/flow-fields.js';
import { Kind, type Row } from './ndjson.js';

/** Conversations whose first second is remembered, so that all that logs tell of one falls into one session. */
const MAX_STARTS = 131_072;
/** Places at first: a log of few conversations holds 8 KiB. */
const FIRST_STARTS = 512;
/** Places that a name may take, one beside the other. */
const PROBES = 8;
const MAX_NAME = 253;

/** A host name as logs write it: lower case, no trailing dot, no port; null where it is none. */
export function hostName(text: string | null, withPort = false): string | null {
  if (text === null) return null;
  const bare = withPort ? text.replace(/(?<=[^:]):\d{1,5}$|(?<=\]):\d{1,5}$/, '') : text;
  const name = bare.toLowerCase().replace(/\.$/, '');
  return name.length <= MAX_NAME && /^[\x21-\x7e]+$/.test(name) ? name : null;
}

/** JA3 or JA4; null where it is neither. */
export function fingerprint(text: unknown): string | null {
  return typeof text === 'string' && /^[0-9a-zA-Z_]{16,64}$/.test(text) ? text : null;
}

/** Text as it may be kept; null where empty. */
export function kept(text: unknown): string | null {
  return typeof text === 'string' && text !== '' ? printable(text) : null;
}

export function clientOf(fields: FlowFields): Endpoint {
  return { ip: ipOf(fields, fields.srcOffset), port: fields.srcPort };
}

export function serverOf(fields: FlowFields): Endpoint {
  return { ip: ipOf(fields, fields.dstOffset), port: fields.dstPort };
}

function ipOf({ bytes, ipVersion }: FlowFields, at: number): string {
  return ipVersion === 4 ? formatIpv4(bytes.readUInt32BE(at)) : formatIpv6(bytes, at);
}

/** DNS record types that logs name (IANA DNS parameters). */
const TYPES: Readonly<Record<string, number>> = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  PTR: 12,
  MX: 15,
  TXT: 16,
  AAAA: 28,
  SRV: 33,
  NAPTR: 35,
  SVCB: 64,
  HTTPS: 65,
  ANY: 255,
};

export function recordType(name: unknown): number {
  return typeof name === 'string' ? (TYPES[name.toUpperCase()] ?? 0) : 0;
}

/** TTLs above 2^31 - 1 mean 0 (RFC 2181 §8). */
export function ttlOf(value: unknown): number {
  const ttl = Math.floor(Number(value));
  return ttl >= 0 && ttl <= 0x7fffffff ? ttl : 0;
}

/**
 * Session keys for lines that name their conversation (Zeek's uid, Suricata's flow_id): the time of the first line that
 * told of it, or of the connection itself. A table by two hashes of the name, which grows to MAX_STARTS places;
 * there, a newer name takes the place of an older one.
 */
export class SessionStarts {
  #first = new Int32Array(FIRST_STARTS);
  #second = new Int32Array(FIRST_STARTS);
  #startUs = new Float64Array(FIRST_STARTS).fill(Number.NaN);

  /** When the conversation named in `slot` of the row began: `startUs`, unless an earlier line has told. */
  note(row: Row, slot: number, startUs: number): number {
    if (row.kind[slot] === Kind.ABSENT) return startUs;
    const { bytes } = row;
    const end = row.end[slot]!;
    let first = 0x811c9dc5 | 0;
    let second = 0;
    for (let at = row.start[slot]!; at < end; at++) {
      const byte = bytes[at]!;
      first = Math.imul(first ^ byte, 0x01000193);
      second = (Math.imul(second, 31) + byte) | 0;
    }
    let place = this.#find(first, second);
    while (place < 0 && this.#first.length < MAX_STARTS) {
      this.#grow();
      place = this.#find(first, second);
    }
    if (place < 0) place = home(first, MAX_STARTS);
    else if (this.#first[place] === first && this.#second[place] === second) {
      const known = this.#startUs[place]!;
      if (!Number.isNaN(known)) return known;
    }
    this.#put(place, first, second, startUs);
    return startUs;
  }

  /** The place of this name, or a free one for it; -1: all that it may take are others'. */
  #find(first: number, second: number): number {
    const last = this.#first.length - 1;
    const from = home(first, this.#first.length);
    for (let probe = 0; probe < PROBES; probe++) {
      const place = (from + probe) & last;
      if (Number.isNaN(this.#startUs[place]!)) return place;
      if (this.#first[place] === first && this.#second[place] === second) return place;
    }
    return -1;
  }

  #put(place: number, first: number, second: number, startUs: number): void {
    this.#first[place] = first;
    this.#second[place] = second;
    this.#startUs[place] = startUs;
  }

  #grow(): void {
    const [firsts, seconds, starts] = [this.#first, this.#second, this.#startUs];
    this.#first = new Int32Array(firsts.length * 2);
    this.#second = new Int32Array(firsts.length * 2);
    this.#startUs = new Float64Array(firsts.length * 2).fill(Number.NaN);
    for (const [at, startUs] of starts.entries()) {
      const first = firsts[at]!;
      const place = Number.isNaN(startUs) ? -1 : this.#find(first, seconds[at]!);
      if (place >= 0) this.#put(place, first, seconds[at]!, startUs);
    }
  }

  key(row: Row, slot: number, fields: FlowFields, timeUs: number): string {
    return sessionKey(clientOf(fields), serverOf(fields), this.note(row, slot, timeUs));
  }
}

function home(hash: number, size: number): number {
  return (hash ^ (hash >>> 16)) & (size - 1);
}
