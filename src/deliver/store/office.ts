import { phrase } from '../../base/phrase.js';
import type { Case, CaseEvent } from '../../model/case.js';
import type { Declaration } from '../../model/declaration.js';
import type { Unit } from '../../model/unit.js';
import { Audit, type NewEvent } from './audit.js';
import { type CaseFilter, Cases, type StoredChange } from './cases.js';
import { Declarations } from './declarations.js';
import { guarded, storeError } from './failures.js';
import type { Database } from './open.js';
import { type StoredRange, type UnitChanges, Units } from './units.js';

/** What people say and do: who owns addresses, what is allowed on them, what was done about a miner, and the trail of it all. */
export class Office {
  readonly #path: string;
  readonly #write: <T>(action: () => T) => T;
  readonly #units: Units;
  readonly #declarations: Declarations;
  readonly #cases: Cases;
  readonly #audit: Audit;

  /** `write` runs an action in a transaction. */
  constructor(db: Database, path: string, write: <T>(action: () => T) => T) {
    this.#path = path;
    this.#write = write;
    this.#units = new Units(db);
    this.#declarations = new Declarations(db);
    this.#cases = new Cases(db);
    this.#audit = new Audit(db);
  }

  hasUnits(): boolean {
    return guarded(this.#path, () => this.#units.hasRanges());
  }

  loadUnits(): { units: Unit[]; ranges: StoredRange[] } {
    return guarded(this.#path, () => ({ units: this.#units.units(), ranges: this.#units.ranges() }));
  }

  /** Units alone, by id. */
  loadUnitNames(): Unit[] {
    return guarded(this.#path, () => this.#units.units());
  }

  /** All of an import or nothing of it, with its line in the trail. */
  saveUnits(changes: UnitChanges, event: NewEvent): void {
    this.#write(() => {
      this.#units.save(changes);
      this.#audit.add(event);
    });
  }

  /** Gives every verdict its owner at the time of its last evidence; returns how many changed hands. */
  assignUnits(ownerAt: (ip: string, timeUs: number) => string | null): number {
    return this.#write(() => this.#units.assign(ownerAt));
  }

  declarations(): Declaration[] {
    return guarded(this.#path, () => this.#declarations.all());
  }

  saveDeclarations(declarations: readonly Declaration[], events: readonly NewEvent[]): void {
    this.#write(() => {
      for (const declaration of declarations) this.#declarations.save(declaration);
      for (const event of events) this.#audit.add(event);
    });
  }

  /** A line of the trail by itself. */
  addEvent(event: NewEvent): void {
    this.#write(() => this.#audit.add(event));
  }

  /** False where there is none of that reference. */
  endDeclaration(reference: string, toUs: number, event: NewEvent): boolean {
    return this.#write(() => {
      const isThere = this.#declarations.end(reference, toUs);
      if (isThere) this.#audit.add(event);
      return isThere;
    });
  }

  /** By number. */
  cases(filter: CaseFilter = {}): Case[] {
    return guarded(this.#path, () => this.#cases.list(filter));
  }

  loadCase(caseId: number): Case | null {
    return guarded(this.#path, () => this.#cases.load(caseId));
  }

  nextCaseId(): number {
    return guarded(this.#path, () => this.#cases.nextId());
  }

  /** All changes or none, each with its line in the trail. Throws where another process changed a case meanwhile. */
  saveCases(changes: readonly (StoredChange & { readonly event: NewEvent })[]): void {
    this.#write(() => {
      for (const change of changes) {
        if (!this.#cases.save(change)) {
          const what = phrase`case ${change.after.caseId} was changed by somebody else meanwhile`;
          throw storeError('store-conflict', this.#path, what, phrase`look at it and repeat what you did`);
        }
        this.#audit.add(change.event);
      }
    });
  }

  /** Lines of the trail on `case 12`, `units`, `declaration R-1`, oldest first. */
  trail(subject: string): CaseEvent[] {
    return guarded(this.#path, () => this.#audit.of(subject));
  }

  /** Lines of the trail on packages that were handed over, oldest first. */
  referrals(): CaseEvent[] {
    return guarded(this.#path, () => this.#audit.referrals());
  }
}
