import type { Argument, Command, Option } from 'commander';

/** A word that can stand next on a command line, and what it is: empty where the word says it. */
export interface Candidate {
  readonly word: string;
  readonly text: string;
}

/** The end of a command line. */
export interface Place {
  /** The command it belongs to. */
  readonly command: Command;
  /** The option or argument that a value is being typed for; null where a command or option is. */
  readonly asked: Option | Argument | null;
  /** What is typed of it already. */
  readonly typed: string;
}

/** Where the last of `words` stands; they begin behind `rigwatch`, the last may be empty. */
export function placeOf(program: Command, words: readonly string[]): Place {
  const last = words.at(-1) ?? '';
  let command = program;
  let option: Option | null = null;
  let operands = 0;
  let onlyOperands = false;
  for (const word of words.slice(0, -1)) {
    if (option !== null) option = null;
    else if (word === '--') onlyOperands = true;
    else if (!onlyOperands && isOption(word)) option = optionOf(command, word);
    else {
      const below = operands === 0 ? command.commands.find((one) => one.name() === word) : undefined;
      if (below === undefined) operands++;
      else command = below;
    }
  }
  if (option !== null) return { command, asked: option, typed: last };
  const [, name, value = ''] = onlyOperands ? [] : (/^(--[^=]+)=(.*)$/s.exec(last) ?? []);
  if (name !== undefined) return { command, asked: optionOf(command, name), typed: value };
  const isPlain = onlyOperands || !last.startsWith('-');
  return { command, asked: isPlain ? argumentAt(command, operands) : null, typed: last };
}

const isOption = (word: string) => word.startsWith('-') && word !== '-';

/** The option that takes a value by this name, of the command or one above it. */
function optionOf(command: Command, name: string): Option | null {
  const found = optionsOf(command).find(({ short, long }) => name === short || name === long);
  return found?.required === true ? found : null;
}

/** The last one may take many words. */
function argumentAt({ registeredArguments: all }: Command, operands: number): Argument | null {
  const last = all.at(-1);
  return all[operands] ?? (last?.variadic === true ? last : null);
}

/** Options that the help shows, and those of the commands above. */
function optionsOf(command: Command): Option[] {
  const all = [...command.createHelp().visibleOptions(command)];
  for (let above = command.parent; above !== null; above = above.parent) all.push(...above.options);
  return all;
}

/** Commands or options that fit the place; for a value, its choices where they are declared. */
export function candidatesAt({ command, asked, typed }: Place): Candidate[] {
  if (asked !== null) return (asked.argChoices ?? []).map((word) => ({ word, text: '' }));
  const help = command.createHelp();
  if (typed.startsWith('-'))
    return optionsOf(command).flatMap(({ long, short, description }) =>
      [long ?? short].flatMap((word) => (word === undefined ? [] : [{ word, text: description }])),
    );
  return help
    .visibleCommands(command)
    .map((one) => ({ word: one.name(), text: help.subcommandDescription(one) }));
}
