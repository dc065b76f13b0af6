import { strToU8 } from 'fflate';
import { printable } from '../../base/text.js';
import { formatTime } from '../../base/time.js';
import type { Evidence } from '../../model/evidence.js';
import type { Referral } from '../../model/referral.js';
import type { Block } from './blocks.js';
import { writeDocx } from './docx.js';
import { addressName } from './file-names.js';
import { writeHtml } from './html.js';
import { templateValues } from './letter.js';
import { type ReferKey, referMessage } from './messages.js';
import { buildPackage, type PackageFile, REFERRAL, SUMS } from './package.js';
import { readMe } from './read-me.js';
import { type ReferSheet, sheetsOf } from './sheets.js';
import type { Signer } from './signer.js';
import { fillTemplate } from './template.js';
import type { ReferWords } from './words.js';

/** What letters can be written as. */
export const LETTER_FORMATS = ['docx', 'html'] as const;
export type LetterFormat = (typeof LETTER_FORMATS)[number];

/** Texts of templates, with the file each is from. */
export interface LetterTemplates {
  readonly letter: { readonly file: string; readonly text: string };
  /** Null where there is none to be written. */
  readonly checklist: { readonly file: string; readonly text: string } | null;
}

export interface PackageOptions {
  readonly words: ReferWords;
  readonly templates: LetterTemplates;
  readonly letters: readonly LetterFormat[];
  /** UTC ISO 8601. */
  readonly created: string;
  /** Name and version of the program. */
  readonly generator: string;
  readonly signer: Signer;
  /** An XLSX file of these; the same sheets give the same bytes. */
  writeWorkbook(sheets: readonly ReferSheet[]): Promise<Uint8Array>;
}

/** What goes into a package beside letters and tables. */
export interface PackageEvidence {
  /** Facts by address. */
  readonly records: ReadonlyMap<string, readonly Evidence[]>;
  /** Packets of decisive messages (pcapng) by address. */
  readonly slices: ReadonlyMap<string, Uint8Array>;
}

interface Planned {
  readonly name: string;
  readonly what: ReferKey;
  make(): Uint8Array | Promise<Uint8Array>;
}

/** One referral as a signed zip; the same input gives the same bytes. */
export async function writePackage(
  referral: Referral,
  { records, slices }: PackageEvidence,
  options: PackageOptions,
): Promise<Uint8Array> {
  const { words, templates, letters, signer, created, generator } = options;
  const { language } = words;
  const planned: Planned[] = [];
  const letter = (name: string, what: 'letter' | 'checklist', template: LetterTemplates['letter']) => {
    const title = `${referMessage(language, `title.${what}`)} ${referral.document}`;
    const blocks = (): Block[] =>
      fillTemplate(
        template.file,
        template.text,
        templateValues(referral, words, [...planned, SUMS_LINE], signer.fingerprint),
        referMessage(language, 'unknown'),
      );
    for (const format of letters)
      planned.push({
        name: `${name}.${format}`,
        what: `attached.${what}`,
        make: () =>
          format === 'docx'
            ? writeDocx(blocks(), { title, language })
            : strToU8(writeHtml(blocks(), { title, language })),
      });
  };
  letter('letter', 'letter', templates.letter);
  if (templates.checklist !== null) letter('checklist', 'checklist', templates.checklist);
  planned.push(
    {
      name: 'addresses.xlsx',
      what: 'attached.xlsx',
      make: () => options.writeWorkbook(sheetsOf(referral, words)),
    },
    { name: REFERRAL, what: 'attached.json', make: () => strToU8(`${JSON.stringify(referral, null, 1)}\n`) },
  );
  for (const [ip, facts] of records)
    planned.push({
      name: `evidence/${addressName(ip)}.jsonl`,
      what: 'attached.records',
      make: () => strToU8(facts.map((fact) => `${JSON.stringify(toRecord(fact))}\n`).join('')),
    });
  for (const [ip, bytes] of slices)
    planned.push({ name: `evidence/${addressName(ip)}.pcapng`, what: 'attached.slice', make: () => bytes });
  const files: PackageFile[] = [{ name: 'README.txt', bytes: strToU8(readMe(signer.fingerprint)) }];
  for (const { name, make } of planned) files.push({ name, bytes: await make() });
  const { profile, document, unit } = referral;
  return buildPackage(
    files,
    { profile, document, unit: unit?.id ?? null, created, generator, language },
    signer,
  );
}

const SUMS_LINE = { name: SUMS, what: 'attached.sums' } as const;

/** `rigwatch.evidence-record/1`: one fact, with what a third party needs to check it. */
function toRecord(fact: Evidence) {
  return {
    schema: 'rigwatch.evidence-record/1',
    ip: fact.suspect,
    rule: fact.rule,
    item: fact.item,
    strength: fact.strength,
    bans: fact.weight,
    peer: fact.peer,
    host: fact.host === null ? null : printable(fact.host),
    session: fact.session,
    both_directions: fact.bothDirections,
    encrypted: fact.encrypted,
    count: fact.count,
    first: formatTime(fact.firstUs),
    last: formatTime(fact.lastUs),
    excerpt: printable(fact.excerpt),
    source: printable(fact.origin.source.replace(/^.*[\\/]/, '')),
    format: fact.origin.format,
    record: fact.origin.record,
    proof: fact.proof ?? null,
  };
}
