import type { Evidence, EvidenceGroup, Strength } from '../../model/evidence.js';
import type { Endpoint } from '../../model/flow.js';
import type { ShareProof } from '../../model/proof.js';
import type { Database } from './open.js';
import { flag, integer, parsed, real } from './values.js';

interface EvidenceRow {
  readonly input_id: number;
  readonly rule: string;
  readonly item: string;
  readonly grp: string;
  readonly strength: string;
  readonly weight: number;
  readonly peer_ip: string | null;
  readonly peer_port: number | null;
  readonly host: string | null;
  readonly session: string | null;
  readonly both_directions: number;
  readonly encrypted: number;
  readonly count: number;
  readonly first_us: number;
  readonly last_us: number;
  readonly excerpt: string;
  readonly source: string;
  readonly format: string;
  readonly record: number;
  readonly proof: string | null;
}

interface ProofRow {
  readonly ip: string;
  readonly rule: string;
  readonly peer_ip: string | null;
  readonly peer_port: number | null;
  readonly session: string | null;
  readonly count: number;
  readonly proof: string;
}

/** A share that was proved, as stored. */
export interface StoredProof {
  readonly suspect: string;
  readonly rule: string;
  readonly peer: Endpoint | null;
  readonly session: string | null;
  /** Shares of the session that were verified. */
  readonly count: number;
  readonly proof: ShareProof;
}

/** Evidence, kept by the input it was found in and merged when an address is loaded. */
export class EvidenceTable {
  readonly #insert;
  readonly #last;
  readonly #load;
  readonly #forget;
  readonly #ofInput;
  readonly #update;
  readonly #forgetOne;
  readonly #count;
  readonly #recent;
  readonly #proofs;
  readonly #suspects;
  readonly #positiveTimes;

