import type { Command } from 'commander';
import { globalOptions } from './globals.js';
import type { ExportCommandOptions } from './run-export.js';

export function declareExport(program: Command): void {
  program
    .command('export')
    .summary('suspect lists and machine-readable exports')
    .description(
      'Writes stored verdicts in a format for other tools, flagged ones only unless told otherwise.',
    )
    .argument('[FORMAT]', 'csv, jsonl or txt (--list says more)')
    .option('--level <LEVELS>', 'some of confirmed,probable,suspected,cleared', 'confirmed,probable')
    .option('--min-score <N>', 'score of at least this, 0 to 1')
    .option('--since <TIME>', 'seen at this time or later: ISO 8601 with a zone, or "2h ago"')
    .option('--unit <ID>', 'of this unit')
    .option('-o, --output <FILE>', 'write this file, whole or not at all (default: standard output)')
    .option('--bom', 'csv: start with a byte order mark', false)
    .option('--comments', 'txt: level and score behind each address', false)
    .option('--list', 'name the formats', false)
    .addHelpText(
      'after',
      '\nExamples:\n  rigwatch export csv --bom -o suspects.csv\n  rigwatch export txt --level confirmed --since "7d ago"\n' +
        '\nExit codes: 0 done, also where there is none; 2 no database, wrong usage, or the file cannot be written',
    )
    .action(async (format: string | undefined, options: ExportCommandOptions, command: Command) => {
      const { runExport } = await import('./run-export.js');
      await runExport(format ?? null, options, globalOptions(command));
    });
}
