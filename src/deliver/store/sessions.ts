import { isOneConversation, type OrientedBy } from '../../model/flow.js';
import type { Machines } from '../../model/machines.js';
import { type JobClues, NO_ROLES, type RoleCounts } from '../../model/observation.js';
import type { SuspectSession } from '../../model/verdict.js';
import type { Database } from './open.js';
import { flag, integer, integerOrNull, json, parsed } from './values.js';

interface SessionRow {
  readonly session: string;
  readonly port: number;
  readonly peer_ip: string;
  readonly peer_port: number;
  readonly host: string | null;
  readonly oriented_by: string;
  readonly first_us: number;
  readonly last_us: number;
  readonly dialect: string | null;
  readonly wrappers: string;
  readonly tls: number;
  readonly both_directions: number;
  readonly messages: number;
  readonly roles: string;
  readonly logins: string;
  readonly workers: string;
  readonly agents: string;
  readonly options: string;
  readonly algorithms: string;
  readonly coins: string;
  readonly shares: string;
  readonly reported_hps: number | null;
  readonly bytes_to_server: number | null;
  readonly bytes_to_client: number | null;
  readonly sampling_interval: number | null;
  readonly clues: string | null;
  readonly machines: string | null;
}

interface NamedRow {
  readonly session: string;
  readonly firstUs: number;
  readonly lastUs: number;
}

/** The input that a session was read in most fully. */
export interface SessionCapture {
  readonly session: string;
  readonly path: string;
  readonly format: string | null;
  readonly sha256: string | null;
}

/** Sightings between the same ends that are looked at for the name of one more. */
const MAX_NAMES_OF_ENDS = 256;

/** In the order of the columns, after input_id and ip_id. */
const COLUMNS = [
  'session',
  'port',
  'peer_ip',
  'peer_port',
  'host',
  'oriented_by',
  'first_us',
  'last_us',
  'dialect',
  'wrappers',
  'tls',
  'both_directions',
  'messages',
  'roles',
  'logins',
  'workers',
  'agents',
  'options',
  'algorithms',
  'coins',
  'shares',
  'reported_hps',
  'bytes_to_server',
  'bytes_to_client',
  'sampling_interval',
  'clues',
  'machines',
] as const satisfies readonly (keyof SessionRow)[];

const ALL = `input_id, ip_id, ${COLUMNS.join(', ')}`;
/** The same conversation seen by two inputs counts once: the fuller sighting stands, the older one where equal. */
const KEEP_FULLER = `ON CONFLICT (ip_id, session) DO UPDATE SET
  input_id = excluded.input_id, ${COLUMNS.slice(1)
    .map((name) => `${name} = excluded.${name}`)
    .join(', ')}
  WHERE excluded.messages > sessions.messages
    OR (excluded.messages = sessions.messages AND excluded.input_id < sessions.input_id)`;

export type MergeSessions = (a: SuspectSession, b: SuspectSession) => SuspectSession;

/** Conversations: as each input saw them (`sightings`), and the fullest sighting of each (`sessions`). */
export class Sessions {
  readonly #find;
  readonly #between;
  readonly #replace;
  readonly #load;
  readonly #publish;
  readonly #publishOne;
  readonly #dropOne;
  readonly #withdrawOne;
  readonly #count;
  readonly #loadOne;
  readonly #loadRecent;
  readonly #withdraw;
  readonly #forget;
  readonly #fallBack;
  readonly #captures;

