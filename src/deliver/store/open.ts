import { statSync } from 'node:fs';
import { createRequire } from 'node:module';
import type BetterSqlite3 from 'better-sqlite3';
import { StoreError } from '../../base/errors.js';
import { phrase } from '../../base/phrase.js';
import { guarded, storeError } from './failures.js';
import { MIGRATIONS } from './migrations.js';

export type Database = BetterSqlite3.Database;

export interface StoreOptions {
  /** Opens an existing database for reading only. */
  readonly readOnly?: boolean;
  /** How long to wait for another writer, milliseconds. */
  readonly busyMs?: number;
}

/** `RIGW`: tells our files from other programs' (PRAGMA application_id). */
export const APPLICATION_ID = 0x52494757;
export const SCHEMA_VERSION = MIGRATIONS.length;
const BUSY_MS = 5000;
const CACHE_KIB = 65_536;
const CHECKPOINT_PAGES = 8192;
/** better-sqlite3 13 needs this Node-API; on an older Node it crashes the process. */
const NAPI_OF_ALIAS = 10;

type Load = (name: string) => unknown;

/**
 * The SQLite driver: better-sqlite3 13 under its alias, where Node.js has what it needs; else 12, which Node.js 24.19 and
 * later abort when they collect a statement of it (better-sqlite3 issue 1515). The first constructor call loads the
 * native part, so that is what is tried.
 */
export function loadDriver(
  load: Load = createRequire(import.meta.url),
  napi = Number(process.versions.napi),
): typeof BetterSqlite3 {
  const names = napi >= NAPI_OF_ALIAS ? ['better-sqlite3-napi', 'better-sqlite3'] : ['better-sqlite3'];
  let cause: unknown;
  for (const name of names) {
    try {
      // Both packages export the same class; types come from @types/better-sqlite3.
      const driver = load(name) as typeof BetterSqlite3;
      new driver(':memory:').close();
      return driver;
    } catch (error) {
      cause ??= error;
    }
  }
  throw new StoreError(
    'sqlite-missing',
    phrase`SQLite cannot be loaded: run "npm rebuild better-sqlite3" (needs python3, make and g++), or use Node.js 22.14 or later and run "npm install" again`,
    { cause },
  );
}

/** Opens and, unless read-only, migrates. Refuses files of other programs and of newer versions. */
export function openDatabase(path: string, options: StoreOptions = {}): Database {
  const readOnly = options.readOnly === true;
  const timeout = options.busyMs ?? BUSY_MS;
  const file = statSync(path, { throwIfNoEntry: false });
  if (file?.isDirectory())
    throw storeError('store-unopenable', path, phrase`it is a folder`, phrase`name a file with --db`);
  if (readOnly && file === undefined) {
    throw storeError(
      'store-missing',
      path,
      phrase`there is no such file`,
      phrase`run "rigwatch scan" first, or name it with --db`,
    );
  }
  const driver = loadDriver();
  return guarded(path, () => {
    const db = new driver(path, { readonly: readOnly, timeout });
    try {
      checkOwner(db, path);
      checkVersion(db, path, readOnly);
      if (!readOnly) prepare(db, path);
      return db;
    } catch (error) {
      db.close();
      throw error;
    }
  });
}

function checkOwner(db: Database, path: string): void {
  const owner = db.pragma('application_id', { simple: true });
  if (owner === APPLICATION_ID) return;
  const isEmpty = db.prepare('SELECT count(*) FROM sqlite_schema').pluck().get() === 0;
  if (owner === 0 && isEmpty && versionOf(db) === 0) return;
  throw storeError(
    'store-foreign',
    path,
    phrase`it belongs to another program`,
    phrase`name another file with --db`,
  );
}

function checkVersion(db: Database, path: string, readOnly: boolean): void {
  const version = versionOf(db);
  if (version > SCHEMA_VERSION) {
    throw storeError(
      'store-newer',
      path,
      phrase`it was written by a newer rigwatch (schema ${version}, this one knows ${SCHEMA_VERSION})`,
      phrase`update rigwatch, or name another file with --db`,
    );
  }
  if (readOnly && version < SCHEMA_VERSION) {
    const what =
      version === 0 ? phrase`it is empty` : phrase`its schema ${version} is older than ${SCHEMA_VERSION}`;
    throw storeError('store-older', path, what, phrase`run "rigwatch scan" with it once`);
  }
}

function prepare(db: Database, path: string): void {
  db.pragma('journal_mode = WAL');
  // With WAL a power cut may lose the last transactions, never the database.
  db.pragma('synchronous = NORMAL');
  // Hot pages stay in memory, and the log is folded back less often: a third faster where much is saved at once.
  db.pragma(`cache_size = -${CACHE_KIB}`);
  db.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
  // Another process may be migrating as well: look at the version again once we hold the lock.
  db.transaction(() => {
    checkVersion(db, path, false);
    for (const migrate of MIGRATIONS.slice(versionOf(db))) applyStep(db, migrate);
  }).immediate();
}

/** Each step is a (nested) transaction of its own and raises the version by one. */
function applyStep(db: Database, migrate: (db: Database) => void): void {
  db.transaction(() => {
    migrate(db);
    db.pragma(`application_id = ${APPLICATION_ID}`);
    db.pragma(`user_version = ${versionOf(db) + 1}`);
  })();
}

function versionOf(db: Database): number {
  return Number(db.pragma('user_version', { simple: true }));
}
