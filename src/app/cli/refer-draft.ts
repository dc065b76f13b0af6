import { existsSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { UsageError } from '../../base/errors.js';
import { phrase } from '../../base/phrase.js';
import type { PackageEvidence } from '../../deliver/refer/index.js';
import { REFERRAL, sha256, verifyPackage } from '../../deliver/refer/package.js';
import type { Store } from '../../deliver/store/index.js';
import type { Case, CaseReferral } from '../../model/case.js';
import type { Referral } from '../../model/referral.js';
import { parseDay, parseOffset } from './deed.js';

/** A package before it is written, or one that an interrupted build wrote. */
export interface Draft {
  readonly path: string;
  readonly referral: Referral;
  readonly evidence: PackageEvidence;
  /** Those that are marked as referred by it, and as what. */
  readonly cases: readonly Case[];
  readonly marks: CaseReferral;
  /** SHA-256 of what is there already and stays; null: it is yet to be written. */
  readonly written: string | null;
}

export const NO_EVIDENCE: PackageEvidence = { records: new Map(), slices: new Map() };

/** The line of the trail that says where packages of a number are about to be written. */
export const subjectOf = (document: string) => `refer ${document}`;

/**
 * Takes up what a build that was killed left behind: a finished package of this number, by our key, for which no case is
 * marked, stands as it is, with its own date and cases. Throws UsageError where a package of the number went out, where
 * one was begun in another folder, and where something else is in the place.
 */
export function takeUp(
  drafts: readonly Draft[],
  document: string,
  store: Store,
  publicKey: () => string | null,
): Draft[] {
  const gone = namesOf(store, document);
  return drafts.map((draft) => {
    const name = basename(draft.path);
    if (gone.has(name))
      throw new UsageError(
        'document-used',
        phrase`${name}: a package of this number went out already; expected another --document`,
      );
    if (draft.referral.profile === 'unit') refuseElsewhere(draft.path, document, store);
    return existsSync(draft.path) ? finished(draft, store, publicKey()) : draft;
  });
}

/** Files of the packages of that number for which cases are marked. */
function namesOf(store: Store, document: string): Set<string> {
  const names = new Set<string>();
  for (const { detail } of store.office.referrals()) {
    const { referral, package: made } = detail as { referral?: CaseReferral; package?: { file?: unknown } };
    if (referral?.document === document && typeof made?.file === 'string') names.add(made.file);
  }
  return names;
}

function refuseElsewhere(path: string, document: string, store: Store): void {
  for (const { detail } of store.office.trail(subjectOf(document))) {
    const folder = typeof detail.folder === 'string' ? detail.folder : '';
    const other = join(folder, basename(path));
    if (folder !== '' && other !== resolve(path) && existsSync(other))
      throw new UsageError(
        'refer-unfinished',
        phrase`${other}: made by a build that did not come to its end; expected -o ${folder}, or that file deleted`,
      );
  }
}

function finished(draft: Draft, store: Store, publicKey: string | null): Draft {
  const { path, referral: planned } = draft;
  const bytes = readFileSync(path);
  const { faults, manifest, files } = verifyPackage(bytes, publicKey);
  const isOurs =
    publicKey !== null &&
    faults.length === 0 &&
    manifest?.profile === planned.profile &&
    manifest.document === planned.document &&
    manifest.unit === (planned.unit?.id ?? null);
  const text = Buffer.from(files.get(REFERRAL) ?? '').toString();
  // Nothing is marked for an office: only the very same figures are taken up.
  const isSame = planned.profile === 'unit' || text === `${JSON.stringify(planned, null, 1)}\n`;
  if (!isOurs || !isSame)
    throw new UsageError(
      'output-exists',
      phrase`${path}: is there already; expected another --document or -o`,
    );
  // Our own signature stands for its form.
  const referral = JSON.parse(text) as Referral;
  const offset = parseOffset(referral.utc_offset);
  const { date, deadline } = referral;
  return {
    path,
    referral,
    evidence: NO_EVIDENCE,
    cases: referral.cases.flatMap(({ id }) => store.office.loadCase(id) ?? []),
    marks: {
      document: draft.marks.document,
      dateUs: parseDay('date', date, offset),
      deadlineUs: deadline === null ? null : parseDay('deadline', deadline, offset, true),
    },
    written: sha256(bytes),
  };
}
