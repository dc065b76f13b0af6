import { type Command, Option } from 'commander';
import { declareEvidenceOptions } from './evidence-options.js';
import { collect, globalOptions } from './globals.js';
import type { WatchOptions } from './run-watch.js';

export function declareWatch(program: Command): void {
  const watch = program
    .command('watch')
    .summary('the same, live and for ever: flow collectors, followed files, an interface')
    .description(
      'Takes live inputs for months: prints (and sends) new and raised verdicts as they happen, saves everything every few seconds.\n' +
        'SIGHUP reads the rules again; SIGTERM and SIGINT save and end. docs/operating.md says how to run it.',
    )
    .argument(
      '<URL...>',
      'netflow://HOST:PORT, ipfix://HOST:PORT, ipfix+tcp://HOST:PORT, sflow://HOST:PORT, udp://HOST:PORT (any of them), ' +
        'file://PATH (a file, folder or glob, followed), - (standard input), if://NAME (packets of an interface)',
    )
    .option('--interval <DURATION>', 'save this often: the most that a kill loses (1s to 10m)', '10s')
    .option(
      '--notify <TARGET>',
      'send verdicts there too: file:PATH, -, http(s)://…, syslog://HOST:PORT, syslog+tcp://HOST:PORT (repeatable)',
      collect,
      [],
    )
    .addOption(
      new Option('--min-level <LEVEL>', 'lowest level that is printed and sent')
        .choices(['confirmed', 'probable', 'suspected'])
        .default('suspected'),
    )
    .addOption(
      new Option(
        '--health [ADDRESS:PORT]',
        'serve /healthz, /readyz and /metrics (default: off; without a value 127.0.0.1:9477)',
      ).preset('127.0.0.1:9477'),
    )
    .option('--format <NAME>', 'format of files, standard input (default: by content)')
    .option(
      '--mapping <FILE>',
      'YAML file that names the columns or keys of a CSV or JSON of flows (docs/inputs.md)',
    )
    .option(
      '--tz <ZONE>',
      'zone of times that do not say theirs (nfdump, pmacct, Argus text): UTC or Asia/Shanghai; default: the system’s',
    );
  declareEvidenceOptions(watch)
    .addHelpText(
      'after',
      '\nExamples:\n  rigwatch watch netflow://127.0.0.1:2055 --home 10.0.0.0/8\n' +
        '  rigwatch watch file:///opt/zeek/logs/current/ --notify syslog://127.0.0.1:514 --health\n' +
        '\nExit codes: 0 every input has ended (standard input); 2 an input cannot be opened or failed, the database\n' +
        '            refuses, a port is taken, nobody reads standard output any more; 3 as 0, but something was in no known format;\n' +
        '            130/143 stopped by a signal after saving',
    )
    .action(async (urls: string[], options: WatchOptions, command: Command) => {
      const { runWatch } = await import('./run-watch.js');
      await runWatch(urls, options, globalOptions(command));
    });
}
