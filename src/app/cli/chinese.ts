import { type Argument, type Command, Help, type Option } from 'commander';
import { chineseFault } from '../../deliver/print/messages/help/faults.js';
import { chineseHelp } from '../../deliver/print/messages/help/index.js';
import { widthOf } from '../../deliver/print/width.js';
import { everyCommand, rewriteHelp } from './help-texts.js';

/** What stays on one line: a word or one wide character, with the marks that must not end or begin a line. */
const UNBROKEN = /\s*[（“]*(?:[!-~…’]+|\S)[）”，。；：、！？]*/gu;

/** Lets commander speak Chinese: help of every command, and what it says of a wrong command line. */
export function speakChinese(program: Command): void {
  rewriteHelp(program, chineseHelp);
  for (const command of everyCommand(program)) {
    command.createHelp = () => new ChineseHelp();
    command.configureOutput({ outputError: (text, write) => write(`${chineseFault(text.trimEnd())}\n`) });
    command.showHelpAfterError(chineseHelp('(see --help)'));
  }
}

/** Help with Chinese headings, in columns and lines that reckon with wide characters. */
class ChineseHelp extends Help {
  override displayWidth(text: string): number {
    return widthOf(text);
  }

  override boxWrap(text: string, width: number): string {
    return text
      .split('\n')
      .map((line) => this.wrapLine(line, width))
      .join('\n');
  }

  private wrapLine(text: string, width: number): string {
    const lines: string[] = [];
    let line = '';
    for (const [piece] of text.matchAll(UNBROKEN)) {
      const isFull = this.displayWidth(line + piece) > width && line !== '';
      if (isFull) lines.push(line);
      line = isFull ? piece.trimStart() : line + piece;
    }
    return [...lines, line].join('\n');
  }

  override formatHelp(command: Command, helper: Help): string {
    return super.formatHelp(command, helper).replace('： ', '：');
  }

  override styleTitle(title: string): string {
    return chineseHelp(title);
  }

  override commandUsage(command: Command): string {
    return chineseTerm(super.commandUsage(command));
  }

  override subcommandTerm(command: Command): string {
    return chineseTerm(super.subcommandTerm(command));
  }

  override optionDescription({ description, argChoices, defaultValue }: Option): string {
    return withRemarks(description, argChoices, defaultValue);
  }

  override argumentDescription({ description, argChoices, defaultValue }: Argument): string {
    return withRemarks(description, argChoices, defaultValue);
  }
}

function withRemarks(description: string, choices: readonly string[] | undefined, preset: unknown): string {
  const value = JSON.stringify(preset);
  const remarks = [
    ...(choices === undefined ? [] : [`${chineseHelp('choices:')}${choices.join('、')}`]),
    ...(value === undefined || value === 'false' || value === '[]'
      ? []
      : [`${chineseHelp('default:')}${value}`]),
  ];
  if (remarks.length === 0) return description;
  const brackets = `${description}（${remarks.join('；')}）`;
  // Two brackets become one, but for one that explains a word: `self-check（自查）`.
  return brackets.replace(/(?<![!-~])（([^（）]*)）（([^（）]*)）$/, '（$1；$2）');
}

function chineseTerm(term: string): string {
  return term.replace(/\[(options|command)\]/g, chineseHelp);
}
