import type { Writable } from 'node:stream';
import type { Language, Title } from '../../model/language.js';
import type { ConversationObject, PoolObject } from '../../model/pool-object.js';
import type { VerdictObject } from '../../model/verdict-object.js';

/** Two lists that must not be mixed up: monitored addresses, to clean up, and remote endpoints, to block. */
export const SUBJECTS = ['suspects', 'pools'] as const;
export type Subject = (typeof SUBJECTS)[number];

/** Traffic Light Protocol 2.0 (FIRST, 2022), least restrictive first. */
export const TLP_LABELS = ['clear', 'green', 'amber', 'amber+strict', 'red'] as const;
export type Tlp = (typeof TLP_LABELS)[number];

/** What is handed over. Each call walks the same facts from their beginning; nothing is held in memory. */
export interface Selection {
  readonly of: Subject;
  /** By score, then last seen, then address. */
  verdicts(): Iterable<VerdictObject>;
  /** The endpoints that these verdicts name, by address, then port. */
  pools(): Iterable<PoolObject>;
  /** The latest conversations of a suspect with them. */
  conversations(ip: string): readonly ConversationObject[];
}

export interface ExportOptions {
  /** A byte order mark first, for spreadsheets that otherwise guess the encoding. */
  readonly bom: boolean;
  /** Level and score beside each address, where the format has a place for comments. */
  readonly comments: boolean;
  readonly language: Language;
  /** Version of rigwatch. */
  readonly version: string;
  /** When it is written, epoch milliseconds. */
  readonly nowMs: number;
  /** How long an entry holds after it was last seen, seconds; null: for ever. */
  readonly maxAgeSeconds: number | null;
  readonly tlp: Tlp;
  /** Who hands it over. */
  readonly office: string;
  /** nftables: with a chain that drops. */
  readonly withDropRule: boolean;
  /** suricata-rules: first signature id. */
  readonly sidBase: number;
  readonly classtype: string;
}

/** A format that verdicts are handed over in. Writes as it reads, so that any number of them fits in memory. */
export interface Exporter {
  readonly name: string;
  /** Of a file name, without the dot. */
  readonly extension: string;
  readonly summary: Title;
  /** What it can list; the first unless told otherwise. */
  readonly subjects: readonly [Subject, ...Subject[]];
  /** Other tools act on it without a person in between: only flagged levels, and pools unless told otherwise. */
  readonly isBlockList?: boolean;
  /** It tells of pools whatever it lists. */
  readonly usesPools?: boolean;
  /** Meant for people: addresses and names can be defanged. */
  readonly isForPeople?: boolean;
  /** Leaves `out` open. Rejects where `out` fails. */
  write(selection: Selection, out: Writable, options: ExportOptions): Promise<void>;
}
