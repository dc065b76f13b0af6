import type { NameGlance } from '../../../model/glance.js';
import { beginsWithAlias } from '../dns/dns-message.js';

const HEADER = 12;
const MAX_NAME = 253;
/** The question of a message, written with dots. */
const name = Buffer.allocUnsafeSlow(MAX_NAME + 1);

/**
 * Whether a DNS message is well formed as far as its question, and asks for a name that the rules do not know: parseDns
 * would call it unwanted. False for all that is unusual, and where aliases of the name are told, which may be listed.
 */
export function dismissesDns(bytes: Buffer, start: number, end: number, mayInterest: NameGlance): boolean {
  // Type and class follow the name.
  const last = end - 4;
  let at = start + HEADER;
  let length = 0;
  for (;;) {
    if (at >= last) return false;
    const label = bytes[at] as number;
    if (label === 0) break;
    // 64 and more are pointers and unknown label types.
    if (label > 63 || at + 1 + label > last || length + label > MAX_NAME) return false;
    if (length > 0) name[length++] = 0x2e;
    for (let index = at + 1; index <= at + label; index++) {
      const byte = bytes[index] as number;
      if (byte === 0x2e) return false;
      name[length++] = byte;
    }
    at += 1 + label;
  }
  return length <= MAX_NAME && !mayInterest(name, 0, length) && !beginsWithAlias(bytes, at + 5, end);
}