  constructor(db: Database) {
    this.#insert = db.prepare<unknown[]>(
      `INSERT INTO evidence (input_id, seq, ip_id, rule, item, grp, strength, weight, peer_ip, peer_port, host, session,
         both_directions, encrypted, count, first_us, last_us, excerpt, source, format, record, proof)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#last = db
      .prepare<[number], number>('SELECT coalesce(max(seq), 0) FROM evidence WHERE input_id = ?')
      .pluck();
    this.#load = db.prepare<[number], EvidenceRow>(
      `SELECT evidence.* FROM evidence JOIN inputs USING (input_id)
       WHERE ip_id = ? AND state <> 'open' ORDER BY input_id, seq`,
    );
    this.#ofInput = db.prepare<[number, number], EvidenceRow & { readonly seq: number }>(
      'SELECT * FROM evidence WHERE ip_id = ? AND input_id = ? ORDER BY seq',
    );
    this.#update = db.prepare<unknown[]>(
      `UPDATE evidence SET item = ?, grp = ?, strength = ?, weight = ?, both_directions = ?, encrypted = ?, count = ?,
         first_us = ?, last_us = ?, excerpt = ?, source = ?, format = ?, record = ?, proof = ? WHERE input_id = ? AND seq = ?`,
    );
    this.#forgetOne = db.prepare<[number, number]>('DELETE FROM evidence WHERE ip_id = ? AND input_id = ?');
    this.#count = db
      .prepare<[number, number], number>('SELECT count(*) FROM evidence WHERE ip_id = ? AND input_id = ?')
      .pluck();
    this.#recent = db.prepare<[number, number, number], { rule: string; session: string }>(
      `SELECT rule, session FROM evidence WHERE input_id = ? AND session IS NOT NULL AND last_us >= ?
       ORDER BY last_us DESC LIMIT ?`,
    );
    this.#proofs = db.prepare<[string | null, string | null], ProofRow>(
      // Parts of one input add up; another input that saw the same session saw the same shares.
      `SELECT ip, rule, peer_ip, peer_port, session, max(part) AS count, proof
        FROM (SELECT *, sum(count) AS part, min(evidence.first_us) AS began
              FROM evidence JOIN inputs USING (input_id)
              WHERE proof IS NOT NULL AND state <> 'open' GROUP BY input_id, ip_id, session, proof)
        JOIN addresses USING (ip_id) WHERE ? IS NULL OR ip = ?
        GROUP BY ip_id, session, proof ORDER BY ip, began`,
    );
    this.#suspects = db
      .prepare<[], string>(
        `SELECT ip FROM addresses WHERE EXISTS (SELECT 1 FROM evidence JOIN inputs USING (input_id)
           WHERE evidence.ip_id = addresses.ip_id AND state <> 'open') ORDER BY ip`,
      )
      .pluck();
    this.#positiveTimes = db.prepare<[string], { fromUs: number; toUs: number }>(
      `SELECT evidence.first_us AS fromUs, evidence.last_us AS toUs
       FROM evidence JOIN addresses USING (ip_id) JOIN inputs USING (input_id)
       WHERE ip = ? AND weight > 0 AND inputs.state <> 'open' ORDER BY evidence.first_us`,
    );
    this.#forget = db.prepare<[number]>('DELETE FROM evidence WHERE input_id = ?');
  }

  suspects(): string[] {
    return this.#suspects.all();
  }

  positiveTimes(ip: string): { fromUs: number; toUs: number }[] {
    return this.#positiveTimes.all(ip);
  }

  /** Highest number given in this input so far. */
  lastSeq(inputId: number): number {
    return this.#last.get(inputId) ?? 0;
  }

  save(inputId: number, seq: number, ipId: number, fact: Evidence): void {
    this.#insert.run(
      inputId,
      seq,
      ipId,
      fact.rule,
      fact.item,
      fact.group,
      fact.strength,
      real(fact.weight),
      fact.peer === null ? null : fact.peer.ip,
      fact.peer === null ? null : fact.peer.port,
      fact.host,
      fact.session,
      flag(fact.bothDirections),
      flag(fact.encrypted),
      integer(fact.count),
      integer(fact.firstUs),
      integer(fact.lastUs),
      fact.excerpt,
      fact.origin.source,
      fact.origin.format,
      integer(fact.origin.record),
      fact.proof === undefined ? null : JSON.stringify(fact.proof),
    );
  }

  /** Facts of one address in one input, with their numbers. */
  ofInput(inputId: number, ipId: number, ip: string): { readonly seq: number; readonly fact: Evidence }[] {
    return this.#ofInput.all(ipId, inputId).map((row) => ({ seq: row.seq, fact: toEvidence(row, ip) }));
  }

  countOf(inputId: number, ipId: number): number {
    return this.#count.get(ipId, inputId) ?? 0;
  }

  /** Takes the place of an earlier state of the same fact: all but its key, which stays. */
  update(inputId: number, seq: number, fact: Evidence): void {
    this.#update.run(
      fact.item,
      fact.group,
      fact.strength,
      real(fact.weight),
      flag(fact.bothDirections),
      flag(fact.encrypted),
      integer(fact.count),
      integer(fact.firstUs),
      integer(fact.lastUs),
      fact.excerpt,
      fact.origin.source,
      fact.origin.format,
      integer(fact.origin.record),
      fact.proof === undefined ? null : JSON.stringify(fact.proof),
      inputId,
      seq,
    );
  }

  /** Rule and session of facts of an input seen at `sinceUs` or later, newest first. */
  recent(inputId: number, sinceUs: number, limit: number): { rule: string; session: string }[] {
    return this.#recent.all(inputId, integer(sinceUs), limit);
  }

  dropOne(inputId: number, ipId: number): void {
    this.#forgetOne.run(ipId, inputId);
  }

  load(ipId: number, ip: string): Evidence[] {
    return mergeInputs(this.#load.all(ipId), ip);
  }

  /** Facts with a proof, of one address or of all: the first of each session. */
  *proofs(ip: string | null): Generator<StoredProof> {
    for (const row of this.#proofs.iterate(ip, ip)) {
      const { ip: suspect, rule, count, session } = row;
      const peer = row.peer_ip === null ? null : { ip: row.peer_ip, port: row.peer_port ?? 0 };
      yield { suspect, rule, count, peer, session, proof: parsed<ShareProof>(row.proof) };
    }
  }

  drop(inputId: number): void {
    this.#forget.run(inputId);
  }
}

/**
 * Facts of one key (rule, peer, host, session). Within an input the parts add up. Between inputs the same
 * conversation, or a fact with the same count and times, is one fact seen twice: the fuller stands.
 */
function mergeInputs(rows: readonly EvidenceRow[], ip: string): Evidence[] {
  const byInput = new Map<string, Map<number, Evidence>>();
  for (const row of rows) {
    const key = JSON.stringify([row.rule, row.peer_ip, row.peer_port, row.host, row.session]);
    const inputs = byInput.get(key) ?? new Map<number, Evidence>();
    byInput.set(key, inputs);
    const fact = toEvidence(row, ip);
    const before = inputs.get(row.input_id);
    inputs.set(row.input_id, before === undefined ? fact : combine(before, fact, before.count + fact.count));
  }
  return [...byInput.values()].map((inputs) => mergeSightings([...inputs.values()]));
}

function mergeSightings(facts: readonly Evidence[]): Evidence {
  const distinct = new Map(facts.map((fact) => [`${fact.count} ${fact.firstUs} ${fact.lastUs}`, fact]));
  return [...distinct.values()].reduce((a, b) =>
    combine(a, b, a.session === null ? a.count + b.count : Math.max(a.count, b.count)),
  );
}

/** The heavier one decides item and strength; the earlier one is quoted. */
function combine(a: Evidence, b: Evidence, count: number): Evidence {
  const heavier = b.weight > a.weight ? b : a;
  const earlier = b.firstUs < a.firstUs ? b : a;
  return {
    ...heavier,
    count,
    firstUs: Math.min(a.firstUs, b.firstUs),
    lastUs: Math.max(a.lastUs, b.lastUs),
    bothDirections: a.bothDirections || b.bothDirections,
    excerpt: earlier.excerpt,
    origin: earlier.origin,
    ...proofOf(earlier, a, b),
  };
}

/** The proof of the one that is quoted, else the other's. */
function proofOf(...facts: readonly Evidence[]): Pick<Evidence, 'proof'> {
  const proof = facts.find((fact) => fact.proof !== undefined)?.proof;
  return proof === undefined ? {} : { proof };
}

function toEvidence(row: EvidenceRow, suspect: string): Evidence {
  return {
    rule: row.rule,
    item: row.item,
    // Written by save() alone, from an EvidenceGroup and a Strength.
    group: row.grp as EvidenceGroup,
    strength: row.strength as Strength,
    weight: row.weight,
    suspect,
    peer: row.peer_ip === null ? null : { ip: row.peer_ip, port: row.peer_port ?? 0 },
    host: row.host,
    session: row.session,
    bothDirections: row.both_directions === 1,
    encrypted: row.encrypted === 1,
    count: row.count,
    firstUs: row.first_us,
    lastUs: row.last_us,
    excerpt: row.excerpt,
    origin: { source: row.source, format: row.format, record: row.record },
    ...(row.proof === null ? {} : { proof: parsed<ShareProof>(row.proof) }),
  };
}
