import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { StoreError } from '../../../src/base/errors.js';
import { openStore, type Store } from '../../../src/deliver/store/index.js';
import { MIGRATIONS } from '../../../src/deliver/store/migrations.js';
import { APPLICATION_ID } from '../../../src/deliver/store/open.js';
import type { Case } from '../../../src/model/case.js';
import type { Declaration } from '../../../src/model/declaration.js';
import type { UnitRange } from '../../../src/model/unit.js';
import { sampleCase } from '../../detect/cases/samples.js';
import { Sqlite } from '../../support/sqlite.js';
import { HOSTILE, START_US, sampleVerdict, temporaryFolder } from '../samples.js';

const EVENT = {
  atUs: START_US,
  actor: 'Li',
  subject: 'case 1',
  action: 'open',
  why: HOSTILE,
  detail: { a: [1] },
};

function newStore(): { store: Store; path: string } {
  const path = join(temporaryFolder(), 'db.sqlite');
  return { store: openStore(path), path };
}

describe('the trail', () => {
  it('gives back what was written, and refuses every change', () => {
    const { store, path } = newStore();
    store.office.saveCases([{ before: null, after: sampleCase(), event: EVENT }]);
    expect(store.office.trail('case 1')).toEqual([{ eventId: 1, ...EVENT }]);
    const db = new Sqlite(path);
    for (const sql of [
      `UPDATE audit SET actor = 'nobody'`,
      'UPDATE audit SET event_id = 9',
      'DELETE FROM audit',
      `INSERT OR REPLACE INTO audit VALUES (1, 0, 'x', 'case 1', 'x', 'x', '{}')`,
      `REPLACE INTO audit (event_id, at_us, actor, subject, action, why, detail) VALUES (1, 0, 'x', 'x', 'x', 'x', '{}')`,
    ])
      expect(() => db.exec(sql), sql).toThrow(/append-only/);
    db.close();
    expect(store.office.trail('case 1')).toEqual([{ eventId: 1, ...EVENT }]);
  });

  it('and the change it tells of stand or fall together', () => {
    const { store } = newStore();
    store.office.saveCases([{ before: null, after: sampleCase(), event: EVENT }]);
    const referred = sampleCase({ state: 'referred' });
    const stale = { before: { caseId: 1, state: 'watch' as const }, after: referred, event: EVENT };
    const good = { before: { caseId: 1, state: 'open' as const }, after: referred, event: EVENT };
    expect(() => store.office.saveCases([good, stale])).toThrow(StoreError);
    expect(store.office.loadCase(1)?.state).toBe('open');
    expect(store.office.trail('case 1')).toHaveLength(1);
    store.office.saveCases([good]);
    expect(store.office.loadCase(1)?.state).toBe('referred');
    expect(store.office.trail('case 1')).toHaveLength(2);
  });
});

describe('cases', () => {
  it('come back as they were', () => {
    const { store } = newStore();
    const whole: Case = sampleCase({
      state: 'watch',
      recurrences: 2,
      marks: { ips: ['10.0.0.1', '10.0.0.2'], wallets: [HOSTILE], workers: ['a'], peers: ['p q'] },
      referral: { document: HOSTILE, dateUs: 1, deadlineUs: null },
      check: {
        method: 'inspection',
        finding: 'active',
        dateUs: 2,
        machinesSealed: 3,
        computersSealed: null,
        coins: ['XMR'],
        notes: HOSTILE,
      },
      claimedUs: 4,
    });
    store.office.saveCases([{ before: null, after: whole, event: EVENT }]);
    expect(store.office.loadCase(1)).toEqual(whole);
    expect(store.office.cases({ states: ['watch'], unit: 'U1' })).toEqual([whole]);
    expect(store.office.cases({ states: ['open'] })).toEqual([]);
    expect(store.office.nextCaseId()).toBe(2);
    expect(store.office.loadCase(2)).toBeNull();
  });
});

const UNIT = {
  id: 'U1',
  name: HOSTILE,
  category: 'school',
  regionCode: '330106',
  region: null,
  contacts: 'x',
} as const;
const RANGE: UnitRange = {
  unitId: 'U1',
  first: '10.8.0.0',
  last: '10.8.255.255',
  fromUs: null,
  toUs: START_US,
  portFrom: 1,
  portTo: 2,
  kind: 'carrier-nat',
  isp: HOSTILE,
};

