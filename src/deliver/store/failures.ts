import { StoreError } from '../../base/errors.js';
import { type Phrase, phrase } from '../../base/phrase.js';

/** What SQLite says (primary result code), what we call it, and what a person can do. */
const FAILURES: Readonly<Record<string, readonly [code: string, what: Phrase, advice: Phrase]>> = {
  BUSY: [
    'store-locked',
    phrase`another program is writing to it`,
    phrase`wait until it is done, or use another --db`,
  ],
  LOCKED: [
    'store-locked',
    phrase`another program is writing to it`,
    phrase`wait until it is done, or use another --db`,
  ],
  FULL: [
    'store-full',
    phrase`the disk is full`,
    phrase`free some space and run again; what was saved is intact`,
  ],
  READONLY: [
    'store-unwritable',
    phrase`it cannot be written`,
    phrase`check the permissions of the file and its folder; even to read it SQLite writes beside it: a copy elsewhere will do`,
  ],
  PERM: [
    'store-unwritable',
    phrase`access is denied`,
    phrase`check the permissions of the file and its folder`,
  ],
  AUTH: [
    'store-unwritable',
    phrase`access is denied`,
    phrase`check the permissions of the file and its folder`,
  ],
  CANTOPEN: [
    'store-unopenable',
    phrase`it cannot be opened`,
    phrase`check that the folder exists and can be written`,
  ],
  NOTADB: ['store-not-a-database', phrase`it is not an SQLite database`, phrase`name another file with --db`],
  CORRUPT: ['store-corrupt', phrase`it is damaged`, phrase`restore a copy, or move it away and scan again`],
  IOERR: ['store-io', phrase`the disk reports an error`, phrase`check the disk`],
  TOOBIG: ['store-full', phrase`a row is too large`, phrase`report this with the input that caused it`],
};

/** Turns what the driver throws into one clear line. What is our own bug stays what it is. */
export function asStoreError(error: unknown, path: string): unknown {
  if (error instanceof StoreError || !(error instanceof Error)) return error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const primary = /^SQLITE_([A-Z]+)/.exec(code)?.[1];
  const known = primary === undefined ? undefined : FAILURES[primary];
  if (known !== undefined) {
    return storeError(known[0], path, phrase`${known[1]} (${code})`, known[2], error);
  }
  if (primary === undefined && error.message.includes('directory does not exist')) {
    return storeError(
      'store-unopenable',
      path,
      phrase`its folder does not exist`,
      phrase`create the folder`,
      error,
    );
  }
  return error;
}

/** Runs one action on the database at `path`; what SQLite refuses comes out as a StoreError. */
export function guarded<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw asStoreError(error, path);
  }
}

export function storeError(
  code: string,
  path: string,
  what: Phrase,
  advice: Phrase,
  cause?: unknown,
): StoreError {
  return new StoreError(code, phrase`database ${path}: ${what}; ${advice}`, { cause });
}

/** Rows that stream. Where nobody wants the rest, the query ends: until then the connection can do nothing else. */
export function* guardedRows<T>(path: string, rows: Generator<T>): Generator<T> {
  try {
    for (;;) {
      const next = guarded(path, () => rows.next());
      if (next.done) return;
      yield next.value;
    }
  } finally {
    rows.return(undefined);
  }
}
