import { type Command, Option } from 'commander';
import { globalOptions } from './globals.js';
import type { ExportCommandOptions } from './run-export.js';

export function declareExport(program: Command): void {
  program
    .command('export')
    .summary('suspect lists, block lists and machine-readable exports')
    .description(
      'Writes stored verdicts in a format for other tools, flagged ones only unless told otherwise. Block lists name pools, never suspects, unless told otherwise.',
    )
    .argument('[FORMAT]', '--list names them: csv, xlsx, jsonl, txt, stix, misp, nftables …')
    .addOption(
      new Option(
        '--of <WHAT>',
        'suspects, to clean up, or pools, to block (default: as the format is for)',
      ).choices(['suspects', 'pools']),
    )
    .option(
      '--level <LEVELS>',
      'some of confirmed,probable,suspected,cleared; block lists: of the first two',
      'confirmed,probable',
    )
    .option('--min-score <N>', 'score of at least this, 0 to 1')
    .option('--since <TIME>', 'seen at this time or later: ISO 8601 with a zone, or "2h ago"')
    .option('--until <TIME>', 'seen before this time')
    .option(
      '--max-age <DURATION>',
      'seen within this time, e.g. 30d; entries of sets and indicators end with it',
    )
    .option('--unit <ID>', 'of this unit')
    .option('--category <NAME>', 'of units of this category, e.g. school')
    .option('--region <NAME>', 'of units of this region, by name or code')
    .option('--coin <TICKER>', 'of this coin, e.g. XMR')
    .option('-o, --output <FILE>', 'write this file, whole or not at all (default: standard output)')
    .option('--dry-run', 'do everything but write; say what would be written', false)
    .option('--bom', 'csv: start with a byte order mark (default: with --lang zh-CN)')
    .option('--no-bom', 'csv: never')
    .option('--comments', 'txt: level and score behind each address', false)
    .option('--defang', 'csv, xlsx, txt: addresses and names that no program makes links of', false)
    .addOption(
      new Option('--tlp <LABEL>', 'stix, misp: how far it may be passed on (TLP 2.0)')
        .choices(['clear', 'green', 'amber', 'amber+strict', 'red'])
        .default('amber'),
    )
    .option('--office <NAME>', 'xlsx, stix, misp, zeek-intel: who hands it over', 'rigwatch')
    .option('--with-drop-rule', 'nftables, of pools: with chains that drop what is forwarded or sent', false)
    .option('--sid-base <N>', 'suricata-rules: first of 100,000 signature ids, 1000000 to 1900000', '1900000')
    .option('--classtype <NAME>', 'suricata-rules: class of the alerts', 'coin-mining')
    .option('--community-id-seed <N>', 'seed of Community ID, 0 to 65535', '0')
    .option('--list', 'name the formats', false)
    .addHelpText(
      'after',
      '\nExamples:\n  rigwatch export xlsx --region Hangzhou -o suspects.xlsx\n  rigwatch export nftables --max-age 30d -o pools.nft && nft -c -f pools.nft\n' +
        '\nExit codes: 0 done, also where there is none; 2 no database, wrong usage, or the file cannot be written',
    )
    .action(async (format: string | undefined, options: ExportCommandOptions, command: Command) => {
      const { runExport } = await import('./run-export.js');
      await runExport(format ?? null, options, globalOptions(command));
    });
}