describe('units', () => {
  it('come back as they were; what a later import leaves out stays', () => {
    const { store } = newStore();
    const none = { added: [], ended: [], replaced: [] };
    store.office.saveUnits({ units: [UNIT], added: [RANGE], ended: [], replaced: [] }, EVENT);
    store.office.saveUnits({ units: [{ ...UNIT, category: null, contacts: null }], ...none }, EVENT);
    expect(store.office.loadUnits()).toEqual({ units: [UNIT], ranges: [{ rangeId: 1, ...RANGE }] });
    store.office.saveUnits({ ...none, units: [], ended: [{ rangeId: 1, toUs: 5 }] }, EVENT);
    expect(store.office.loadUnits().ranges[0]?.toUs).toBe(5);
    store.office.saveUnits({ ...none, units: [], replaced: [1] }, EVENT);
    expect(store.office.hasUnits()).toBe(false);
    expect(store.office.trail(EVENT.subject)).toHaveLength(4);
  });

  it('keep their ranges in the order they came, however many there are', () => {
    for (const count of [1, 19, 20, 21, 61]) {
      const { store } = newStore();
      const ranges = Array.from({ length: count }, (_, at) => ({
        ...RANGE,
        first: `10.0.${at}.0`,
        last: `10.0.${at}.9`,
      }));
      store.office.saveUnits({ units: [UNIT], added: ranges, ended: [], replaced: [] }, EVENT);
      expect(store.office.loadUnits().ranges).toEqual(
        ranges.map((range, at) => ({ rangeId: at + 1, ...range })),
      );
    }
  });

  it('own verdicts, which can be asked for by unit, category and region', () => {
    const { store } = newStore();
    const run = store.beginRun({ startedUs: START_US, version: '0', rulesVersion: '0' });
    store.office.saveUnits({ units: [UNIT], added: [RANGE], ended: [], replaced: [] }, EVENT);
    store.saveVerdicts([sampleVerdict(), sampleVerdict({ ip: '10.9.0.1' })], run);
    expect(store.office.assignUnits((ip) => (ip === '10.8.3.17' ? 'U1' : null))).toBe(1);
    expect(store.office.assignUnits((ip) => (ip === '10.8.3.17' ? 'U1' : null))).toBe(0);
    const ips = (filter: Parameters<Store['listVerdicts']>[0]) =>
      [...store.listVerdicts(filter)].map(({ ip }) => ip);
    expect(ips({ unit: 'U1' })).toEqual(['10.8.3.17']);
    expect(ips({ category: 'school' })).toEqual(['10.8.3.17']);
    expect(ips({ region: '330106' })).toEqual(['10.8.3.17']);
    expect(ips({ region: '330107' })).toEqual([]);
    expect(store.loadVerdict('10.8.3.17')?.unit).toEqual({
      id: 'U1',
      name: HOSTILE,
      category: 'school',
      region: '330106',
    });
    // A verdict that is made anew brings its owner along, if a register was asked.
    store.saveVerdicts([sampleVerdict()], run);
    expect(store.loadVerdict('10.8.3.17')?.unit?.id).toBe('U1');
    store.saveVerdicts([sampleVerdict({ unit: null })], run);
    expect(store.loadVerdict('10.8.3.17')?.unit).toBeNull();
  });
});

describe('declarations', () => {
  it('come back as they were, and end', () => {
    const { store } = newStore();
    const one: Declaration = {
      reference: 'R-1',
      unitId: null,
      range: { first: '10.0.0.1', last: '10.0.0.2' },
      purpose: HOSTILE,
      approver: 'x',
      fromUs: 1,
      toUs: null,
      coins: ['XMR'],
      maxMiners: 2,
      hours: { from: 480, to: 1200 },
      utcOffsetMinutes: 480,
    };
    const event = { ...EVENT, subject: 'declaration R-1' };
    store.office.saveDeclarations([one], [event]);
    expect(store.office.declarations()).toEqual([one]);
    expect(store.office.trail('declaration R-1')).toEqual([{ eventId: 1, ...event }]);
    expect(store.office.endDeclaration('R-1', 7, event)).toBe(true);
    expect(store.office.endDeclaration('R-2', 7, event)).toBe(false);
    expect(store.office.declarations()[0]?.toUs).toBe(7);
    expect(store.office.trail('declaration R-1')).toHaveLength(2);
  });
});

it('a database of the first schema is brought up to date, its verdicts kept', () => {
  const path = join(temporaryFolder(), 'old.sqlite');
  const db = new Sqlite(path);
  MIGRATIONS[0]?.(db);
  db.pragma(`application_id = ${APPLICATION_ID}`);
  db.pragma('user_version = 1');
  db.exec(`INSERT INTO addresses (ip_id, ip) VALUES (1, '10.8.3.17');
    INSERT INTO verdicts VALUES (1, '10.8.3.17', 1, 'confirmed', 0.9, 1, 2, 3, '[]', '[]', '[]', '[]', '[]', '[]', '[]', 0, NULL, '[]', '[]', '[]', 0, NULL)`);
  db.close();
  const store = openStore(path);
  expect(store.loadVerdict('10.8.3.17')).toMatchObject({ level: 'confirmed', unit: null });
  expect(store.office.cases()).toEqual([]);
  store.close();
});

describe('covered times', () => {
  const DAY_US = 86_400e6;

  function covered(runs: readonly (readonly [number, number | null])[]) {
    const { store, path } = newStore();
    const db = new Sqlite(path);
    const input = db.prepare(
      `INSERT INTO inputs (run_id, content_id, path, first_us, last_us, rules_version, state) VALUES (1, ?, 'x', ?, ?, 'r', ?)`,
    );
    input.run('live udp://127.0.0.1:2055', 0, 20 * DAY_US, 'partial');
    input.run('abc', 30 * DAY_US, 31 * DAY_US, 'complete');
    input.run('def', 40 * DAY_US, 41 * DAY_US, 'open');
    const run = db.prepare(
      `INSERT INTO runs (started_us, seconds, version, rules_version, options, state) VALUES (?, ?, 'v', 'r', ?, 'complete')`,
    );
    for (const [day, days] of runs)
      run.run(day * DAY_US, days === null ? null : days * 86_400, '{"watch":["udp://127.0.0.1:2055"]}');
    run.run(0, 86_400, '{}');
    db.close();
    return store.coveredTimes().map(({ fromUs, toUs }) => [fromUs / DAY_US, toUs / DAY_US]);
  }

  it('are those of files, and of a watch the times in which it ran', () => {
    const file = [30, 31];
    expect(covered([])).toEqual([file]);
    expect(
      covered([
        [1, 2],
        [10, 99],
      ]),
    ).toEqual([[1, 3], [10, 20], file]);
  });

  it('of a watch that was killed are not known, but for the last', () => {
    expect(
      covered([
        [1, null],
        [10, 2],
        [15, null],
      ]),
    ).toEqual([
      [10, 12],
      [15, 20],
      [30, 31],
    ]);
  });
});
