import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { UsageError } from '../../base/errors.js';
import { phrase } from '../../base/phrase.js';
import { formatTime } from '../../base/time.js';
import { keyPathOf } from '../../deliver/evidence/key.js';
import { logPathOf } from '../../deliver/evidence/log.js';
import { writeAtomically } from '../../deliver/export/atomic-file.js';
import { writeChunks } from '../../deliver/export/chunks.js';
import { indicationText, refutationText } from '../../deliver/print/nature.js';
import { retell } from '../../deliver/print/retell.js';
import { labelled } from '../../deliver/print/translate.js';
import { fileNamePart } from '../../deliver/refer/file-names.js';
import {
  LETTER_FORMATS,
  type LetterFormat,
  type PackageOptions,
  writePackage,
} from '../../deliver/refer/index.js';
import { referMessage, referWord } from '../../deliver/refer/messages.js';
import { sha256 } from '../../deliver/refer/package.js';
import type { ReferWords } from '../../deliver/refer/words.js';
import { openStore, type Store } from '../../deliver/store/index.js';
import { nextState } from '../../detect/cases/states.js';
import type { Case, CaseReferral } from '../../model/case.js';
import type { Unit } from '../../model/unit.js';
import { type CaseStep, stepOf } from '../pipeline/cases.js';
import { loadRules } from '../pipeline/load-rules.js';
import { loadTemplates } from '../pipeline/load-templates.js';
import type { ReferralSources } from '../pipeline/refer/facts.js';
import { gatherOffice, type ReferralRequest } from '../pipeline/refer/figures.js';
import { gatherUnits } from '../pipeline/refer/referral.js';
import { loadRegister } from '../pipeline/register.js';
import { datesOfDocument, deedOf, parseOffset } from './deed.js';
import type { DeedOptions } from './deed-options.js';
import { parseCount } from './filters.js';
import type { GlobalOptions } from './globals.js';
import { remark } from './list-output.js';
import { type Draft, NO_EVIDENCE, subjectOf, takeUp } from './refer-draft.js';
import { signerAt } from './refer-signer.js';
import { workbookOf } from './refer-workbook.js';
import { version } from './version.js';

/** Options of `rigwatch refer build` alone. */
export interface ReferBuildOptions extends DeedOptions {
  readonly unit: readonly string[];
  readonly region: readonly string[];
  readonly all: boolean;
  readonly document: string;
  readonly date?: string;
  readonly deadline?: string;
  readonly office?: string;
  readonly contact?: string;
  readonly profile: string;
  readonly letter: string;
  readonly template?: string;
  readonly key?: string;
  readonly output: string;
  readonly dryRun: boolean;
}

/** Characters of a document number. */
const MAX_DOCUMENT = 200;
const PROFILES = ['unit', 'office', 'both'] as const;

export async function buildReferrals(
  ids: readonly string[],
  options: ReferBuildOptions,
  globals: GlobalOptions,
): Promise<void> {
  const offset = parseOffset(options.utcOffset);
  const deed = deedOf(options);
  const profile = oneOf('--profile', options.profile, PROFILES);
  const letters = options.letter.split(',').map((word) => oneOf('--letter', word, LETTER_FORMATS));
  const { request, referral } = documentOf(options, offset, deed.atUs);
  const templates = {
    unit: await loadTemplates(options.template ?? null, 'unit', globals.lang),
    office: await loadTemplates(options.template ?? null, 'office', globals.lang),
  };
  const rules = await loadRules(globals.rules);
  const isStored = profile !== 'office' && !options.dryRun;
  const store = openStore(globals.db, isStored ? {} : { readOnly: true });
  try {
    const units = new Map(store.office.loadUnitNames().map((unit) => [unit.id, unit]));
    const sources: ReferralSources = { store, rules, register: loadRegister(store), units };
    const cases = choose(store, units, ids, options, profile === 'office');
    const planned = draftsOf(cases, profile, { request, marks: referral }, sources, options.output);
    const words = wordsOf(globals.lang, offset);
    if (planned.every((draft) => draft.referral.figures.addresses === 0))
      return remark(referMessage(globals.lang, 'built.none'), globals);
    const keyPath = options.key ?? keyPathOf(logPathOf(globals.db));
    const { document } = referral;
    const drafts = takeUp(planned, document, store, () =>
      existsSync(keyPath) ? signerAt(keyPath).publicKey : null,
    );
    if (options.dryRun) return await tell(drafts, [], globals);
    const signer = signerAt(keyPath);
    const folder = resolve(options.output);
    // Who is killed leaves a trace of where to look.
    if (isStored)
      store.office.addEvent({ ...deed, subject: subjectOf(document), action: 'begin', detail: { folder } });
    const [head] = store.evidenceLog.heads(1);
    const written = await writeAll(drafts, options.output, (draft) => ({
      words,
      templates: templates[draft.referral.profile],
      letters: [...new Set<LetterFormat>(letters)],
      created: formatTime(deed.atUs) ?? '',
      generator: `rigwatch ${version()}`,
      signer,
      evidenceLog: head === undefined ? null : { log: head.log, seq: head.seq, hash: head.hash },
      writeWorkbook: workbookOf,
    }));
    const steps = drafts.flatMap(({ cases: due, path, referral: own, marks }, at) =>
      due.map((one): CaseStep => {
        const step = stepOf(one, 'refer', deed, { referral: marks });
        const { date, deadline } = own;
        const made = { file: basename(path), sha256: written[at] ?? '', date, deadline };
        return { ...step, event: { ...step.event, detail: { ...step.event.detail, package: made } } };
      }),
    );
    await keep(drafts, () => store.office.saveCases(steps));
    await tell(drafts, written, globals);
  } finally {
    store.close();
  }
}

