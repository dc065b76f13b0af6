import type { Command } from 'commander';
import { globalOptions } from './globals.js';
import type { DoctorOptions } from './run-doctor.js';

export function declareDoctor(program: Command): void {
  program
    .command('doctor')
    .summary('say what is wrong with the machine or a live input, and what to do')
    .description(
      'Looks at Node.js, database, disk, rules and receive buffers. With URLs (as watch takes them) it listens to each for a\n' +
        'while and tells what comes: exporters, versions, templates, loss, clocks, sampling. Nothing is stored.',
    )
    .argument('[URL...]', 'live inputs, as for watch')
    .option('--listen <DURATION>', 'listen this long to the inputs (1s to 1h)', '10s')
    .addHelpText(
      'after',
      '\nExamples:\n  rigwatch doctor\n  rigwatch doctor netflow://127.0.0.1:2055 --listen 60s\n' +
        '\nExit codes: 0 nothing to fix; 1 something to fix; 2 not done',
    )
    .action(async (urls: string[], options: DoctorOptions, command: Command) => {
      const { runDoctor } = await import('./run-doctor.js');
      await runDoctor(urls, options, globalOptions(command));
    });
}
