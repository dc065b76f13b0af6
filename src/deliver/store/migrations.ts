import type BetterSqlite3 from 'better-sqlite3';

type Migration = (db: BetterSqlite3.Database) => void;

/** Schema steps, oldest first; the version is their number. A step is never edited: a change is a new step. */
export const MIGRATIONS: readonly Migration[] = [
  (db) => db.exec(FIRST_SCHEMA),
  (db) => db.exec(LIVE_STATE),
  (db) => db.exec(PROOFS_AND_ESTIMATES),
  (db) => db.exec(NODES_MACHINES_NATURE),
  (db) => db.exec(UNITS_AND_CASES),
  (db) => db.exec(WALLET_USES),
  (db) => db.exec(EVIDENCE_LOG),
];

/** Which verdicts name a wallet, found without reading all of them; kept by triggers, whoever writes. */
const WALLET_USES = `
CREATE TABLE verdict_wallets (
  ip_id INTEGER NOT NULL,
  wallet TEXT NOT NULL,
  PRIMARY KEY (ip_id, wallet)
) STRICT, WITHOUT ROWID;
CREATE INDEX verdict_wallets_wallet ON verdict_wallets (wallet);
INSERT INTO verdict_wallets (ip_id, wallet) SELECT DISTINCT ip_id, value FROM verdicts, json_each(wallets);
CREATE TRIGGER verdict_wallets_insert AFTER INSERT ON verdicts WHEN NEW.wallets <> '[]'
BEGIN
  INSERT INTO verdict_wallets (ip_id, wallet) SELECT DISTINCT NEW.ip_id, value FROM json_each(NEW.wallets);
END;
CREATE TRIGGER verdict_wallets_update AFTER UPDATE OF wallets ON verdicts WHEN NEW.wallets <> OLD.wallets
BEGIN
  DELETE FROM verdict_wallets WHERE ip_id = OLD.ip_id;
  INSERT INTO verdict_wallets (ip_id, wallet) SELECT DISTINCT NEW.ip_id, value FROM json_each(NEW.wallets);
END;
CREATE TRIGGER verdict_wallets_delete AFTER DELETE ON verdicts WHEN OLD.wallets <> '[]'
BEGIN
  DELETE FROM verdict_wallets WHERE ip_id = OLD.ip_id;
END;
`;

/** Share proofs; clues of jobs; hash rate, energy and what else is estimated of a verdict. JSON; null: not known. */
const PROOFS_AND_ESTIMATES = `
ALTER TABLE evidence ADD COLUMN proof TEXT;
ALTER TABLE sightings ADD COLUMN clues TEXT;
ALTER TABLE sessions ADD COLUMN clues TEXT;
ALTER TABLE verdicts ADD COLUMN hashrate TEXT;
ALTER TABLE verdicts ADD COLUMN energy TEXT;
ALTER TABLE verdicts ADD COLUMN estimates TEXT;
`;

/** Nodes and wallets of coins, listed apart; what sessions tell of machines behind NAT; indications of a verdict. */
const NODES_MACHINES_NATURE = `
ALTER TABLE sightings ADD COLUMN machines TEXT;
ALTER TABLE sessions ADD COLUMN machines TEXT;
ALTER TABLE verdicts ADD COLUMN nature TEXT;
CREATE TABLE nodes (
  input_id INTEGER NOT NULL,
  ip_id INTEGER NOT NULL,
  protocol TEXT NOT NULL,
  coin TEXT NOT NULL,
  sessions INTEGER NOT NULL,
  peers INTEGER NOT NULL,
  peer_ip TEXT NOT NULL,
  peer_port INTEGER NOT NULL,
  first_us INTEGER NOT NULL,
  last_us INTEGER NOT NULL,
  PRIMARY KEY (input_id, ip_id, protocol, coin)
) STRICT, WITHOUT ROWID;
CREATE INDEX nodes_ip ON nodes (ip_id);
`;

/** Columns of a conversation; `sightings` keeps it per input, `sessions` the fullest sighting. */
const SESSION_COLUMNS = `
  input_id INTEGER NOT NULL,
  ip_id INTEGER NOT NULL,
  session TEXT NOT NULL,
  port INTEGER NOT NULL,
  peer_ip TEXT NOT NULL,
  peer_port INTEGER NOT NULL,
  host TEXT,
  oriented_by TEXT NOT NULL,
  first_us INTEGER NOT NULL,
  last_us INTEGER NOT NULL,
  dialect TEXT,
  wrappers TEXT NOT NULL,
  tls INTEGER NOT NULL,
  both_directions INTEGER NOT NULL,
  messages INTEGER NOT NULL,
  roles TEXT NOT NULL,
  logins TEXT NOT NULL,
  workers TEXT NOT NULL,
  agents TEXT NOT NULL,
  options TEXT NOT NULL,
  algorithms TEXT NOT NULL,
  coins TEXT NOT NULL,
  shares TEXT NOT NULL,
  reported_hps REAL,
  bytes_to_server INTEGER,
  bytes_to_client INTEGER,
  sampling_interval INTEGER`;

