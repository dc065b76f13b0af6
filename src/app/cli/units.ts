import type { Command } from 'commander';
import { withDeedOptions } from './deed-options.js';
import { globalOptions } from './globals.js';
import type { UnitsImportOptions, UnitsListOptions, UnitsLookupOptions } from './run-units.js';

/** `rigwatch units`: who owns addresses. */
export function declareUnits(program: Command): void {
  const units = program
    .command('units')
    .summary('who owns addresses: import, list, look up, check')
    .description('The register of units and their address ranges: see docs/units-and-cases.md.')
    .addHelpText(
      'after',
      '\nExamples:\n  rigwatch units import --template > units.csv\n  rigwatch units import units.xlsx --utc-offset +08:00\n  rigwatch units lookup 192.0.2.17 --at 2021-07-03\n' +
        '\nExit codes: check: 0 clean, 1 findings; import: 2 where anything is wrong with the file, nothing is then stored',
    );
  withDeedOptions(
    units
      .command('import')
      .argument('[FILE]', 'CSV (UTF-8, GB 18030, UTF-16), XLSX or JSON')
      .description('take over a register of units: all of it, or, with every fault named, nothing')
      .option('--template', 'print a CSV to fill in, titles by --lang', false)
      .option('--replace', 'the file is the whole register: what it does not list ends today', false)
      .option('--dry-run', 'check the file and say what would change', false),
  ).action(async (file: string | undefined, options: UnitsImportOptions, command: Command) => {
    const { importUnits } = await import('./run-units.js');
    await importUnits(file ?? null, options, globalOptions(command));
  });
  units
    .command('list')
    .description('units, one a line; --ranges: their ranges')
    .option('--category <NAME>', 'of this category')
    .option('--region <NAME>', 'of this region, by name or code')
    .option('--ranges', 'one line for each range', false)
    .action(async (options: UnitsListOptions, command: Command) => {
      const { listUnits } = await import('./run-units.js');
      await listUnits(options, globalOptions(command));
    });
  units
    .command('lookup')
    .argument('<IP...>', 'addresses; - reads them from standard input, one a line')
    .description('who owns an address, by the narrowest range that was valid then')
    .option('--at <TIME>', 'at this time: ISO 8601, or "2d ago" (default: now)')
    .option('--port <N>', 'source port, for addresses of carrier NAT')
    .option('--history', 'every assignment of the address, narrowest range first, latest first', false)
    .action(async (ips: string[], options: UnitsLookupOptions, command: Command) => {
      const { lookupUnits } = await import('./run-units.js');
      await lookupUnits(ips, options, globalOptions(command));
    });
  units
    .command('check')
    .description('overlaps, holes, monitored addresses (--home) of nobody, units without ranges')
    .option('--at <TIME>', 'of ranges valid at this time (default: now)')
    .action(async (options: { at?: string }, command: Command) => {
      const { checkRegister } = await import('./run-units.js');
      await checkRegister(options, globalOptions(command));
    });
}
