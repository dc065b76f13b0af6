import { type Fault, formatFault, moreFaults, UsageError } from '../../base/errors.js';
import { type Phrase, phrase } from '../../base/phrase.js';
import type { Block, TextKind } from './blocks.js';

/** Lines of a template, and characters of the whole of it. */
const MAX_LINES = 2000;
const MAX_CHARACTERS = 200_000;
/** Faults that are told; the rest is counted. */
const MAX_FAULTS = 20;

/** By the beginning of a line; the longer first. */
const MARKS: readonly (readonly [mark: string, kind: TextKind])[] = [
  ['### ', 'subheading'],
  ['## ', 'heading'],
  ['# ', 'title'],
  ['! ', 'letterhead'],
  ['= ', 'number'],
  ['| ', 'addressee'],
  ['> ', 'right'],
  ['~ ', 'note'],
  ['- ', 'item'],
  ['[] ', 'check'],
];
const CONDITION = /^\?(\w+):\s*/;
const PART = /^\{\{(\w+)\}\}$/;
const PLACEHOLDER = /\{(\w+)\}/g;
const COMMENT = ';';

/** What a template may name: texts (null: not known), and parts that are blocks of their own. */
export interface TemplateValues {
  readonly texts: Readonly<Record<string, string | null>>;
  readonly parts: Readonly<Record<string, readonly Block[]>>;
}

/**
 * Fills a template (docs/referrals.md says how one is written). A filled-in text is never read as template again.
 * Throws UsageError with every line that names what there is not; `unknown` stands where a text is not known.
 */
export function fillTemplate(
  file: string,
  template: string,
  values: TemplateValues,
  unknown: string,
): Block[] {
  const lines = template.replace(/^\ufeff/, '').split(/\r?\n/);
  if (template.length > MAX_CHARACTERS || lines.length > MAX_LINES)
    throw new UsageError(
      'template-invalid',
      phrase`${file}: expected at most ${MAX_CHARACTERS} characters in ${MAX_LINES} lines`,
    );
  const faults: Fault[] = [];
  const blocks = lines.flatMap((line, at) => {
    const fault = (message: Phrase) => faults.push({ file, line: at + 1, ruleId: null, message });
    return fillLine(line.trim(), values, unknown, fault);
  });
  if (faults.length === 0) return blocks;
  const told = faults.slice(0, MAX_FAULTS).map(formatFault);
  if (faults.length > MAX_FAULTS) told.push(moreFaults(faults.length - MAX_FAULTS));
  throw new UsageError('template-invalid', told);
}

function fillLine(
  line: string,
  { texts, parts }: TemplateValues,
  unknown: string,
  fault: (message: Phrase) => void,
): readonly Block[] {
  if (line === '' || line.startsWith(COMMENT)) return [];
  const condition = CONDITION.exec(line);
  const needed = condition?.[1];
  if (needed !== undefined && !Object.hasOwn(texts, needed))
    fault(phrase`?${needed}: expected one of ${names(texts)}`);
  const rest = condition === null ? line : line.slice(condition[0].length);
  const part = PART.exec(rest)?.[1];
  if (part !== undefined) {
    if (!Object.hasOwn(parts, part)) fault(phrase`{{${part}}}: expected one of ${names(parts)}`);
    return needed !== undefined && texts[needed] === null ? [] : (parts[part] ?? []);
  }
  const [mark, kind] = MARKS.find(([start]) => rest.startsWith(start)) ?? ['', 'paragraph' as const];
  const text = rest.slice(mark.length).replace(PLACEHOLDER, (whole, name: string) => {
    if (Object.hasOwn(texts, name)) return texts[name] ?? unknown;
    fault(phrase`${whole}: expected one of ${names(texts)}`);
    return '';
  });
  return needed !== undefined && texts[needed] === null ? [] : [{ kind, text }];
}

const names = (known: Readonly<Record<string, unknown>>) => Object.keys(known).sort();
