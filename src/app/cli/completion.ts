import { Argument, type Command } from 'commander';
import { globalOptions } from './globals.js';
import type { Shell } from './run-completion.js';

const SHELLS: readonly Shell[] = ['bash', 'zsh', 'fish'];

/** `rigwatch completion`: a script for the shell, which asks the hidden `rigwatch __complete` at each Tab. */
export function declareCompletion(program: Command): void {
  program
    .command('completion')
    .summary('script that lets a shell complete commands, options and their values')
    .description(
      'Prints a script for the shell. At each Tab it asks rigwatch itself, so it fits the installed version; ids of rules and units too.',
    )
    .addArgument(new Argument('<SHELL>', 'shell that is to complete').choices(SHELLS))
    .addHelpText(
      'after',
      '\nExamples:\n  rigwatch completion bash > ~/.local/share/bash-completion/completions/rigwatch\n' +
        '  rigwatch completion zsh > /usr/local/share/zsh/site-functions/_rigwatch\n' +
        '  rigwatch completion fish > ~/.config/fish/completions/rigwatch.fish',
    )
    .action(async (shell: Shell) => {
      const { printScript } = await import('./run-completion.js');
      printScript(shell);
    });
  program
    .command('__complete', { hidden: true })
    .addArgument(new Argument('<SHELL>').choices(SHELLS))
    .argument('[WORDS...]')
    .action(async (shell: Shell, words: string[], _options: unknown, command: Command) => {
      const { printCandidates } = await import('./run-completion.js');
      await printCandidates(program, shell, words, globalOptions(command));
    });
}
