import { printable } from '../../base/text.js';
import { formatTime } from '../../base/time.js';
import type { ListColumn } from '../../deliver/print/listing.js';
import { openStore } from '../../deliver/store/index.js';
import type { CaseEvent } from '../../model/case.js';
import type { GlobalOptions } from './globals.js';
import { writeList } from './list-output.js';

/** One package, as the trail tells of it. Texts are printable. */
interface Entry {
  readonly at: string | null;
  readonly by: string;
  readonly document: string;
  readonly date: string;
  readonly deadline: string | null;
  readonly cases: readonly number[];
  readonly unit: string | null;
  readonly file: string;
  readonly sha256: string;
}

const LIST: readonly ListColumn<Entry>[] = [
  { name: 'document', title: 'column.document', value: ({ document }) => document },
  { name: 'date', title: 'column.date', value: ({ date }) => date },
  { name: 'deadline', title: 'column.deadline', value: ({ deadline }) => deadline ?? '' },
  { name: 'unit_id', title: 'column.unit_id', value: ({ unit }) => unit ?? '' },
  { name: 'cases', title: 'column.case', value: ({ cases }) => cases.join(',') },
  { name: 'file', title: 'column.file', value: ({ file }) => file },
  { name: 'by', title: 'column.by', value: ({ by }) => by },
];

export async function listReferrals(globals: GlobalOptions): Promise<void> {
  const store = openStore(globals.db, { readOnly: true });
  try {
    const unitOf = new Map(store.office.cases().map(({ caseId, unitId }) => [caseId, unitId]));
    const entries = entriesOf(store.office.referrals(), (caseId) => unitOf.get(caseId) ?? null);
    await writeList(LIST, entries, (entry) => ({ schema: 'rigwatch.referral-entry/1', ...entry }), globals);
  } finally {
    store.close();
  }
}

/** Cases of one package are told by one event each. */
function entriesOf(events: readonly CaseEvent[], unitOf: (caseId: number) => string | null): Entry[] {
  const entries = new Map<string, Entry & { cases: number[] }>();
  for (const { atUs, actor, subject, detail } of events) {
    const { package: made, referral } = detail as {
      package?: { file?: unknown; sha256?: unknown; date?: unknown; deadline?: unknown };
      referral?: { document?: unknown };
    };
    const caseId = Number(subject.replace(/^case /, ''));
    const text = (value: unknown) => (typeof value === 'string' ? printable(value) : '');
    const key = `${atUs} ${text(made?.sha256)}`;
    const known = entries.get(key);
    if (known !== undefined) {
      known.cases.push(caseId);
      continue;
    }
    entries.set(key, {
      at: formatTime(atUs),
      by: printable(actor),
      document: text(referral?.document),
      date: text(made?.date),
      deadline: typeof made?.deadline === 'string' ? text(made.deadline) : null,
      cases: [caseId],
      unit: unitOf(caseId),
      file: text(made?.file),
      sha256: text(made?.sha256),
    });
  }
  return [...entries.values()];
}
