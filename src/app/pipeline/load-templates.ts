import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UsageError } from '../../base/errors.js';
import { phrase } from '../../base/phrase.js';
import { systemReason } from '../../base/system-error.js';
import type { LetterTemplates } from '../../deliver/refer/index.js';
import type { Language } from '../../model/language.js';
import type { ReferralProfile } from '../../model/referral.js';

/** The templates that come with rigwatch. */
const BUNDLED_TEMPLATES = fileURLToPath(new URL('../../../templates/', import.meta.url));

/** A file of `dir` takes the place of the bundled one of its name. Throws UsageError where one cannot be read. */
export async function loadTemplates(
  dir: string | null,
  profile: ReferralProfile,
  language: Language,
): Promise<LetterTemplates> {
  if (dir !== null && !existsSync(dir))
    throw new UsageError('template-unreadable', phrase`--template ${dir}: expected a folder`);
  const load = async (name: string) => {
    const own = dir === null ? null : join(dir, name);
    const file = own !== null && existsSync(own) ? own : join(BUNDLED_TEMPLATES, name);
    try {
      return { file, text: await readFile(file, 'utf8') };
    } catch (error) {
      throw new UsageError('template-unreadable', phrase`${file}: cannot be read (${systemReason(error)})`, {
        cause: error,
      });
    }
  };
  return {
    letter: await load(`letter-${profile}.${language}.txt`),
    checklist: profile === 'unit' ? await load(`checklist.${language}.txt`) : null,
  };
}
