import { gunzipSync, inflateRawSync, inflateSync } from 'node:zlib';
import { JsonThinner } from '../websocket/json-thinner.js';

/** Bodies beyond this, unpacked or thinned out, are not read. */
const MAX_BODY = 64 * 1024;
/** Longest body that is thinned out; a block template with all its transactions is about 4 MB. */
const MAX_LONG_BODY = 16 * 1024 * 1024;

const JSON_TYPE = /^application\/(json|json-rpc|jsonrequest|[\w.-]+\+json)\b/i;
/** Types that never hold work for a miner, whatever words are in them. */
const OTHER_TYPE =
  /^(text\/(?!plain)|image\/|audio\/|video\/|font\/|multipart\/|application\/(x?html|xml|javascript))/i;
const OPEN_BRACE = 0x7b;
const OPEN_BRACKET = 0x5b;

/** Gathers a body that may be JSON; of any other kind not a byte is kept. */
export class JsonBody {
  readonly #coding: string;
  #state: 'unknown' | 'json' | 'other' = 'unknown';
  #bytes: Buffer = Buffer.alloc(0);
  #length = 0;
  #received = 0;
  #thinner: JsonThinner | null = null;

  constructor(headers: ReadonlyMap<string, string>) {
    this.#coding = (headers.get('content-encoding') ?? 'identity').toLowerCase();
    const type = headers.get('content-type') ?? '';
    if (OTHER_TYPE.test(type)) this.#state = 'other';
    // Compressed bytes do not show what they are; the type must say it.
    else if (this.#coding !== 'identity') this.#state = JSON_TYPE.test(type) ? 'json' : 'other';
  }

  add(piece: Buffer): void {
    if (this.#state === 'other') return;
    let bytes = piece;
    if (this.#state === 'unknown') {
      let at = 0;
      while (at < piece.length && isBlank(piece[at] ?? 0)) at++;
      if (at === piece.length) return;
      this.#state = piece[at] === OPEN_BRACE || piece[at] === OPEN_BRACKET ? 'json' : 'other';
      if (this.#state === 'other') return;
      bytes = piece.subarray(at);
    }
    this.#received += bytes.length;
    if (this.#thinner === null && this.#length + bytes.length <= MAX_BODY) this.#keep(bytes);
    else if (this.#coding !== 'identity' || this.#received > MAX_LONG_BODY || !this.#thin(bytes))
      this.#drop();
  }

  #keep(bytes: Buffer): void {
    const length = this.#length + bytes.length;
    if (length > this.#bytes.length) {
      const grown = Buffer.allocUnsafeSlow(Math.min(MAX_BODY, length * 2));
      this.#bytes.copy(grown, 0, 0, this.#length);
      this.#bytes = grown;
    }
    bytes.copy(this.#bytes, this.#length);
    this.#length = length;
  }

  /** From here on only the frame of the JSON text is kept, of what came before too. */
  #thin(bytes: Buffer): boolean {
    if (this.#thinner === null) {
      this.#thinner = new JsonThinner();
      const all = this.#bytes.subarray(0, this.#length);
      this.#bytes = Buffer.allocUnsafeSlow(MAX_BODY);
      this.#length = this.#thinner.thin(all, this.#bytes, 0);
    }
    this.#length = this.#thinner.thin(bytes, this.#bytes, this.#length);
    return this.#length >= 0;
  }

  #drop(): void {
    this.#state = 'other';
    this.#bytes = Buffer.alloc(0);
    this.#length = 0;
  }

  /** The body, unpacked; `null` where it is not JSON, too long or unreadable. */
  finish(): Buffer | null {
    if (this.#state !== 'json' || this.#length === 0) return null;
    const body = unpack(this.#bytes.subarray(0, this.#length), this.#coding);
    const first = body?.[0];
    return first === OPEN_BRACE || first === OPEN_BRACKET ? body : null;
  }
}

function unpack(bytes: Buffer, coding: string): Buffer | null {
  const options = { maxOutputLength: MAX_BODY };
  try {
    if (coding === 'identity') return bytes;
    if (coding === 'gzip' || coding === 'x-gzip') return gunzipSync(bytes, options);
    // "deflate" is zlib (RFC 9110 §8.4.1.2); some send raw deflate under that name.
    if (coding === 'deflate')
      return ((bytes[0] ?? 0) & 0x0f) === 8 ? inflateSync(bytes, options) : inflateRawSync(bytes, options);
    return null;
  } catch {
    return null;
  }
}

function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0d || byte === 0x0a;
}