function documentOf(
  options: ReferBuildOptions,
  offset: number,
  nowUs: number,
): { request: ReferralRequest; referral: CaseReferral } {
  const document = options.document.trim().slice(0, MAX_DOCUMENT);
  if (document === '')
    throw new UsageError('document-missing', phrase`--document: expected the number of the document`);
  const { dateUs, deadlineUs } = datesOfDocument(options, offset, nowUs);
  const dayOf = (timeUs: number) => (formatTime(timeUs + offset * 60e6) ?? '').slice(0, 10);
  return {
    request: {
      document,
      date: dayOf(dateUs),
      // Stored as the moment after the last day.
      deadline: deadlineUs === null ? null : dayOf(deadlineUs - 1),
      utcOffsetMinutes: offset,
      office: options.office ?? null,
      contact: options.contact ?? null,
    },
    referral: { document, dateUs, deadlineUs },
  };
}

function oneOf<Word extends string>(option: string, text: string, words: readonly Word[]): Word {
  const word = words.find((one) => one === text.trim().toLowerCase());
  if (word !== undefined) return word;
  throw new UsageError('word-unknown', phrase`${option} ${text}: expected one of ${words}`);
}

/** Cases by number, and those of units, regions or all that can be referred (for figures: that are not closed). */
function choose(
  store: Store,
  units: ReadonlyMap<string, Unit>,
  ids: readonly string[],
  options: ReferBuildOptions,
  isOffice: boolean,
): Case[] {
  const chosen = new Map<number, Case>();
  for (const id of ids) {
    const one = store.office.loadCase(parseCount('case', id));
    if (one === null)
      throw new UsageError(
        'case-unknown',
        phrase`case ${id}: expected the number of a case (see rigwatch cases list)`,
      );
    chosen.set(one.caseId, one);
  }
  const { unit: wanted, region, all } = options;
  if (!all && ids.length === 0 && wanted.length === 0 && region.length === 0)
    throw new UsageError(
      'case-missing',
      phrase`refer build: expected numbers of cases, --unit ID, --region NAME or --all`,
    );
  for (const one of all || wanted.length > 0 || region.length > 0 ? store.office.cases() : []) {
    const unit = one.unitId === null ? null : units.get(one.unitId);
    const isWanted =
      all ||
      (one.unitId !== null && wanted.includes(one.unitId)) ||
      [unit?.region, unit?.regionCode].some((name) => name != null && region.includes(name));
    // A case that waits for an answer is referred again only where it is named.
    const isDue = isOffice
      ? one.state !== 'closed'
      : nextState(one.state, 'refer') !== null &&
        (one.state !== 'referred' || wanted.includes(one.unitId ?? ''));
    if (isWanted && isDue) chosen.set(one.caseId, one);
  }
  return [...chosen.values()].sort((a, b) => a.caseId - b.caseId);
}

