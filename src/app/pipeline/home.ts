import { UsageError } from '../../base/errors.js';
import { type Cidr, isInCidr, parseCidr } from '../../base/ip.js';
import { phrase } from '../../base/phrase.js';

/** Addresses remembered with their answer; the rest is worked out again. */
const REMEMBERED = 65_536;

/** Tells whether an address belongs to the monitored networks; without any, every address does. */
export function homeNetworks(texts: readonly string[]): (ip: string) => boolean {
  if (texts.length === 0) return () => true;
  const blocks = texts.map(parseHome);
  const known = new Map<string, boolean>();
  return (ip) => {
    const before = known.get(ip);
    if (before !== undefined) return before;
    const answer = blocks.some((block) => isInCidr(ip, block));
    if (known.size >= REMEMBERED) known.clear();
    known.set(ip, answer);
    return answer;
  };
}

/** One `--home`. */
export function parseHome(text: string): Cidr {
  const block = parseCidr(text);
  if (block !== null) return block;
  throw new UsageError(
    'home-not-cidr',
    phrase`--home ${text}: expected an address block such as 10.0.0.0/8 or 2001:db8::/32`,
  );
}
