import { phrase } from '../../base/phrase.js';
import { officeMessage, officeWord } from '../../deliver/print/messages/office-messages.js';
import { translate } from '../../deliver/print/translate.js';
import type { CaseChange } from '../../detect/cases/follow-up.js';
import type { Language } from '../../model/language.js';

/** `cases: 3 opened, 1 recurred`. */
export function describeChanges(changes: readonly CaseChange[], language: Language): string {
  if (changes.length === 0) return officeMessage(language, 'cases.unchanged');
  const counts = new Map<string, number>();
  for (const { action } of changes) counts.set(action, (counts.get(action) ?? 0) + 1);
  const words = [...counts].map(([action, count]) =>
    officeMessage(language, 'cases.count', { count, word: officeWord(language, 'action', action) }),
  );
  return officeMessage(language, 'cases.changed', { counts: translate(language, phrase`${words}`) });
}
