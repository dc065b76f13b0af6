import { fill } from '../../base/fill.js';
import { printable } from '../../base/text.js';
import type { Language } from '../../model/language.js';
import type { Indication, Nature } from '../../model/nature.js';
import { basisText } from './messages/finding-messages.js';
import { NATURE_MESSAGES, NATURE_TITLES } from './messages/nature-messages.js';
import { enumerated, heading } from './translate.js';

const KINDS = ['active', 'passive', 'research'] as const;

/** What was seen, as a sentence; a code of a newer version stands for itself. */
export function indicationText({ code, values }: Indication, language: Language): string {
  const basis = typeof values.basis === 'string' ? { basis: basisText(language, values.basis) } : {};
  const coins =
    typeof values.coins === 'string' ? { coins: enumerated(language, values.coins.split(', ')) } : {};
  return filled(NATURE_MESSAGES[code]?.seen[language] ?? code, { ...values, ...basis, ...coins });
}

export function refutationText({ code, values }: Indication, language: Language): string {
  return filled(NATURE_MESSAGES[code]?.refute[language] ?? '', values);
}

function filled(template: string, values: Indication['values']): string {
  return printable(fill(template, values));
}

/** For machines: each indication with its refutation, in English. */
export function natureObject(nature: Nature): Readonly<Record<keyof Nature, readonly string[]>> {
  const sentences = (all: readonly Indication[]) =>
    all.map((one) => `${indicationText(one, 'en')}; refuted by: ${refutationText(one, 'en')}`);
  return {
    active: sentences(nature.active),
    passive: sentences(nature.passive),
    research: sentences(nature.research),
  };
}

/** Lines of a brief: each kind under its title, each sign with what would refute it, and what they are not. */
export function natureLines(nature: Nature, language: Language): string[] {
  const lines = KINDS.flatMap((kind) =>
    nature[kind].length === 0
      ? []
      : [
          heading(language, NATURE_TITLES[kind][language]),
          ...nature[kind].flatMap((one) => [
            `- ${indicationText(one, language)}`,
            `  ${filled(NATURE_TITLES.refuted[language], { text: refutationText(one, language) })}`,
          ]),
        ],
  );
  return lines.length === 0 ? [NATURE_TITLES.nothing[language]] : [...lines, NATURE_TITLES.caution[language]];
}
