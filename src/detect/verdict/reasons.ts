import type { Phrase } from '../../base/phrase.js';
import type { Reason } from '../../model/verdict.js';

/** Every code that a verdict can give as a reason. The message catalogue must know them all. */
export const REASON_CODES = [
  // What decided.
  'share-proved',
  'share-accepted',
  'job-answered',
  'mid-stream',
  'work-polled',
  'web-miner',
  'independent-groups',
  'learned-pool',
  'learned-pool-other-port',
  'persistent',
  'reopened',
  'declaration-exceeded',
  // What held the level down.
  'dns-only',
  'list-without-payload',
  'endpoint-only',
  'one-direction',
  'no-answer',
  'no-login',
  'payload-not-decisive',
  'handshake-only',
  'tls-fingerprint-only',
  'behaviour-only',
  'block-clock-only',
  'clock-unsupported',
  'encrypted',
  'sampled',
  'sampled-shared',
  'tunnelled',
  'conflicting',
  'below-threshold',
  // Findings.
  'prober',
  'pool-server',
  'node-or-wallet',
  'attempted',
  'resolver',
  'website-visit',
  'known-application',
  'cleared',
  // What is not known.
  'unknown-machine',
  'unknown-hashrate',
  'unknown-coin',
  'unknown-pool',
  'unknown-start',
] as const;

export type ReasonCode = (typeof REASON_CODES)[number];

export function reason(code: ReasonCode, text: Phrase): Reason {
  return { code, text: text.toString() };
}
