import type { Command } from 'commander';
import { printable } from '../../base/text.js';
import { valuesAt } from './candidate-values.js';
import { type Candidate, candidatesAt, placeOf } from './candidates.js';
import type { GlobalOptions } from './globals.js';

export type Shell = 'bash' | 'zsh' | 'fish';

/** Each offers the names of files where rigwatch knows nothing. */
const SCRIPTS: Readonly<Record<Shell, string>> = {
  bash: `_rigwatch() {
  local word
  COMPREPLY=()
  while IFS=$'\\t' read -r word _; do
    COMPREPLY+=("$word")
  done < <(rigwatch __complete bash -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F _rigwatch rigwatch
`,
  zsh: `#compdef rigwatch
_rigwatch() {
  local -a found
  found=("\${(@f)$(rigwatch __complete zsh -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  if [[ -n $found[1] ]]; then
    found=("\${(@)found/$'\\t'/:}")
    _describe -V rigwatch found
  else
    _files
  fi
}
if [[ $funcstack[1] == _rigwatch ]]; then _rigwatch "$@"; else compdef _rigwatch rigwatch; fi
`,
  fish: `function __rigwatch_complete
  set -l words (commandline -opc) (commandline -ct)
  set -l found (rigwatch __complete fish -- $words[2..-1] 2>/dev/null)
  if test (count $found) -gt 0
    printf '%s\\n' $found
  else
    __fish_complete_path (commandline -ct)
  end
end
complete -c rigwatch -f -a '(__rigwatch_complete)'
`,
};

/** What is put on a command line unquoted; a shell must read nothing else in it. */
const PLAIN_WORD = /^[\p{L}\p{N}_.,@%+/=-]+$/u;
const MAX_CANDIDATES = 2000;
/** Characters of a description. */
const MAX_TEXT = 120;

export function printScript(shell: Shell): void {
  process.stdout.write(SCRIPTS[shell]);
}

/** A candidate a line: the word, and behind a tab what it is. `words` begin behind `rigwatch`; the last is what is being typed. */
export async function printCandidates(
  program: Command,
  shell: Shell,
  words: readonly string[],
  globals: Pick<GlobalOptions, 'db' | 'rules' | 'lang'>,
): Promise<void> {
  const lines = (await complete(program, shell, words, globals)).map(({ word, text }) =>
    text === '' ? `${word}\n` : `${word}\t${printable(text, MAX_TEXT)}\n`,
  );
  process.stdout.write(lines.join(''));
}

/** What can be typed in the place of the last word, bounded; of `bash` as that shell wants it. */
export async function complete(
  program: Command,
  shell: Shell,
  words: readonly string[],
  globals: Pick<GlobalOptions, 'db' | 'rules' | 'lang'>,
): Promise<Candidate[]> {
  const whole = shell === 'bash' ? joined(words) : words;
  const place = placeOf(program, whole);
  const db = optionValue(whole, '--db') ?? globals.db;
  const known = [...candidatesAt(place), ...(await valuesAt(place, { ...globals, db }))];
  // bash takes the value alone, as it cuts words at `=`; the others the whole word.
  const last = whole.at(-1) ?? '';
  const prefix = shell === 'bash' ? '' : last.slice(0, last.length - place.typed.length);
  return known
    .filter(({ word }) => word.startsWith(place.typed) && PLAIN_WORD.test(word))
    .slice(0, MAX_CANDIDATES)
    .map(({ word, text }) => ({ word: prefix + word, text }));
}

/** bash hands over `--lang=en` as three words. */
function joined(words: readonly string[]): string[] {
  const whole: string[] = [];
  for (const word of words) {
    const before = whole.at(-1) ?? '';
    if (/^--[^=]+$/.test(before) && word === '=') whole.push(`${whole.pop()}=`);
    else if (/^--[^=]+=$/.test(before)) whole.push(`${whole.pop()}${word}`);
    else whole.push(word);
  }
  return whole;
}

function optionValue(words: readonly string[], option: string): string | null {
  const at = words.lastIndexOf(option);
  return at < 0 || at + 2 >= words.length ? null : (words[at + 1] ?? null);
}
