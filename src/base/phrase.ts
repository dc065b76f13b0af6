import { fill } from './fill.js';

/** What stands in a place of a phrase: a list is read with commas, a phrase in the language of the one around it. */
export type PhraseValue = string | number | Phrase | readonly PhraseValue[];

/** How a language reads: the text it has for a template, and what parts a list. */
export interface Reading {
  templateOf(template: string): string;
  readonly comma: string;
}

const ENGLISH: Reading = { templateOf: (template) => template, comma: ', ' };

/**
 * A text for a person that is not yet in their language. Made by `phrase` alone, so that its English is in the sources, where a
 * test looks for the Chinese of every one. As a string and in JSON it is English: machine output is never translated.
 */
export class Phrase {
  // Private to the compiler alone: two phrases are equal where these are.
  private readonly strings: readonly string[];
  private readonly values: readonly PhraseValue[];

  constructor(strings: TemplateStringsArray, values: readonly PhraseValue[]) {
    this.strings = strings;
    this.values = values;
  }

  /** With its places numbered, as catalogues have it: `anchor {0}: cannot be written ({1})`. */
  get template(): string {
    return templateOf(this.strings);
  }

  read(reading: Reading): string {
    const texts = this.values.map((value) => readValue(value, reading));
    return fill(reading.templateOf(this.template), Object.fromEntries(texts.entries()));
  }

  toString(): string {
    let text = this.strings[0] ?? '';
    for (const [at, value] of this.values.entries())
      text += (typeof value === 'string' ? value : readValue(value, ENGLISH)) + (this.strings[at + 1] ?? '');
    return text;
  }

  toJSON(): string {
    return this.toString();
  }
}

/** The phrase of a literal: phrase`anchor ${target}: cannot be written (${code})`. Values are names and figures, not words. */
export function phrase(strings: TemplateStringsArray, ...values: readonly PhraseValue[]): Phrase {
  return new Phrase(strings, values);
}

/** Words of which one will do: `a or b or c`. */
export function either(words: readonly PhraseValue[]): PhraseValue {
  const [first = '', ...others] = words;
  return others.reduce((text, word) => phrase`${text} or ${word}`, first);
}

/** The pieces of a literal around its places, as one text with numbered places. */
export function templateOf(strings: readonly string[]): string {
  return strings.reduce((text, piece, place) => `${text}{${place - 1}}${piece}`);
}

function readValue(value: PhraseValue, reading: Reading): string {
  if (value instanceof Phrase) return reading === ENGLISH ? value.toString() : value.read(reading);
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  return value.map((item) => readValue(item, reading)).join(reading.comma);
}
