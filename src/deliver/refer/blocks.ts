/** What a letter is made of, whatever it is written as. Texts are plain: each writer escapes its own way. */
export type Block = TextBlock | TableBlock;

/**
 * `letterhead`: the office, over everything; `number`: of the document, under it; `addressee`: a line that is not
 * indented; `check`: something to tick.
 */
const TEXT_KINDS = [
  'letterhead',
  'number',
  'title',
  'heading',
  'subheading',
  'addressee',
  'paragraph',
  'right',
  'note',
  'item',
  'check',
] as const;
export type TextKind = (typeof TEXT_KINDS)[number];

export interface TextBlock {
  readonly kind: TextKind;
  readonly text: string;
}

export interface TableBlock {
  readonly kind: 'table';
  readonly columns: readonly TableColumn[];
  readonly rows: readonly (readonly string[])[];
}

export interface TableColumn {
  readonly title: string;
  /** Share of the width; those of a table are added up. */
  readonly width: number;
}
