import { existsSync } from 'node:fs';
import { StoreError } from '../../base/errors.js';
import { phrase } from '../../base/phrase.js';
import type { Entry } from '../../model/evidence-log.js';
import { parseEntry } from './entry.js';
import { linesOfFiles, segmentsOf } from './segments.js';

/** The entries of a log or package, one at a time; what is none is passed over: verifyFile() says so. */
export function* entriesOf(path: string): Generator<Entry> {
  if (!existsSync(path))
    throw new StoreError(
      'evidence-missing',
      phrase`${path}: there is no evidence log; "rigwatch scan" begins one`,
    );
  for (const { bytes, isTooLong } of linesOfFiles(segmentsOf(path))) {
    const entry = isTooLong ? 'not-an-entry' : parseEntry(bytes);
    if (typeof entry !== 'string') yield entry;
  }
}
