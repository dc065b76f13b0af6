import type { Command } from 'commander';
import { globalOptions } from './globals.js';
import type { AccountingCommandOptions, EstimateOptions, FactorsOptions } from './run-report.js';

/** `rigwatch report`: figures of a period. */
export function declareReport(program: Command): void {
  const report = program
    .command('report')
    .summary('figures: addresses, machines, coins, electricity, coal, carbon dioxide')
    .description(
      'Figures by unit, category or region, with the names of the factors: see docs/units-and-cases.md.',
    )
    .addHelpText(
      'after',
      '\nExamples:\n  rigwatch report accounting --by region --factors zhejiang-2021 --assume zhejiang-2021\n  rigwatch report accounting --since 2021-08-01 --until 2021-09-01 --compare-since 2021-07-01 --compare-until 2021-08-01\n  rigwatch report estimate --ips 4699 --assume zhejiang-2021 --factors zhejiang-2021',
    );
  const withFactors = (command: Command) =>
    command
      .option('--factors <ID>', 'factors for coal and CO2 (report factors lists them)', 'cn-2023')
      .option('--factors-file <FILE>', 'YAML file of factors instead of the bundled one');
  withFactors(
    report
      .command('accounting')
      .description('addresses, machines, coins and energy of stored verdicts, added up')
      .option('--by <GROUP>', 'all, unit, category, region or level', 'all')
      .option('--level <LEVELS>', 'some of confirmed,probable,suspected,cleared', 'confirmed,probable')
      .option('--since <TIME>', 'seen at this time or later')
      .option('--until <TIME>', 'seen before this time')
      .option('--compare-since <TIME>', 'beginning of the period to compare with')
      .option('--compare-until <TIME>', 'end of the period to compare with')
      .option('--unit <ID>', 'of this unit')
      .option('--category <NAME>', 'of units of this category')
      .option('--region <NAME>', 'of units of this region, by name or code')
      .option(
        '--assume <ID>',
        'take this policy figure where energy was not measured (default: leave it out)',
      )
      .option('--csv', 'CSV on standard output', false),
  ).action(async (options: AccountingCommandOptions, command: Command) => {
    const { reportAccounting } = await import('./run-report.js');
    await reportAccounting(options, globalOptions(command));
  });
  withFactors(
    report
      .command('estimate')
      .description('the arithmetic of campaign reports: so many addresses, by an assumption')
      .requiredOption('--ips <N>', 'mining addresses')
      .requiredOption('--assume <ID>', 'policy figure for each (report factors lists them)'),
  ).action(async (options: EstimateOptions, command: Command) => {
    const { reportEstimate } = await import('./run-report.js');
    await reportEstimate(options, globalOptions(command));
  });
  report
    .command('factors')
    .description('factors and assumptions, with their sources')
    .option('--factors-file <FILE>', 'YAML file of factors instead of the bundled one')
    .action(async (options: FactorsOptions, command: Command) => {
      const { listFactors } = await import('./run-report.js');
      await listFactors(options, globalOptions(command));
    });
}
