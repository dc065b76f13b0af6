import type { Endpoint, Origin } from './flow.js';
import type { ShareProof } from './proof.js';

/** P payload, E endpoint, T TLS client, B behaviour, C block clock, N against (detection.md §2). */
export type EvidenceGroup = 'P' | 'E' | 'T' | 'B' | 'C' | 'N';
export type Strength = 'decisive' | 'strong' | 'weak' | 'against';

/** A fact that a rule has given weight; can be shown to a person. Facts of one key add up. */
export interface Evidence {
  /** Rule id, e.g. `stratum.cryptonote.login`. */
  readonly rule: string;
  /** Row of the evidence table of docs/verdicts.md: `P3`, `E7`, `N1` … */
  readonly item: string;
  readonly group: EvidenceGroup;
  readonly strength: Strength;
  /** log10 of the likelihood ratio (bans): how much likelier this fact is from a miner than from anything else. */
  readonly weight: number;
  /** The address that is judged. */
  readonly suspect: string;
  /** The other side; null where there is none (a DNS look-up). */
  readonly peer: Endpoint | null;
  /** Name of the peer where known: DNS, SNI, HTTP Host, named in the stream. Printable. */
  readonly host: string | null;
  /** sessionKey() where the fact belongs to one conversation. */
  readonly session: string | null;
  readonly bothDirections: boolean;
  readonly encrypted: boolean;
  readonly count: number;
  readonly firstUs: number;
  readonly lastUs: number;
  /** What a person can check: printable, at most 512 characters. */
  readonly excerpt: string;
  readonly origin: Origin;
  /** Of P1: what a third party needs to recompute the work. */
  readonly proof?: ShareProof;
}
