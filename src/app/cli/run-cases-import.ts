import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { UsageError } from '../../base/errors.js';
import { type Phrase, phrase } from '../../base/phrase.js';
import { writeChunks } from '../../deliver/export/chunks.js';
import { officeMessage } from '../../deliver/print/messages/office-messages.js';
import { openStore, type Store } from '../../deliver/store/index.js';
import { act, nextState } from '../../detect/cases/states.js';
import { TableFaults } from '../../intake/tables/faults.js';
import { RESULT_COLUMNS, type ResultRow, readResults } from '../../intake/tables/results.js';
import type { Case } from '../../model/case.js';
import { type CaseStep, type Deed, STATE_PHRASES, stepOf } from '../pipeline/cases.js';
import { deedOf, parseOffset, readTableFile } from './deed.js';
import type { DeedOptions } from './deed-options.js';
import type { GlobalOptions } from './globals.js';
import { remark } from './list-output.js';
import { templateCsv } from './template.js';

/** The results that units sent back, row by row in one transaction: all or, with every fault named, none. */
export async function importResults(
  file: string | null,
  options: DeedOptions & { readonly template: boolean },
  globals: GlobalOptions,
): Promise<void> {
  if (options.template) return await writeChunks([templateCsv(RESULT_COLUMNS, globals.lang)], process.stdout);
  if (file === null)
    throw new UsageError(
      'table-missing',
      phrase`cases import: expected a FILE, or --template for one to fill in`,
    );
  const bytes = await readTableFile(file);
  const faults = new TableFaults(file);
  const rows = await readResults(bytes, faults, parseOffset(options.utcOffset));
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const why = options.why ?? `${basename(file)} (SHA-256 ${sha256})`;
  const store = openStore(globals.db);
  try {
    const steps = stepsOf(store, rows, faults, deedOf({ ...options, why }));
    faults.throwIfAny();
    store.office.saveCases(steps);
    const counts = {
      count: steps.filter(({ event }) => event.action === 'result').length,
      claims: steps.filter(({ event }) => event.action === 'rectify').length,
    };
    if (globals.json)
      await writeChunks(
        [
          `${JSON.stringify({ schema: 'rigwatch.results-import/1', results: counts.count, claims: counts.claims })}\n`,
        ],
        process.stdout,
      );
    remark(officeMessage(globals.lang, 'import.results', counts), globals);
  } finally {
    store.close();
  }
}

function stepsOf(store: Store, rows: readonly ResultRow[], faults: TableFaults, deed: Deed): CaseStep[] {
  const steps: CaseStep[] = [];
  const all = new Map(store.office.cases().map((one) => [one.caseId, one]));
  const byUnit = new Map<string, number[]>();
  for (const { unitId, caseId } of all.values()) {
    const list = byUnit.get(unitId ?? '');
    if (list === undefined) byUnit.set(unitId ?? '', [caseId]);
    else list.push(caseId);
  }
  const done = new Set<number>();
  const advance = (one: Case, step: CaseStep) => {
    steps.push(step);
    all.set(one.caseId, step.after);
    return step.after;
  };
  for (const row of rows) {
    const named = row.caseId === null ? (byUnit.get(row.unitId ?? '') ?? []) : [row.caseId];
    const chosen = named.flatMap((id) => all.get(id) ?? []).filter((one) => isMeant(one, row));
    if (chosen.length === 0)
      faults.add(row.line, phrase`expected a case that waits for a result, found ${whose(row)}`);
    for (const one of chosen) {
      if (done.has(one.caseId)) {
        faults.add(row.line, phrase`case ${one.caseId}: expected one row a case`);
        continue;
      }
      done.add(one.caseId);
      const checked = act(one, 'result', deed.atUs, { check: row.check });
      if (checked === null) {
        faults.add(
          row.line,
          phrase`case ${one.caseId} is ${STATE_PHRASES[one.state]}: expected one that waits for a result`,
        );
        continue;
      }
      const after = advance(one, stepOf(one, 'result', deed, { check: row.check }));
      if (row.claimedUs !== null) advance(one, stepOf(after, 'rectify', deed, { claimedUs: row.claimedUs }));
    }
  }
  return steps;
}

/** By number; of a unit, all that wait for a result. */
function isMeant(one: Case, { caseId, unitId }: ResultRow): boolean {
  if (caseId !== null) return one.caseId === caseId && (unitId === null || one.unitId === unitId);
  return one.unitId === unitId && one.state !== 'inspected' && nextState(one.state, 'result') !== null;
}

function whose({ caseId, unitId }: ResultRow): Phrase {
  if (caseId === null) return phrase`none of unit ${unitId ?? ''}`;
  return unitId === null ? phrase`case ${caseId}` : phrase`case ${caseId} of unit ${unitId}`;
}
