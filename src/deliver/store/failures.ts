import { StoreError } from '../../base/errors.js';

/** What SQLite says (primary result code), what we call it, and what a person can do. */
const FAILURES: Readonly<Record<string, readonly [code: string, what: string, advice: string]>> = {
  BUSY: ['store-locked', 'another program is writing to it', 'wait until it is done, or use another --db'],
  LOCKED: ['store-locked', 'another program is writing to it', 'wait until it is done, or use another --db'],
  FULL: ['store-full', 'the disk is full', 'free some space and run again; what was saved is intact'],
  READONLY: ['store-unwritable', 'it cannot be written', 'check the permissions of the file and its folder'],
  PERM: ['store-unwritable', 'access is denied', 'check the permissions of the file and its folder'],
  AUTH: ['store-unwritable', 'access is denied', 'check the permissions of the file and its folder'],
  CANTOPEN: ['store-unopenable', 'it cannot be opened', 'check that the folder exists and can be written'],
  NOTADB: ['store-not-a-database', 'it is not an SQLite database', 'name another file with --db'],
  CORRUPT: ['store-corrupt', 'it is damaged', 'restore a copy, or move it away and scan again'],
  IOERR: ['store-io', 'the disk reports an error', 'check the disk'],
  TOOBIG: ['store-full', 'a row is too large', 'report this with the input that caused it'],
};

/** Turns what the driver throws into one clear line. What is our own bug stays what it is. */
export function asStoreError(error: unknown, path: string): unknown {
  if (error instanceof StoreError || !(error instanceof Error)) return error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  const primary = /^SQLITE_([A-Z]+)/.exec(code)?.[1];
  const known = primary === undefined ? undefined : FAILURES[primary];
  if (known !== undefined) {
    return storeError(known[0], path, `${known[1]} (${code})`, known[2], error);
  }
  if (primary === undefined && error.message.includes('directory does not exist')) {
    return storeError('store-unopenable', path, 'its folder does not exist', 'create the folder', error);
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
  what: string,
  advice: string,
  cause?: unknown,
): StoreError {
  return new StoreError(code, `database ${path}: ${what}; ${advice}`, { cause });
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
