import type { Command } from 'commander';
import { type DeedOptions, withDeedOptions, withOffsetOption } from './deed-options.js';
import { collect, globalOptions } from './globals.js';
import type {
  CasesClaimOptions,
  CasesListOptions,
  CasesPlanOptions,
  CasesReferOptions,
  CasesResultOptions,
} from './run-cases.js';

/** `rigwatch cases`: what was done about addresses. */
export function declareCases(program: Command): void {
  const cases = program
    .command('cases')
    .summary('what was done: open, refer, results, rectification, recurrence, inspection plans')
    .description(
      'From verdict to closed case; every step is in an append-only trail: see docs/units-and-cases.md.',
    )
    .addHelpText(
      'after',
      '\nExamples:\n  rigwatch cases update\n  rigwatch cases refer --unit U0001 --document "2021-17" --deadline 2021-11-15\n  rigwatch cases import results.xlsx --utc-offset +08:00\n  rigwatch cases plan --teams 4 --units 20',
    );
  const withIds = (command: Command) =>
    command
      .argument('[ID...]', 'numbers of cases')
      .option('--unit <ID>', 'all cases of this unit that are in a state for it', collect, []);

  cases
    .command('update')
    .description('open a case for each flagged address that has none; tell what recurred and what has held')
    .action(async (_options: unknown, command: Command) => {
      const { updateAll } = await import('./run-cases.js');
      await updateAll(globalOptions(command));
    });
  withDeedOptions(
    cases
      .command('open')
      .argument('<IP...>', 'addresses with a verdict, of whatever level')
      .description('open a case by your own decision'),
  ).action(async (ips: string[], options: DeedOptions, command: Command) => {
    const { openCases } = await import('./run-cases.js');
    await openCases(ips, options, globalOptions(command));
  });
  cases
    .command('list')
    .description('cases, one a line')
    .option('--state <STATES>', 'some of open,referred,inspected,claimed,watch,rectified,recurred,closed')
    .option('--unit <ID>', 'of this unit')
    .option('--region <NAME>', 'of units of this region, by name or code')
    .option('--overdue', 'referred, and no answer within the deadline', false)
    .action(async (options: CasesListOptions, command: Command) => {
      const { listCases } = await import('./run-cases.js');
      await listCases(options, globalOptions(command));
    });
  withOffsetOption(
    cases
      .command('show')
      .argument('<ID>', 'number of the case')
      .description('everything on one case, with its trail and how far the quiet has come'),
    'zone of the times shown, e.g. +08:00',
  ).action(async (id: string, options: Pick<DeedOptions, 'utcOffset'>, command: Command) => {
    const { showCase } = await import('./run-cases.js');
    await showCase(id, options, globalOptions(command));
  });
  withDeedOptions(
    withIds(cases.command('refer'))
      .description('the case was referred to the unit')
      .requiredOption('--document <NUMBER>', 'document number')
      .option('--date <DATE>', 'date of the document (default: today)')
      .option('--deadline <DATE>', 'an answer is due on this day at the latest'),
  ).action(async (ids: string[], options: CasesReferOptions, command: Command) => {
    const { referCases } = await import('./run-cases.js');
    await referCases(ids, options, globalOptions(command));
  });
  withDeedOptions(
    withIds(cases.command('result'))
      .description('what an inspection or the self-check of the unit found')
      .requiredOption('--finding <WORD>', 'active, passive, research or not-found')
      .option('--method <WORD>', 'inspection or self-check', 'self-check')
      .option('--date <DATE>', 'when it was found (default: today)')
      .option('--machines <N>', 'mining machines sealed')
      .option('--computers <N>', 'computers sealed')
      .option('--coins <TICKERS>', 'coins found, e.g. XMR,BTC')
      .option('--notes <TEXT>', 'anything else'),
  ).action(async (ids: string[], options: CasesResultOptions, command: Command) => {
    const { enterResult } = await import('./run-cases.js');
    await enterResult(ids, options, globalOptions(command));
  });
  withDeedOptions(
    withIds(cases.command('rectify'))
      .description(
        'the unit says that it has put an end to it; what is seen after that day counts against it',
      )
      .option('--date <DATE>', 'day for which it is claimed (default: today)'),
  ).action(async (ids: string[], options: CasesClaimOptions, command: Command) => {
    const { claimRectified } = await import('./run-cases.js');
    await claimRectified(ids, options, globalOptions(command));
  });
  for (const [action, description] of [
    ['close', 'close the case; --why is then needed'],
    ['reopen', 'open a closed or rectified case again; --why is then needed'],
    ['note', 'add a note (--why) to the trail'],
  ] as const) {
    withDeedOptions(withIds(cases.command(action)).description(description)).action(
      async (ids: string[], options: CasesClaimOptions, command: Command) => {
        const { simpleStep } = await import('./run-cases.js');
        await simpleStep(action, ids, options, globalOptions(command));
      },
    );
  }
  withDeedOptions(
    cases
      .command('import')
      .argument('[FILE]', 'CSV, XLSX or JSON')
      .description('enter the results that units sent back: all of them or, with every fault named, none')
      .option('--template', 'print a CSV to fill in, titles by --lang', false),
  ).action(
    async (file: string | undefined, options: DeedOptions & { template: boolean }, command: Command) => {
      const { importResults } = await import('./run-cases-import.js');
      await importResults(file ?? null, options, globalOptions(command));
    },
  );
  cases
    .command('plan')
    .description('which units to inspect without notice, why, and by which team; nothing of it is stored')
    .option('--teams <N>', 'number of teams', '1')
    .option('--units <N>', 'number of units', '20')
    .option('--seed <TEXT>', 'decides between equals; the same seed draws the same plan', '1')
    .action(async (options: CasesPlanOptions, command: Command) => {
      const { planCases } = await import('./run-cases-plan.js');
      await planCases(options, globalOptions(command));
    });
}
