import type { Command } from 'commander';
import { globalOptions } from './globals.js';

/** `rigwatch mapping`: what a mapping file makes of somebody's own CSV or JSON of flows. */
export function declareMapping(program: Command): void {
  program
    .command('mapping')
    .summary('check a mapping file, and show what it makes of a sample')
    .description(
      'A mapping file names the columns of a CSV, or the keys of JSON lines, that hold flows: see docs/inputs.md. ' +
        'Faults are told as file:line: message.',
    )
    .command('check')
    .argument('<FILE>', 'the mapping file (YAML)')
    .argument('[SAMPLE]', 'a CSV or JSON that it is for; its first records are shown as they are read')
    .option('--tz <ZONE>', 'zone of times that do not say theirs; default: the system’s')
    .description('say where each field comes from; exit 0 clean, 2 faults, 3 the sample does not fit')
    .addHelpText('after', '\nExample:\n  rigwatch mapping check flows.yaml flows.csv')
    .action(async (file: string, sample: string | undefined, options: { tz?: string }, command: Command) => {
      const { checkMappingFile } = await import('./run-mapping.js');
      checkMappingFile(file, sample ?? null, options.tz ?? null, globalOptions(command));
    });
}