const FIRST_SCHEMA = `
CREATE TABLE addresses (
  ip_id INTEGER PRIMARY KEY,
  ip TEXT NOT NULL UNIQUE,
  is_stale INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX addresses_stale ON addresses (ip_id) WHERE is_stale = 1;

CREATE TABLE runs (
  run_id INTEGER PRIMARY KEY,
  started_us INTEGER NOT NULL,
  seconds REAL,
  version TEXT NOT NULL,
  rules_version TEXT NOT NULL,
  options TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('running', 'complete', 'interrupted')),
  summary TEXT
) STRICT;

CREATE TABLE inputs (
  input_id INTEGER PRIMARY KEY,
  run_id INTEGER NOT NULL,
  content_id TEXT NOT NULL,
  sha256 TEXT,
  path TEXT NOT NULL,
  format TEXT,
  size INTEGER,
  first_us INTEGER,
  last_us INTEGER,
  rules_version TEXT NOT NULL,
  summary TEXT,
  state TEXT NOT NULL CHECK (state IN ('open', 'partial', 'complete'))
) STRICT;
CREATE UNIQUE INDEX inputs_content ON inputs (content_id) WHERE state <> 'open';

CREATE TABLE sightings (${SESSION_COLUMNS},
  PRIMARY KEY (input_id, ip_id, session)
) STRICT, WITHOUT ROWID;
CREATE INDEX sightings_session ON sightings (ip_id, session);

CREATE TABLE sessions (${SESSION_COLUMNS},
  PRIMARY KEY (ip_id, session)
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_input ON sessions (input_id);

CREATE TABLE evidence (
  input_id INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  ip_id INTEGER NOT NULL,
  rule TEXT NOT NULL,
  item TEXT NOT NULL,
  grp TEXT NOT NULL,
  strength TEXT NOT NULL,
  weight REAL NOT NULL,
  peer_ip TEXT,
  peer_port INTEGER,
  host TEXT,
  session TEXT,
  both_directions INTEGER NOT NULL,
  encrypted INTEGER NOT NULL,
  count INTEGER NOT NULL,
  first_us INTEGER NOT NULL,
  last_us INTEGER NOT NULL,
  excerpt TEXT NOT NULL,
  source TEXT NOT NULL,
  format TEXT NOT NULL,
  record INTEGER NOT NULL,
  PRIMARY KEY (input_id, seq)
) STRICT, WITHOUT ROWID;
CREATE INDEX evidence_ip ON evidence (ip_id);
CREATE INDEX evidence_decisive ON evidence (ip_id) WHERE strength = 'decisive';

CREATE TABLE verdicts (
  ip_id INTEGER PRIMARY KEY,
  ip TEXT NOT NULL,
  run_id INTEGER NOT NULL,
  level TEXT NOT NULL,
  score REAL NOT NULL,
  first_us INTEGER NOT NULL,
  last_us INTEGER NOT NULL,
  active_seconds REAL NOT NULL,
  coins TEXT NOT NULL,
  algorithms TEXT NOT NULL,
  dialects TEXT NOT NULL,
  pools TEXT NOT NULL,
  agents TEXT NOT NULL,
  wallets TEXT NOT NULL,
  workers TEXT NOT NULL,
  sessions INTEGER NOT NULL,
  miners TEXT,
  reasons TEXT NOT NULL,
  arithmetic TEXT NOT NULL,
  evidence TEXT NOT NULL,
  evidence_count INTEGER NOT NULL,
  unit_id TEXT
) STRICT;

CREATE TABLE endpoints (
  ip TEXT NOT NULL,
  port INTEGER NOT NULL,
  host TEXT,
  operator TEXT,
  country TEXT,
  tls INTEGER NOT NULL DEFAULT 0,
  last_decisive_us INTEGER,
  clients INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (ip, port)
) STRICT, WITHOUT ROWID;

CREATE TABLE units (
  unit_id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  category TEXT,
  region TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE cases (
  case_id INTEGER PRIMARY KEY,
  ip_id INTEGER NOT NULL,
  opened_us INTEGER NOT NULL,
  closed_us INTEGER,
  state TEXT NOT NULL CHECK (state IN ('open', 'closed')),
  note TEXT
) STRICT;
`;

/** What a process that runs for months must find again after it was killed: saved in one transaction with the facts. */
const LIVE_STATE = `
CREATE TABLE live_positions (
  input_id INTEGER NOT NULL,
  id TEXT NOT NULL,
  name TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  fingerprint TEXT NOT NULL,
  PRIMARY KEY (input_id, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE live_state (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE notified (
  ip_id INTEGER PRIMARY KEY,
  level TEXT NOT NULL,
  notified_us INTEGER NOT NULL
) STRICT;

CREATE TABLE notices (
  notice_id INTEGER PRIMARY KEY,
  target TEXT NOT NULL,
  body TEXT NOT NULL,
  created_us INTEGER NOT NULL
) STRICT;
CREATE INDEX notices_target ON notices (target, notice_id);
`;

