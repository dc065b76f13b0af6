import { type Phrase, phrase } from './phrase.js';

/** What the YAML parser (npm yaml 2) finds wrong, by the beginning of its own words. The first that fits counts. */
const FAULTS: readonly (readonly [words: RegExp, say: (found: string) => Phrase])[] = [
  [
    /^All \w+ items must start at the same column/,
    () => phrase`items or keys that begin at different columns`,
  ],
  [
    /^Nested mappings are not allowed/,
    () => phrase`a second ": " in one value; it needs quotation marks, or another indentation`,
  ],
  [/^A block sequence may not be used/, () => phrase`an item of a list ("- ") where a key is expected`],
  [/^Tabs are not allowed/, () => phrase`a tab as indentation; use spaces`],
  [/^Map keys must be unique/, () => phrase`the same key twice`],
  [/^Missing closing (.)quote/, (mark) => phrase`a closing ${mark} is missing`],
  [/^Flow .* (?:and|must) end with a (.)/, (end) => phrase`a closing ${end} is missing, or not indented`],
  [/^Implicit map keys need/, () => phrase`a line without ":" where a key is expected`],
  [
    /^Implicit keys /,
    () => phrase`a key that goes over several lines; a ":" or quotation mark may be missing`,
  ],
  [/^(?:The : indicator must be at most)/, () => phrase`a key of more than 1,024 characters`],
  [/^Missing , /, () => phrase`a comma is missing between brackets`],
  [/^Missing space after :/, () => phrase`a space is missing behind ":"`],
  [/^Sequence item without/, () => phrase`an item of a list without "- "`],
  [/^Comments must be separated/, () => phrase`a space is missing before "#"`],
  [
    /^Plain value cannot start with .*?(\S)$/,
    (sign) => phrase`a value that begins with ${sign}; put it in quotation marks`,
  ],
  [/^Invalid escape sequence (.*)/, (found) => phrase`no such escape between quotation marks: ${found}`],
  [
    /block scalar/i,
    () => phrase`a text behind "|" or ">" that is not indented, or something else behind these signs`,
  ],
  [/\b(?:alias|anchor)/i, () => phrase`an alias or anchor ("*", "&") that cannot be there`],
  [/\btags?\b/i, () => phrase`a tag ("!") that cannot be there`],
  [/directive|document|doc-(?:start|end)/i, () => phrase`a line that begins with "%", "---" or "..."`],
  [/^Unexpected /, () => phrase`a word or sign where none is expected`],
];

/** In one line, for an operator; in the parser's own words, which are English, where we have none. */
export function yamlFault(error: unknown): Phrase {
  if (!(error instanceof Error)) return phrase`not YAML: ${String(error)}`;
  const [first = ''] = error.message.split('\n');
  // It ends with the place, which is told apart.
  const words = first.replace(/ at line \d+, column \d+:$/, '');
  for (const [pattern, say] of FAULTS) {
    const found = pattern.exec(words);
    if (found !== null) return phrase`not YAML: ${say(found[1] ?? '')}`;
  }
  return phrase`not YAML: ${words}`;
}
