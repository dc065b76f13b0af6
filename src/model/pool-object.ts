import type { Level } from './verdict.js';

/** Why an address is not for a block list: private or local; monitored, or judged itself; a network that fronts for anybody. */
export type HeldBack = 'local' | 'own' | 'shared';

/** An endpoint that verdicts name, over all of the verdicts chosen: `rigwatch.pool/1` (docs/outputs.md). */
export interface PoolObject {
  readonly schema: 'rigwatch.pool/1';
  readonly address: string;
  readonly port: number;
  /** Names that traffic gave it, printable. */
  readonly hosts: readonly string[];
  /** Those of them that the pool lists know: a name that only traffic gave proves nothing. Lower case. */
  readonly listed_hosts: readonly string[];
  readonly operator: string | null;
  readonly country: string | null;
  readonly tls: boolean;
  /** Of verdicts that name one coin. */
  readonly coins: readonly string[];
  /** Highest level and score of the verdicts that name it. */
  readonly level: Level;
  readonly score: number;
  /** Verdicts that name it. */
  readonly suspects: number;
  readonly first_seen: string | null;
  readonly last_seen: string | null;
  /** Null: fit for a block list. */
  readonly held_back: HeldBack | null;
}

/** One conversation of a suspect with a pool that its verdict names. */
export interface ConversationObject {
  readonly source_port: number;
  readonly address: string;
  readonly port: number;
  readonly host: string | null;
  readonly dialect: string | null;
  readonly tls: boolean;
  readonly first_seen: string | null;
  readonly last_seen: string | null;
  readonly bytes_to_server: number | null;
  readonly bytes_to_client: number | null;
  /** Community ID v1; null where the transport is not known for certain. */
  readonly community_id: string | null;
}
