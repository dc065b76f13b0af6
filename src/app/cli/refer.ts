import type { Command } from 'commander';
import { withDeedOptions } from './deed-options.js';
import { collect, globalOptions } from './globals.js';
import type { ReferBuildOptions } from './run-refer.js';
import type { ReferVerifyOptions } from './run-refer-verify.js';

/** `rigwatch refer`: what is handed over to units and offices. */
export function declareRefer(program: Command): void {
  const refer = program
    .command('refer')
    .summary('packages that are handed over: letter, table, evidence, check list, signed')
    .description(
      'Referral packages: one signed zip for each unit, or figures for an upper office: see docs/referrals.md.',
    )
    .addHelpText(
      'after',
      '\nExamples:\n  rigwatch refer build --all --document "2021-17" --deadline 2021-11-15 --utc-offset +08:00 --lang zh-CN -o out\n' +
        '  rigwatch refer build --all --document "2021-18" --profile office -o out\n  rigwatch refer verify out/2021-17_U0001.zip --key office-key.pem\n' +
        '\nExit codes: 0 done; 1 verify: a package does not hold; 2 not done',
    );
  withDeedOptions(
    refer
      .command('build')
      .argument('[CASE...]', 'numbers of cases')
      .option('--unit <ID>', 'all cases of this unit that can be referred (repeatable)', collect, [])
      .option(
        '--region <NAME>',
        'all such cases of units of this region, by name or code (repeatable)',
        collect,
        [],
      )
      .option('--all', 'all such cases', false)
      .requiredOption('--document <NUMBER>', 'document number')
      .option('--date <DATE>', 'date of the document (default: today)')
      .option('--deadline <DATE>', 'an answer is due on this day at the latest')
      .option('--office <NAME>', 'who sends it, for the letterhead')
      .option('--contact <TEXT>', 'whom to ask, for the letter')
      .option(
        '--profile <WORD>',
        'unit (each gets its own), office (figures of all, no address) or both',
        'unit',
      )
      .option('--letter <FORMATS>', 'some of docx,html', 'docx,html')
      .option('--template <DIR>', 'folder with templates that take the place of the bundled ones')
      .option(
        '--key <FILE>',
        'private key to sign with, made where there is none (default: <db>.evidence.key)',
      )
      .option('-o, --output <DIR>', 'folder to write to', '.')
      .option('--dry-run', 'say what would be written; write and change nothing', false)
      .description('write the packages and, for profile unit, mark their cases as referred'),
  ).action(async (ids: string[], options: ReferBuildOptions, command: Command) => {
    const { buildReferrals } = await import('./run-refer.js');
    await buildReferrals(ids, options, globalOptions(command));
  });
  refer
    .command('list')
    .description('packages that were handed over, oldest first')
    .action(async (_options: unknown, command: Command) => {
      const { listReferrals } = await import('./run-refer-list.js');
      await listReferrals(globalOptions(command));
    });
  refer
    .command('show')
    .argument('<FILE>', 'a package')
    .description('what is in a package; no database is needed')
    .option('--key <FILE>', 'public key, PEM, that the sender is known by')
    .action(async (file: string, options: ReferVerifyOptions, command: Command) => {
      const { showPackage } = await import('./run-refer-verify.js');
      await showPackage(file, options, globalOptions(command));
    });
  refer
    .command('verify')
    .argument('<FILE...>', 'packages')
    .description('whether every byte is as it was signed; no database is needed')
    .option('--key <FILE>', 'public key, PEM, that the sender is known by')
    .action(async (files: string[], options: ReferVerifyOptions, command: Command) => {
      const { verifyPackages } = await import('./run-refer-verify.js');
      await verifyPackages(files, options, globalOptions(command));
    });
}