/** Units with their ranges, the registry of declarations, cases, and the trail. Nothing was ever in the placeholders. */
const UNITS_AND_CASES = `
DROP TABLE units;
CREATE TABLE units (
  unit_id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  category TEXT,
  region_code TEXT,
  region TEXT,
  contacts TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE unit_ranges (
  range_id INTEGER PRIMARY KEY,
  unit_id TEXT NOT NULL,
  first_ip TEXT NOT NULL,
  last_ip TEXT NOT NULL,
  from_us INTEGER,
  to_us INTEGER,
  port_from INTEGER,
  port_to INTEGER,
  kind TEXT NOT NULL CHECK (kind IN ('direct', 'nat', 'carrier-nat', 'inner')),
  isp TEXT
) STRICT;

CREATE TABLE declarations (
  reference TEXT PRIMARY KEY,
  unit_id TEXT,
  first_ip TEXT,
  last_ip TEXT,
  purpose TEXT NOT NULL,
  approver TEXT NOT NULL,
  from_us INTEGER NOT NULL,
  to_us INTEGER,
  coins TEXT NOT NULL,
  max_miners INTEGER,
  hours_from INTEGER,
  hours_to INTEGER,
  utc_offset_minutes INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

DROP TABLE cases;
CREATE TABLE cases (
  case_id INTEGER PRIMARY KEY,
  unit_id TEXT,
  state TEXT NOT NULL CHECK (state IN
    ('open', 'referred', 'inspected', 'claimed', 'watch', 'rectified', 'recurred', 'closed')),
  opened_us INTEGER NOT NULL,
  recurrences INTEGER NOT NULL,
  document TEXT,
  referred_us INTEGER,
  deadline_us INTEGER,
  method TEXT,
  finding TEXT,
  checked_us INTEGER,
  machines_sealed INTEGER,
  computers_sealed INTEGER,
  coins TEXT NOT NULL,
  notes TEXT,
  claimed_us INTEGER,
  closed_us INTEGER
) STRICT;
CREATE INDEX cases_unit ON cases (unit_id);

CREATE TABLE case_marks (
  case_id INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('ip', 'wallet', 'worker', 'peer')),
  value TEXT NOT NULL,
  PRIMARY KEY (case_id, kind, value)
) STRICT, WITHOUT ROWID;
CREATE INDEX case_marks_value ON case_marks (kind, value);

CREATE TABLE audit (
  event_id INTEGER PRIMARY KEY,
  at_us INTEGER NOT NULL,
  actor TEXT NOT NULL,
  subject TEXT NOT NULL,
  action TEXT NOT NULL,
  why TEXT NOT NULL,
  detail TEXT NOT NULL
) STRICT;
CREATE INDEX audit_subject ON audit (subject);
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
BEGIN SELECT raise(ABORT, 'the trail is append-only'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
BEGIN SELECT raise(ABORT, 'the trail is append-only'); END;
CREATE TRIGGER audit_no_replace BEFORE INSERT ON audit
WHEN EXISTS (SELECT 1 FROM audit WHERE event_id = NEW.event_id)
BEGIN SELECT raise(ABORT, 'the trail is append-only'); END;
CREATE INDEX verdicts_unit ON verdicts (unit_id) WHERE unit_id IS NOT NULL;
`;

/** What the database knows of the evidence log, and the frames that go into it. */
const EVIDENCE_LOG = `
CREATE TABLE packet_excerpts (
  input_id INTEGER NOT NULL,
  ip_id INTEGER NOT NULL,
  session TEXT NOT NULL,
  rules TEXT NOT NULL,
  weight REAL NOT NULL,
  first_us INTEGER NOT NULL,
  last_us INTEGER NOT NULL,
  frames INTEGER NOT NULL,
  pcapng BLOB NOT NULL,
  PRIMARY KEY (input_id, ip_id, session)
) STRICT;
CREATE INDEX packet_excerpts_ip ON packet_excerpts (ip_id);

CREATE TABLE evidence_due (
  ip_id INTEGER PRIMARY KEY
) STRICT;

CREATE TABLE evidence_logged (
  ip_id INTEGER PRIMARY KEY,
  state TEXT NOT NULL
) STRICT;

CREATE TABLE evidence_heads (
  head_id INTEGER PRIMARY KEY,
  log_id TEXT NOT NULL,
  seq INTEGER NOT NULL,
  hash TEXT NOT NULL,
  key_id TEXT NOT NULL,
  at_us INTEGER NOT NULL
) STRICT;
CREATE TRIGGER evidence_heads_no_update BEFORE UPDATE ON evidence_heads
BEGIN SELECT raise(ABORT, 'heads are append-only'); END;
CREATE TRIGGER evidence_heads_no_delete BEFORE DELETE ON evidence_heads
BEGIN SELECT raise(ABORT, 'heads are append-only'); END;
CREATE TRIGGER evidence_heads_no_replace BEFORE INSERT ON evidence_heads
WHEN EXISTS (SELECT 1 FROM evidence_heads WHERE head_id = NEW.head_id)
BEGIN SELECT raise(ABORT, 'heads are append-only'); END;
`;
