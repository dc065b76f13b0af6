import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { StoreError } from '../../../src/base/errors.js';
import { asStoreError } from '../../../src/deliver/store/failures.js';
import { openStore } from '../../../src/deliver/store/index.js';
import { APPLICATION_ID, loadDriver, openDatabase, SCHEMA_VERSION } from '../../../src/deliver/store/open.js';
import { Sqlite } from '../../support/sqlite.js';
import { START_US, sampleVerdict, temporaryFolder } from '../samples.js';

const RUN = { startedUs: START_US, version: '0.1.0', rulesVersion: 'r1' };

function refusal(action: () => unknown): StoreError {
  try {
    action();
  } catch (error) {
    if (error instanceof StoreError) return error;
    throw error;
  }
  throw new Error('was not refused');
}

const newPath = () => join(temporaryFolder(), 'db.sqlite');

describe('opening a database', () => {
  it('brings an empty file to the schema, once', () => {
    const path = newPath();
    writeFileSync(path, '');
    openStore(path).close();
    const db = new Sqlite(path);
    expect(db.pragma('user_version', { simple: true })).toBe(SCHEMA_VERSION);
    expect(db.pragma('application_id', { simple: true })).toBe(APPLICATION_ID);
    expect(db.pragma('journal_mode', { simple: true })).toBe('wal');
    const loose = db
      .prepare(
        `SELECT name FROM pragma_table_list WHERE type = 'table' AND strict = 0 AND name NOT LIKE 'sqlite_%'`,
      )
      .all();
    expect(loose).toEqual([]);
    db.close();
    openStore(path).close();
  });

  it('starts at the step that is missing, and undoes a step that fails', () => {
    const path = newPath();
    const db = new Sqlite(path);
    // What a step half done would leave behind, were it not undone.
    db.exec('CREATE TABLE runs (x)');
    db.pragma(`application_id = ${APPLICATION_ID}`);
    db.close();
    expect(() => openStore(path)).toThrow('already exists');
    const after = new Sqlite(path);
    expect(after.pragma('user_version', { simple: true })).toBe(0);
    expect(after.prepare('SELECT name FROM sqlite_schema').pluck().all()).toEqual(['runs']);
    after.close();
  });

  it.each([
    ['store-missing', () => openStore(newPath(), { readOnly: true })],
    ['store-unopenable', () => openStore(join(temporaryFolder(), 'no', 'such', 'folder.sqlite'))],
    ['store-unopenable', () => openStore(temporaryFolder())],
  ])('says clearly: %s', (code, open) => {
    const error = refusal(open);
    expect(error.code).toBe(code);
    expect(error.exitCode).toBe(2);
    expect(error.message).toMatch(/^database .+: .+; .+$/);
    expect(error.message).not.toContain('\n');
  });

  it('refuses what is not a database, and leaves it alone', () => {
    const path = newPath();
    const text = 'ip,level\n10.0.0.1,confirmed\n'.repeat(100);
    writeFileSync(path, text);
    expect(refusal(() => openStore(path)).code).toBe('store-not-a-database');
    expect(readFileSync(path, 'utf8')).toBe(text);
  });

  it('refuses the database of another program', () => {
    const path = newPath();
    const db = new Sqlite(path);
    db.exec('CREATE TABLE bookmarks (url TEXT)');
    db.close();
    const error = refusal(() => openStore(path));
    expect(error.code).toBe('store-foreign');
    expect(error.message).toContain(path);
  });

  it('refuses a newer version and says what to do', () => {
    const path = newPath();
    openStore(path).close();
    const db = new Sqlite(path);
    db.pragma(`user_version = ${SCHEMA_VERSION + 1}`);
    db.close();
    expect(refusal(() => openStore(path))).toMatchObject({ code: 'store-newer' });
    expect(refusal(() => openStore(path, { readOnly: true })).message).toContain('update rigwatch');
  });

  it('refuses to read an empty file', () => {
    const path = newPath();
    writeFileSync(path, '');
    expect(refusal(() => openStore(path, { readOnly: true })).code).toBe('store-older');
  });

  it('says that a database is locked', () => {
    const path = newPath();
    const store = openStore(path, { busyMs: 20 });
    const other = new Sqlite(path);
    other.exec('BEGIN IMMEDIATE');
    expect(refusal(() => store.beginRun(RUN)).code).toBe('store-locked');
    other.exec('ROLLBACK');
    expect(store.beginRun(RUN)).toBe(1);
    other.close();
    store.close();
  });

  it('says that the disk is full, and keeps what was saved', () => {
    const path = newPath();
    const db = openDatabase(path);
    db.pragma(`max_page_count = ${db.pragma('page_count', { simple: true })}`);
    const insert = db.prepare('INSERT INTO addresses (ip) VALUES (?)');
    const fill = () => {
      try {
        for (let at = 0; at < 10_000; at++) insert.run(`${at}${'x'.repeat(100)}`);
      } catch (error) {
        throw asStoreError(error, path);
      }
    };
    expect(refusal(fill).code).toBe('store-full');
    db.close();
    openStore(path).close();
  });

  it.skipIf(process.getuid?.() === 0)('says that a folder cannot be written', () => {
    const folder = join(temporaryFolder(), 'sealed');
    mkdirSync(folder);
    chmodSync(folder, 0o555);
    expect(refusal(() => openStore(join(folder, 'db.sqlite'))).code).toBe('store-unopenable');
    chmodSync(folder, 0o755);
  });

  it('reads while another connection writes', () => {
    const path = newPath();
    const writer = openStore(path);
    const run = writer.beginRun(RUN);
    writer.saveVerdicts([sampleVerdict({ ip: '10.0.0.1' })], run);
    const reader = openStore(path, { readOnly: true });
    const rows = reader.listVerdicts();
    expect(rows.next().value?.ip).toBe('10.0.0.1');
    writer.saveVerdicts([sampleVerdict({ ip: '10.0.0.2' })], run);
    expect(rows.next().done).toBe(true);
    expect([...reader.listVerdicts()].length).toBe(2);
    expect(() => reader.beginRun(RUN)).toThrowError(expect.objectContaining({ code: 'store-unwritable' }));
    reader.close();
    writer.close();
  });
});

describe('loading the driver', () => {
  const load = (works: string) => (name: string) => {
    if (name === works)
      return class {
        close(): void {}
      };
    throw new Error(`cannot find ${name}`);
  };

  it('takes the Node-API build where Node can run it: newer ones abort with the other', () => {
    const both = (name: string) =>
      class {
        readonly driver = name;
        close(): void {}
      };
    expect(new (loadDriver(both, 10))('')).toMatchObject({ driver: 'better-sqlite3-napi' });
    expect(new (loadDriver(both, 9))('')).toMatchObject({ driver: 'better-sqlite3' });
    expect(() => loadDriver(load('better-sqlite3'), 10)).not.toThrow();
    expect(() => loadDriver(load('better-sqlite3'), 9)).not.toThrow();
    expect(() => loadDriver(load('better-sqlite3-napi'), 10)).not.toThrow();
    expect(refusal(() => loadDriver(load('better-sqlite3-napi'), 9)).code).toBe('sqlite-missing');
    expect(refusal(() => loadDriver(load('neither'), 10)).message).toContain('npm rebuild better-sqlite3');
  });
});
