import { canonicalJson } from '../../base/canonical-json.js';
import { type Entry, type LogHead, PACKAGE_SCHEMA } from '../../model/evidence-log.js';
import { sealed } from './entry.js';
import type { SigningKey } from './key.js';

/** Entries of one package: its first line lists them all. */
export const MAX_PACKAGE_ENTRIES = 10_000;

/**
 * Some entries of a log, to be handed over: a signed first line that lists them (number and hash), with the public key
 * and the head of the log, then the entries as they stand in the log. Each piece ends with a line feed.
 */
export function* packageLines(
  entries: Iterable<Entry>,
  listed: readonly (readonly [number, string])[],
  { head, time, key }: { readonly head: LogHead; readonly time: string; readonly key: SigningKey },
): Generator<string> {
  const first = { schema: PACKAGE_SCHEMA, time, head, public_key: key.public.pem, entries: listed };
  yield sealed(first, key).line;
  for (const entry of entries) yield `${canonicalJson(entry)}\n`;
}
