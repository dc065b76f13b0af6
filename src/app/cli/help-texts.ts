import type { EventEmitter } from 'node:events';
import type { Command } from 'commander';

/** The command and all below it. */
export function everyCommand(command: Command): Command[] {
  return [command, ...command.commands.flatMap(everyCommand)];
}

/**
 * Puts what `translate` makes of it in the place of every text of the help: summaries, descriptions of commands, options
 * and arguments, and the paragraphs behind them (of examples the heading and each line).
 */
export function rewriteHelp(program: Command, translate: (text: string) => string): void {
  for (const command of everyCommand(program)) {
    rewriteItem(command, translate);
    const help = command.createHelp();
    for (const item of [...help.visibleArguments(command), ...help.visibleOptions(command)])
      item.description &&= translate(item.description);
    for (const builtIn of help.visibleCommands(command))
      if (!command.commands.includes(builtIn)) rewriteItem(builtIn, translate);
    rewriteNotes(command, translate);
  }
}

function rewriteItem(command: Command, translate: (text: string) => string): void {
  const [summary, description] = [command.summary(), command.description()];
  if (summary !== '') command.summary(translate(summary));
  if (description !== '') command.description(translate(description));
}

/** What addHelpText put behind the help is a listener of commander's; it writes its text when it is asked. */
function rewriteNotes(command: Command, translate: (text: string) => string): void {
  const emitter = command as unknown as EventEmitter;
  let notes = '';
  const write = (text: string) => {
    notes += text;
  };
  emitter.emit('afterHelp', { error: false, command, write });
  if (notes === '') return;
  emitter.removeAllListeners('afterHelp');
  command.addHelpText('after', rewritten(notes.replace(/\n$/, ''), translate));
}

function rewritten(notes: string, translate: (text: string) => string): string {
  const paragraphs = notes.split('\n\n').map((paragraph) => {
    const [, blank = '', heading, examples = ''] = /^(\n?)(Examples?:)(\n.*)$/s.exec(paragraph) ?? [];
    if (heading === undefined) return translate(paragraph);
    return blank + translate(heading) + examples.replace(/\S.*/g, (line) => translate(line));
  });
  return paragraphs.join('\n\n');
}
