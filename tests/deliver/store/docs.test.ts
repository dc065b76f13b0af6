import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openStore } from '../../../src/deliver/store/index.js';
import { Sqlite } from '../../support/sqlite.js';
import { temporaryFolder } from '../samples.js';

/** `## table` sections of the page, each with rows `| column | type | …`. */
function documented(): Record<string, string[]> {
  const page = readFileSync(new URL('../../../docs/database.md', import.meta.url), 'utf8');
  const sections = page.split(/^## /m).slice(1);
  return Object.fromEntries(
    sections
      .map((section): [string, string[]] => [
        /^`(\w+)`/.exec(section)?.[1] ?? '',
        [...section.matchAll(/^\| `(\w+)` \| (\w+)/gm)].map((match) => `${match[1]} ${match[2]}`),
      ])
      .filter(([table]) => table !== ''),
  );
}

it('docs/database.md describes every table and column', () => {
  const path = join(temporaryFolder(), 'db.sqlite');
  openStore(path).close();
  const db = new Sqlite(path, { readonly: true });
  const tables = db
    .prepare<[], string>(`SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name`)
    .pluck()
    .all();
  const columns = db.prepare<[string], { name: string; type: string }>(
    'SELECT name, type FROM pragma_table_xinfo(?)',
  );
  const actual = tables.map((table) => [
    table,
    columns.all(table).map(({ name, type }) => `${name} ${type}`),
  ]);
  db.close();
  expect(documented()).toEqual(Object.fromEntries(actual));
});
