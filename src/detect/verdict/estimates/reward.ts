/** Where a job's coinbase pays the block reward: an address of the chain that the job is for. */
import { createHash } from 'node:crypto';
import type { EstimateRules } from '../../../model/estimate-rule.js';
import type { JobClues } from '../../../model/observation.js';
import { encodeBase58, encodeSegwit } from '../checksums.js';
import { chainsOf } from './chains.js';

/** Version bytes of Base58 addresses, and what Segwit addresses begin with (BIP 173). */
const NETWORKS: ReadonlyMap<
  string,
  { readonly key: number; readonly script: number; readonly segwit: string }
> = new Map([
  ['BTC', { key: 0x00, script: 0x05, segwit: 'bc' }],
  ['LTC', { key: 0x30, script: 0x32, segwit: 'ltc' }],
]);
const KEY_HASH = /^76a914([0-9a-f]{40})88ac$/;
const SCRIPT_HASH = /^a914([0-9a-f]{40})87$/;
/** Version 0 with 20 or 32 bytes, version 1 with 32 (BIP 141, BIP 341). */
const WITNESS = /^(?:00(?:14([0-9a-f]{40})|20([0-9a-f]{64}))|5120([0-9a-f]{64}))$/;

/** Of the largest output; null where the chain, or the form of its script, is not known. */
export function rewardAddress(clues: JobClues | undefined, rules: EstimateRules): string | null {
  const [script] = clues?.outputs ?? [];
  const chain = chainsOf(clues, rules)[0];
  const network = chain === undefined ? undefined : NETWORKS.get(chain.ticker);
  if (script === undefined || network === undefined) return null;
  const [, keyHash] = KEY_HASH.exec(script) ?? [];
  if (keyHash !== undefined) return withChecksum(network.key, keyHash);
  const [, scriptHash] = SCRIPT_HASH.exec(script) ?? [];
  if (scriptHash !== undefined) return withChecksum(network.script, scriptHash);
  const [, short, long, taproot] = WITNESS.exec(script) ?? [];
  const program = short ?? long ?? taproot;
  return program === undefined
    ? null
    : encodeSegwit(network.segwit, taproot === undefined ? 0 : 1, Buffer.from(program, 'hex'));
}

function withChecksum(version: number, hash: string): string {
  const payload = Buffer.concat([Buffer.of(version), Buffer.from(hash, 'hex')]);
  const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();
  return encodeBase58(Buffer.concat([payload, sha256(sha256(payload)).subarray(0, 4)]));
}
