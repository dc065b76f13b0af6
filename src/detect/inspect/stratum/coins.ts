import type { CoinHint } from '../../../model/observation.js';

/** Algorithms named in jobs and the coin they point to; several coins share most of them, hence the confidence. */
const BY_ALGORITHM: ReadonlyMap<string, readonly [ticker: string, confidence: number]> = new Map([
  ['rx/0', ['XMR', 0.6]],
  ['rx/2', ['XMR', 0.6]],
  ['cn/r', ['XMR', 0.5]],
  ['rx/wow', ['WOW', 0.9]],
  ['rx/arq', ['ARQ', 0.9]],
  ['rx/graft', ['GRFT', 0.8]],
  ['rx/sfx', ['SFX', 0.8]],
  ['rx/yada', ['YDA', 0.9]],
  ['rx/keva', ['KVA', 0.9]],
  ['panthera', ['XLA', 0.8]],
  ['cn/gpu', ['RYO', 0.6]],
  ['ghostrider', ['RTM', 0.6]],
  ['kawpow', ['RVN', 0.6]],
  ['etchash', ['ETC', 0.8]],
  ['progpowz', ['ZANO', 0.8]],
  ['sha3x', ['XTM', 0.8]],
  ['qpow-poseidon2', ['QUAN', 0.8]],
]);

export function coinsOfAlgorithm(algorithm: string): CoinHint[] {
  const found = BY_ALGORITHM.get(algorithm.toLowerCase());
  return found === undefined ? [] : [{ ticker: found[0], basis: 'algorithm', confidence: found[1] }];
}
