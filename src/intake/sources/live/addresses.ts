import { parseIp } from '../../../base/ip.js';
import { MAX_KNOWN_ADDRESSES } from './limits.js';

/** Addresses of peers as the rest of rigwatch writes them: IPv4-mapped as IPv4, without a zone. */
export class Addresses {
  readonly #known = new Map<string, string>();

  /** `text` is what the socket calls the peer. */
  canonical(text: string): string {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    if (this.#known.size >= MAX_KNOWN_ADDRESSES) this.#known.clear();
    const [bare = text] = text.split('%');
    const address = parseIp(bare) ?? bare;
    this.#known.set(text, address);
    return address;
  }
}