  constructor(db: Database) {
    this.#find = db.prepare<[number, number, string], SessionRow>(
      'SELECT * FROM sightings WHERE input_id = ? AND ip_id = ? AND session = ?',
    );
    this.#between = db.prepare<[number, string, string], NamedRow>(
      `SELECT session, first_us AS firstUs, last_us AS lastUs FROM sightings
       WHERE ip_id = ? AND session BETWEEN ? AND ? ORDER BY session, input_id LIMIT ${MAX_NAMES_OF_ENDS}`,
    );
    this.#replace = db.prepare<unknown[]>(
      `INSERT OR REPLACE INTO sightings (${ALL}) VALUES (?, ?, ${COLUMNS.map(() => '?').join(', ')})`,
    );
    this.#load = db.prepare<[number], SessionRow>(
      'SELECT * FROM sessions WHERE ip_id = ? ORDER BY first_us, session',
    );
    this.#publish = db.prepare<[number]>(
      `INSERT INTO sessions (${ALL}) SELECT ${ALL} FROM sightings WHERE input_id = ? ${KEEP_FULLER}`,
    );
    this.#publishOne = db.prepare<[number, number, string]>(
      `INSERT INTO sessions (${ALL}) SELECT ${ALL} FROM sightings WHERE input_id = ? AND ip_id = ? AND session = ?
       ${KEEP_FULLER} OR excluded.input_id = sessions.input_id`,
    );
    this.#dropOne = db.prepare<[number, number]>('DELETE FROM sightings WHERE input_id = ? AND ip_id = ?');
    this.#withdrawOne = db.prepare<[number, number]>('DELETE FROM sessions WHERE input_id = ? AND ip_id = ?');
    this.#count = db
      .prepare<[number, number], number>('SELECT count(*) FROM sightings WHERE input_id = ? AND ip_id = ?')
      .pluck();
    this.#loadOne = db.prepare<[number, number], SessionRow>(
      'SELECT * FROM sightings WHERE input_id = ? AND ip_id = ? ORDER BY first_us, session',
    );
    this.#loadRecent = db.prepare<[number, number, number], SessionRow & { ip: string }>(
      `SELECT sightings.*, ip FROM sightings JOIN addresses USING (ip_id)
       WHERE input_id = ? AND last_us >= ? ORDER BY last_us DESC LIMIT ?`,
    );
    this.#withdraw = db.prepare<[number]>('DELETE FROM sessions WHERE input_id = ?');
    this.#fallBack = db.prepare<[number, number]>(
      `INSERT INTO sessions (${ALL}) SELECT ${ALL} FROM sightings
       WHERE (ip_id, session) IN (SELECT ip_id, session FROM sightings WHERE input_id = ?)
         AND input_id IN (SELECT input_id FROM inputs WHERE state <> 'open' AND input_id <> ?) ${KEEP_FULLER}`,
    );
    this.#forget = db.prepare<[number]>('DELETE FROM sightings WHERE input_id = ?');
    this.#captures = db.prepare<[number], SessionCapture>(
      `SELECT session, inputs.path AS path, inputs.format AS format, inputs.sha256 AS sha256
       FROM sessions JOIN inputs USING (input_id) WHERE ip_id = ?`,
    );
  }

  captures(ipId: number): SessionCapture[] {
    return this.#captures.all(ipId);
  }

  /**
   * The name under which this conversation is known already, of this input or another that put its start into a
   * neighbouring second; else its own.
   */
  nameOf(ipId: number, session: SuspectSession): string {
    const { suspect, suspectPort, peer, firstUs } = session;
    const [own, other] = [`${suspect}|${suspectPort}`, `${peer.ip}|${peer.port}`];
    let best: NamedRow | null = null;
    for (const ends of [`${own}|${other}|`, `${other}|${own}|`]) {
      for (const known of this.#between.all(ipId, ends, `${ends}~`)) {
        if (known.session === session.session) return known.session;
        if (!isOneConversation(known, session)) continue;
        if (best === null || Math.abs(known.firstUs - firstUs) < Math.abs(best.firstUs - firstUs))
          best = known;
      }
    }
    return best?.session ?? session.session;
  }

  /** Keeps one sighting; a part that was saved before is merged with it. `merge` null: there is none yet. */
  save(inputId: number, ipId: number, session: SuspectSession, merge: MergeSessions | null): void {
    const before = merge === null ? undefined : this.#find.get(inputId, ipId, session.session);
    const whole =
      before === undefined || merge === null ? session : merge(toSession(before, session.suspect), session);
    this.#replace.run(inputId, ipId, ...valuesOf(whole));
  }

  /** Shows one sighting at once: of an input that is never finished. */
  publishOne(inputId: number, ipId: number, session: string): void {
    this.#publishOne.run(inputId, ipId, session);
  }

  countOf(inputId: number, ipId: number): number {
    return this.#count.get(inputId, ipId) ?? 0;
  }

  /** An address's sightings in one input. */
  sightings(inputId: number, ipId: number, ip: string): SuspectSession[] {
    return this.#loadOne.all(inputId, ipId).map((row) => toSession(row, ip));
  }

  /** Sightings of an input that were going on at `sinceUs` or later, newest first. */
  recent(inputId: number, sinceUs: number, limit: number): SuspectSession[] {
    return this.#loadRecent.all(inputId, integer(sinceUs), limit).map((row) => toSession(row, row.ip));
  }

  /** Puts these sightings in the place of all that an input has of an address. */
  replaceAll(inputId: number, ipId: number, sessions: readonly SuspectSession[]): void {
    this.#withdrawOne.run(inputId, ipId);
    this.#dropOne.run(inputId, ipId);
    for (const session of sessions) {
      this.#replace.run(inputId, ipId, ...valuesOf(session));
      this.#publishOne.run(inputId, ipId, session.session);
    }
  }

  load(ipId: number, ip: string): SuspectSession[] {
    return this.#load.all(ipId).map((row) => toSession(row, ip));
  }

  publish(inputId: number): void {
    this.#publish.run(inputId);
  }

  /** Takes an input's sightings away; where another input saw the same conversation, its sighting stands again. */
  drop(inputId: number): void {
    this.#withdraw.run(inputId);
    this.#fallBack.run(inputId, inputId);
    this.#forget.run(inputId);
  }
}

