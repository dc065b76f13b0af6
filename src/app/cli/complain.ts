import type { RigwatchError } from '../../base/errors.js';
import { printable } from '../../base/text.js';
import { toErrorObject } from '../../deliver/print/error-json.js';
import { translate } from '../../deliver/print/translate.js';
import type { GlobalOptions } from './globals.js';

/** Characters of one line; messages name paths, which may be long. */
const MAX_LINE = 8192;

/** One error on standard error: an object with `--json`, else a line, or several. File names in it must not act. */
export function complain(error: RigwatchError, { json, lang }: Pick<GlobalOptions, 'json' | 'lang'>): void {
  const lines = error.lines.map((line) => printable(translate(lang, line), MAX_LINE));
  process.stderr.write(
    json ? `${JSON.stringify(toErrorObject(error))}\n` : `rigwatch: ${lines.join('\n')}\n`,
  );
}
