import type { Command } from 'commander';
import { globalOptions } from './globals.js';
import type { VerdictsOptions } from './run-verdicts.js';

export function declareVerdicts(program: Command): void {
  program
    .command('verdicts')
    .summary('list, filter or explain stored verdicts')
    .description(
      'Lists stored verdicts by score, or explains the one on an address: evidence, sessions, what is not known.',
    )
    .argument('[IP]', 'explain this address')
    .option('--level <LEVELS>', 'some of confirmed,probable,suspected,cleared (default: all)')
    .option('--coin <TICKER>', 'of this coin, e.g. XMR')
    .option('--unit <ID>', 'of this unit')
    .option('--category <NAME>', 'of units of this category, e.g. school')
    .option('--region <NAME>', 'of units of this region, by name or code')
    .option('--since <TIME>', 'seen at this time or later: ISO 8601 with a zone, or "2h ago"')
    .option('--until <TIME>', 'seen before this time')
    .option('--text <WORDS>', 'each word occurs in address, wallet, worker, program, pool or operator')
    .option('--include-nodes', 'list nodes and wallets of coins too, apart: they do not mine', false)
    .option('--limit <N>', 'at most this many (default: all; 200 in a table on a terminal)')
    .option('--offset <N>', 'leave out the first N (default: 0)')
    .option(
      '--co2-factor <NAME>',
      'convert energy to CO2 by this row of rules/factors.csv (default: as judged)',
    )
    .option('--coal-factor <NAME>', 'convert energy to standard coal by this row (default: as judged)')
    .addHelpText(
      'after',
      '\nExamples:\n  rigwatch verdicts --level confirmed,probable --since "24h ago"\n  rigwatch verdicts 10.8.3.17 --lang zh-CN\n' +
        '\nExit codes: 0 done, also where there is none; 2 no database, or wrong usage',
    )
    .action(async (ip: string | undefined, options: VerdictsOptions, command: Command) => {
      const { runVerdicts } = await import('./run-verdicts.js');
      await runVerdicts(ip ?? null, options, globalOptions(command));
    });
}