function valuesOf(session: SuspectSession): unknown[] {
  return [
    session.session,
    integer(session.suspectPort),
    session.peer.ip,
    integer(session.peer.port),
    session.host,
    session.orientedBy,
    integer(session.firstUs),
    integer(session.lastUs),
    session.dialect,
    json(session.wrappers),
    flag(session.tls),
    flag(session.bothDirections),
    countMessages(session.roles),
    JSON.stringify(session.roles),
    json(session.logins),
    json(session.workers),
    json(session.agents),
    json(session.options),
    json(session.algorithms),
    json(session.coins),
    json(session.shares),
    session.reportedHps,
    integerOrNull(session.bytesToServer),
    integerOrNull(session.bytesToClient),
    integerOrNull(session.samplingInterval),
    session.clues === undefined ? null : JSON.stringify(session.clues),
    session.machines === undefined ? null : JSON.stringify(session.machines),
  ];
}

function countMessages(roles: RoleCounts): number {
  let sum = 0;
  for (const count of Object.values(roles)) sum += count;
  return integer(sum);
}

function toSession(row: SessionRow, suspect: string): SuspectSession {
  return {
    session: row.session,
    suspect,
    suspectPort: row.port,
    peer: { ip: row.peer_ip, port: row.peer_port },
    host: row.host,
    // Written by valuesOf() alone, from an OrientedBy.
    orientedBy: row.oriented_by as OrientedBy,
    firstUs: row.first_us,
    lastUs: row.last_us,
    dialect: row.dialect,
    wrappers: parsed(row.wrappers),
    tls: row.tls === 1,
    bothDirections: row.both_directions === 1,
    roles: { ...NO_ROLES, ...parsed<Partial<RoleCounts>>(row.roles) },
    logins: parsed(row.logins),
    workers: parsed(row.workers),
    agents: parsed(row.agents),
    options: parsed(row.options),
    algorithms: parsed(row.algorithms),
    coins: parsed(row.coins),
    shares: parsed(row.shares),
    reportedHps: row.reported_hps,
    bytesToServer: row.bytes_to_server,
    bytesToClient: row.bytes_to_client,
    ...(row.sampling_interval === null ? {} : { samplingInterval: row.sampling_interval }),
    ...(row.clues === null ? {} : { clues: parsed<JobClues>(row.clues) }),
    ...(row.machines === null ? {} : { machines: parsed<Machines>(row.machines) }),
  };
}