function draftsOf(
  cases: readonly Case[],
  profile: (typeof PROFILES)[number],
  { request, marks }: { readonly request: ReferralRequest; readonly marks: CaseReferral },
  sources: ReferralSources,
  folder: string,
): Draft[] {
  const names = new Set<string>();
  const pathOf = (whose: string) => {
    const name = `${fileNamePart(request.document)}_${fileNamePart(whose)}`;
    // Two units may differ in letter case only; not every file system can tell.
    const free = names.has(name.toLowerCase()) ? `${name}-${sha256(Buffer.from(whose)).slice(0, 8)}` : name;
    names.add(free.toLowerCase());
    return join(folder, `${free}.zip`);
  };
  const drafts: Draft[] = [];
  const own = profile === 'office' ? [] : gatherUnits(cases, request, sources);
  for (const { referral, cases: involved, records, slices } of own) {
    if (referral.addresses.length === 0) continue;
    const whose = referral.unit?.id ?? `case-${involved[0]?.caseId}`;
    const evidence = { records, slices };
    drafts.push({ path: pathOf(whose), referral, evidence, cases: involved, marks, written: null });
  }
  if (profile === 'unit') return drafts;
  // As they are once the packages are there.
  const counted =
    profile === 'office'
      ? cases
      : own.flatMap((one) => one.cases.map((other): Case => ({ ...other, state: 'referred' })));
  const figures = gatherOffice(counted, request, sources);
  const office = { path: pathOf('office'), referral: figures, evidence: NO_EVIDENCE, cases: [] };
  return [...drafts, { ...office, marks, written: null }];
}

/** All of them or none. Returns the SHA-256 of each. */
async function writeAll(
  drafts: readonly Draft[],
  folder: string,
  optionsOf: (draft: Draft) => PackageOptions,
): Promise<string[]> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    throw new UsageError('output-unwritable', phrase`${folder}: expected a folder that can be written`, {
      cause: error,
    });
  }
  return await keep(drafts, async () => {
    const sums: string[] = [];
    for (const draft of drafts) {
      if (draft.written !== null) {
        sums.push(draft.written);
        continue;
      }
      const bytes = await writePackage(draft.referral, draft.evidence, optionsOf(draft));
      await writeAtomically(draft.path, async (out) => {
        out.write(bytes);
      });
      sums.push(sha256(bytes));
    }
    return sums;
  });
}

/** Where `action` fails, none of the new packages stays: none went out, and no case says that one did. */
async function keep<T>(drafts: readonly Draft[], action: () => T | Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    for (const { path, written } of drafts) if (written === null) await rm(path, { force: true });
    throw error;
  }
}

function wordsOf(language: GlobalOptions['lang'], utcOffsetMinutes: number): ReferWords {
  return {
    language,
    utcOffsetMinutes,
    seen: (excerpt) => retell(language, excerpt),
    indication: (code, values) => {
      const refute = refutationText({ code, values }, language);
      return refute === '' ? null : { seen: indicationText({ code, values }, language), refute };
    },
  };
}

async function tell(
  drafts: readonly Draft[],
  written: readonly string[],
  { json, lang, quiet }: GlobalOptions,
): Promise<void> {
  const lines = drafts.map(({ path, referral, cases }, at) => {
    const { addresses } = referral.figures;
    const ids = cases.map(({ caseId }) => caseId);
    if (json) {
      const { profile, document, unit, left_out } = referral;
      const made = { file: path, sha256: written[at] ?? null, profile, document, unit: unit?.id ?? null };
      return `${JSON.stringify({ schema: 'rigwatch.referral-build/1', ...made, addresses, cases: ids, left_out })}\n`;
    }
    const values = { file: path, addresses, cases: ids.join(', ') || '-', sha256: written[at] ?? '' };
    return `${referMessage(lang, written.length === 0 ? 'built.dry' : 'built.file', values)}\n`;
  });
  await writeChunks(lines, process.stdout);
  for (const { path, written: sum } of drafts)
    if (sum !== null) remark(referMessage(lang, 'built.taken-up', { file: path }), { quiet });
  for (const { referral } of drafts)
    for (const [code, count] of Object.entries(referral.left_out))
      remark(labelled(lang, referral.unit?.id ?? '-', referWord(lang, 'left', code, { count })), { quiet });
}
