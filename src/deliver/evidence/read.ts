import { closeSync, existsSync, openSync } from 'node:fs';
import { StoreError } from '../../base/errors.js';
import { phrase } from '../../base/phrase.js';
import type { Entry } from '../../model/evidence-log.js';
import { parseEntry } from './entry.js';
import { linesOf, reading } from './lines.js';

/** The entries of a log or package, one at a time; what is none is passed over: verifyFile() says so. */
export function* entriesOf(path: string): Generator<Entry> {
  if (!existsSync(path))
    throw new StoreError(
      'evidence-missing',
      phrase`${path}: there is no evidence log; "rigwatch scan" begins one`,
    );
  const file = openSync(path, 'r');
  try {
    for (const { bytes, isTooLong } of linesOf(reading(file))) {
      const entry = isTooLong ? 'not-an-entry' : parseEntry(bytes);
      if (typeof entry !== 'string') yield entry;
    }
  } finally {
    closeSync(file);
  }
}
