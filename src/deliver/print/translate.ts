import { type Phrase, type PhraseValue, phrase } from '../../base/phrase.js';
import type { Language } from '../../model/language.js';
import { CHINESE } from './messages/phrases/index.js';

const READING = { templateOf: (template: string) => CHINESE[template] ?? template, comma: '、' };

/** A phrase in the language of its reader. */
export function translate(language: Language, text: Phrase): string {
  return language === 'en' ? text.toString() : text.read(READING);
}

/** `label: text`, as the language writes it. */
export function labelled(language: Language, label: string, text: PhraseValue): string {
  return translate(language, phrase`${label}: ${text}`);
}

/** `title:`, above what it is a title of. */
export function heading(language: Language, title: string): string {
  return labelled(language, title, '').trimEnd();
}

/** `a, b`: names side by side. */
export function enumerated(language: Language, names: readonly string[]): string {
  return names.join(language === 'en' ? ', ' : '、');
}

/** `a; b`: statements side by side. */
export function beside(language: Language, texts: readonly string[]): string {
  return texts.filter((text) => text !== '').join(language === 'en' ? '; ' : '；');
}
