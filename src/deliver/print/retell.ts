import { fill } from '../../base/fill.js';
import type { Language } from '../../model/language.js';
import { STORED } from './messages/phrases/index.js';

/** Texts in texts in texts; deeper ones stay English. */
const MAX_DEPTH = 4;
/** Letters that a template must have of its own to be known without a text around it. */
const LEAST_LETTERS = 12;
/** What parts the members of a list, in English and in Chinese. */
const SEPARATORS = [
  ['; ', '；'],
  [', ', '、'],
] as const;

/** The pieces of a template between its places. */
interface Template {
  readonly pieces: readonly string[];
  readonly letters: number;
  readonly chinese: string;
}

const TEMPLATES: readonly Template[] = Object.entries(STORED)
  .map(([english, chinese]) => {
    const pieces = english.split(/\{\d+\}/);
    return { pieces, letters: pieces.join('').length, chinese };
  })
  .sort((a, b) => b.letters - a.letters);

/**
 * A text that was stored in English (a reason, what a rule saw), as its phrase reads in another language: the template is
 * known by the words around its places. A quote of traffic, and what no template fits, stays as it is.
 */
export function retell(language: Language, text: string): string {
  return language === 'en' ? text : (retold(text, 0) ?? text);
}

function retold(text: string, depth: number): string | null {
  if (depth > MAX_DEPTH) return null;
  const list = depth === 0 ? null : retoldList(text, depth);
  if (list !== null) return list;
  for (const { pieces, letters, chinese } of TEMPLATES) {
    if (depth === 0 && letters < LEAST_LETTERS) break;
    const values = valuesIn(text, pieces);
    if (values !== null) {
      const texts = values.map((value) => retold(value, depth + 1) ?? value);
      return fill(chinese, Object.fromEntries(texts.entries()));
    }
  }
  return null;
}

/** `payload and endpoint`, `a; b`: a list whose every member is known. */
function retoldList(text: string, depth: number): string | null {
  const words = text.split(' and ').map((word) => (Object.hasOwn(STORED, word) ? STORED[word] : null));
  if (words.length > 1 && words.every((word) => word !== null)) return words.join('、');
  for (const [english, chinese] of SEPARATORS) {
    if (!text.includes(english)) continue;
    const members = text.split(english).map((member) => retold(member, depth + 1));
    if (members.every((member) => member !== null)) return members.join(chinese);
  }
  return null;
}

/** What stands between the pieces, found from the end; null where the text is no such one. Linear in its length. */
function valuesIn(text: string, pieces: readonly string[]): string[] | null {
  const [first = '', ...others] = pieces;
  if (others.length === 0) return text === first ? [] : null;
  if (!text.startsWith(first)) return null;
  const values: string[] = [];
  let end = text.length;
  for (const [at, piece] of [...others].reverse().entries()) {
    const latest = end - piece.length;
    if (latest < first.length) return null;
    // The last piece ends the text.
    const found = at === 0 && !text.endsWith(piece) ? -1 : text.lastIndexOf(piece, latest);
    if (found < first.length) return null;
    if (at > 0) values.unshift(text.slice(found + piece.length, end));
    end = found;
  }
  return [text.slice(first.length, end), ...values];
}
