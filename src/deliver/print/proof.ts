import { fill } from '../../base/fill.js';
import { formatEndpoint } from '../../base/ip.js';
import { printable } from '../../base/text.js';
import { formatTime } from '../../base/time.js';
import type { Endpoint } from '../../model/flow.js';
import type { Language } from '../../model/language.js';
import type { Recomputed, ShareProof } from '../../model/proof.js';
import { PROOF_MESSAGES } from './messages/proof-messages.js';
import { labelled } from './translate.js';

/** A stored proof and whom it is about. */
export interface ProvenShare {
  readonly suspect: string;
  readonly rule: string;
  readonly peer: Endpoint | null;
  readonly session: string | null;
  readonly count: number;
  readonly proof: ShareProof;
}

/** Everything that a third party needs to do the same with other tools, one field a line. */
export function formatProof(
  { suspect, peer, rule, count, proof }: ProvenShare,
  found: Recomputed | null,
  language: Language,
): string {
  const say = (key: keyof typeof PROOF_MESSAGES) => PROOF_MESSAGES[key][language];
  const fault = faultOf(found);
  const where = peer === null ? suspect : `${suspect} → ${formatEndpoint(peer.ip, peer.port)}`;
  const outcome = fault === null ? say('verified') : labelled(language, say('failed'), say(fault));
  const line = (label: string, text: string | number) => `  ${labelled(language, label, text)}`;
  const lines = [
    `${where}  ${rule}  ${formatTime(proof.timeUs) ?? ''}  ${outcome}`,
    line(say('shares'), count),
    line(say('job'), JSON.stringify(proof.job)),
    line(say('submit'), JSON.stringify(submitOf(proof))),
  ];
  if (proof.kind === 'header') {
    lines.push(
      line(
        say('stated'),
        proof.difficulty === null ? `target ${proof.target}` : `difficulty ${proof.difficulty}`,
      ),
      line(say('header'), proof.header),
      line(`${say('hash')} (${proof.algorithm})`, found?.hash ?? '?'),
    );
  } else {
    lines.push(
      line(say('stated'), proof.job.target),
      line(say('result'), found?.hash ?? '?'),
      `  ${say('asSent')}`,
    );
  }
  lines.push(line(say('target'), found?.target ?? '?'));
  return lines.map((line) => printable(line, MAX_LINE)).join('\n');
}

/** A job with its coinbase and branches is longer than other texts from traffic. */
const MAX_LINE = 65_536;

function submitOf(proof: ShareProof): object {
  if (proof.kind === 'result') return proof.submit;
  const { extranonce1, submit, versionMask } = proof;
  return { extranonce1, ...submit, versionMask };
}

function faultOf(found: Recomputed | null): 'damaged' | 'above' | 'differs' | null {
  if (found === null) return 'damaged';
  if (!found.meetsTarget) return 'above';
  return found.matchesRecord ? null : 'differs';
}

/** `rigwatch.proof/1` (docs/outputs.md). */
export function proofObject(share: ProvenShare, found: Recomputed | null): object {
  const { suspect, peer, rule, count, session, proof } = share;
  return {
    schema: 'rigwatch.proof/1',
    ip: suspect,
    peer: peer === null ? null : formatEndpoint(peer.ip, peer.port),
    rule,
    session,
    shares: count,
    time: formatTime(proof.timeUs),
    verified: faultOf(found) === null,
    fault: faultOf(found),
    hash: found?.hash ?? null,
    target: found?.target ?? null,
    proof,
  };
}

export function proofSummary(tally: { verified: number; failed: number }, language: Language): string {
  if (tally.verified + tally.failed === 0) return PROOF_MESSAGES.none[language];
  return fill(PROOF_MESSAGES.summary[language], tally);
}
