import type { Command } from 'commander';
import { withDeedOptions } from './deed-options.js';
import { globalOptions } from './globals.js';
import type { RegistryAddOptions, RegistryEndOptions, RegistryImportOptions } from './run-registry.js';

/** `rigwatch registry`: declared projects. */
export function declareRegistry(program: Command): void {
  const registry = program
    .command('registry')
    .summary('declared or research projects: what is allowed, until when')
    .description(
      'Addresses of a declared project are cleared while it lasts and is kept to: see docs/units-and-cases.md.',
    )
    .addHelpText(
      'after',
      '\nExamples:\n  rigwatch registry add R-2021-001 --unit U0001 --purpose "course" --approver "science office" --from 2021-03-01 --to 2021-07-31 --coins XMR --max-miners 2\n  rigwatch registry import registry.xlsx --utc-offset +08:00',
    );
  withDeedOptions(
    registry
      .command('import')
      .argument('[FILE]', 'CSV, XLSX or JSON')
      .description(
        'take over declarations: all of them or, with every fault named, none; a known reference is replaced',
      )
      .option('--template', 'print a CSV to fill in, titles by --lang', false),
  ).action(async (file: string | undefined, options: RegistryImportOptions, command: Command) => {
    const { importRegistry } = await import('./run-registry.js');
    await importRegistry(file ?? null, options, globalOptions(command));
  });
  registry
    .command('list')
    .description('every declaration, one a line')
    .action(async (_options: unknown, command: Command) => {
      const { listRegistry } = await import('./run-registry.js');
      await listRegistry(globalOptions(command));
    });
  withDeedOptions(
    registry
      .command('add')
      .argument('<REFERENCE>', 'number of the filing')
      .description('enter one declaration')
      .option('--unit <ID>', 'for the addresses of this unit')
      .option('--range <RANGE>', 'for these addresses: a block, first-last, or one')
      .requiredOption('--purpose <TEXT>', 'what for')
      .requiredOption('--approver <NAME>', 'who approved it')
      .requiredOption('--from <DATE>', 'valid from this day on')
      .option('--to <DATE>', 'valid up to this day, included (default: until it is ended)')
      .option('--coins <TICKERS>', 'only these coins, e.g. XMR,BTC')
      .option('--max-miners <N>', 'at most so many machines')
      .option('--hours <HOURS>', 'only at these hours of --utc-offset, e.g. 08:00-20:00'),
  ).action(async (reference: string, options: RegistryAddOptions, command: Command) => {
    const { addDeclaration } = await import('./run-registry.js');
    await addDeclaration(reference, options, globalOptions(command));
  });
  withDeedOptions(
    registry
      .command('end')
      .argument('<REFERENCE>', 'number of the filing')
      .description('end a declaration')
      .option('--on <DATE>', 'its last day (default: today, which is then no longer covered)'),
  ).action(async (reference: string, options: RegistryEndOptions, command: Command) => {
    const { endDeclaration } = await import('./run-registry.js');
    await endDeclaration(reference, options, globalOptions(command));
  });
}
