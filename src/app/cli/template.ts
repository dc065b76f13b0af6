import { stringify } from 'csv-stringify/sync';
import type { Column } from '../../intake/tables/columns.js';
import type { Language } from '../../model/language.js';

/** A CSV to fill in: titles in the reader's language, one example row. A byte order mark, so that spreadsheets read it. */
export function templateCsv(columns: readonly Column[], language: Language): string {
  const isChinese = language === 'zh-CN';
  const titles = columns.map(({ name, zh }) => (isChinese ? zh : name));
  const example = columns.map(({ example, exampleZh }) => (isChinese ? (exampleZh ?? example) : example));
  return `\ufeff${stringify([titles, example])}`;
}
