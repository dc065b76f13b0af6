import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { formatRange } from '../../base/address-range.js';
import { UsageError } from '../../base/errors.js';
import { phrase } from '../../base/phrase.js';
import { formatOffset, formatTime } from '../../base/time.js';
import { writeChunks } from '../../deliver/export/chunks.js';
import type { ListColumn } from '../../deliver/print/listing.js';
import { officeMessage } from '../../deliver/print/messages/office-messages.js';
import { formatHours, toDeclarationObject } from '../../deliver/print/office-json.js';
import { beside } from '../../deliver/print/translate.js';
import { openStore } from '../../deliver/store/index.js';
import { DECLARATION_COLUMNS, readDeclarations } from '../../intake/tables/declarations.js';
import { TableFaults } from '../../intake/tables/faults.js';
import type { Declaration } from '../../model/declaration.js';
import type { Language } from '../../model/language.js';
import { loadRules } from '../pipeline/load-rules.js';
import { loadRegister } from '../pipeline/register.js';
import { rejudgeDeclared } from '../pipeline/rejudge.js';
import { deedOf, parseDay, parseOffset, readTableFile, today } from './deed.js';
import type { DeedOptions } from './deed-options.js';
import type { GlobalOptions } from './globals.js';
import { remark, writeList } from './list-output.js';
import { templateCsv } from './template.js';

export interface RegistryImportOptions extends DeedOptions {
  readonly template: boolean;
}

export interface RegistryAddOptions extends DeedOptions {
  readonly unit?: string;
  readonly range?: string;
  readonly purpose: string;
  readonly approver: string;
  readonly from: string;
  readonly to?: string;
  readonly coins?: string;
  readonly maxMiners?: string;
  readonly hours?: string;
}

export interface RegistryEndOptions extends DeedOptions {
  readonly on?: string;
}

export async function importRegistry(
  file: string | null,
  options: RegistryImportOptions,
  globals: GlobalOptions,
): Promise<void> {
  if (options.template)
    return await writeChunks([templateCsv(DECLARATION_COLUMNS, globals.lang)], process.stdout);
  if (file === null)
    throw new UsageError(
      'table-missing',
      phrase`registry import: expected a FILE, or --template for one to fill in`,
    );
  await take(await readTableFile(file), basename(file), file, options, globals);
}

/** Entered as one row of a table, so that one reading checks both. */
export async function addDeclaration(
  reference: string,
  options: RegistryAddOptions,
  globals: GlobalOptions,
): Promise<void> {
  const row = {
    reference,
    unit_id: options.unit,
    range: options.range,
    purpose: options.purpose,
    approver: options.approver,
    valid_from: options.from,
    valid_to: options.to,
    coins: options.coins,
    max_miners: options.maxMiners,
    hours: options.hours,
  };
  await take(Buffer.from(JSON.stringify([row])), null, 'registry add', options, globals);
}

async function take(
  bytes: Buffer,
  file: string | null,
  name: string,
  options: DeedOptions,
  globals: GlobalOptions,
): Promise<void> {
  const deed = deedOf(options);
  const declarations = await readDeclarations(bytes, new TableFaults(name), parseOffset(options.utcOffset));
  const rules = await loadRules(globals.rules);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const store = openStore(globals.db);
  try {
    const before = loadRegister(store);
    store.office.saveDeclarations(
      declarations,
      declarations.map((one) => ({
        ...deed,
        subject: `declaration ${one.reference}`,
        action: 'declare',
        detail: { ...(file === null ? {} : { file, sha256 }), ...toDeclarationObject(one) },
      })),
    );
    const judged = rejudgeDeclared(store, rules, before);
    remark(officeMessage(globals.lang, 'import.registry', { count: declarations.length, judged }), globals);
  } finally {
    store.close();
  }
}

const REGISTRY_LIST: readonly ListColumn<Declaration>[] = [
  { name: 'reference', title: 'column.reference', value: ({ reference }) => reference },
  { name: 'unit_id', title: 'column.unit_id', value: ({ unitId }) => unitId ?? '' },
  { name: 'range', title: 'column.range', value: ({ range }) => (range === null ? '' : formatRange(range)) },
  { name: 'purpose', title: 'column.purpose', value: ({ purpose }) => purpose },
  { name: 'approver', title: 'column.approver', value: ({ approver }) => approver },
  {
    name: 'valid',
    title: 'column.valid',
    value: ({ fromUs, toUs }) =>
      `${formatTime(fromUs) ?? '?'}..${toUs === null ? '' : (formatTime(toUs) ?? '?')}`,
  },
  {
    name: 'limits',
    title: 'column.limits',
    value: (one) => limits(one, 'en'),
    cell: limits,
  },
];

function limits({ coins, maxMiners, hours, utcOffsetMinutes }: Declaration, language: Language): string {
  const parts = [coins.join(',')];
  if (maxMiners !== null) parts.push(officeMessage(language, 'registry.miners', { count: maxMiners }));
  if (hours !== null) {
    const [from = '', to = ''] = formatHours(hours).split('-');
    parts.push(
      officeMessage(language, 'registry.hours', { from, to, offset: formatOffset(utcOffsetMinutes) }),
    );
  }
  return beside(language, parts);
}

export async function listRegistry(globals: GlobalOptions): Promise<void> {
  const store = openStore(globals.db, { readOnly: true });
  try {
    await writeList(REGISTRY_LIST, store.office.declarations(), toDeclarationObject, globals);
  } finally {
    store.close();
  }
}

export async function endDeclaration(
  reference: string,
  options: RegistryEndOptions,
  globals: GlobalOptions,
): Promise<void> {
  const deed = deedOf(options);
  const offset = parseOffset(options.utcOffset);
  const toUs =
    options.on === undefined ? today(offset, deed.atUs) : parseDay('--on', options.on, offset, true);
  const rules = await loadRules(globals.rules);
  const store = openStore(globals.db);
  try {
    const before = loadRegister(store);
    const event = {
      ...deed,
      subject: `declaration ${reference}`,
      action: 'end',
      detail: { to: formatTime(toUs) },
    };
    if (!store.office.endDeclaration(reference, toUs, event))
      throw new UsageError(
        'declaration-unknown',
        phrase`${reference}: expected the reference of a declaration`,
      );
    rejudgeDeclared(store, rules, before);
    remark(
      officeMessage(globals.lang, 'registry.ended', { reference, time: formatTime(toUs) ?? '?' }),
      globals,
    );
  } finally {
    store.close();
  }
}
