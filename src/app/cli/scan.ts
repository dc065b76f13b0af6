import type { Command } from 'commander';
import { Option } from 'commander';
import { declareEvidenceOptions } from './evidence-options.js';
import { globalOptions } from './globals.js';
import type { ScanOptions } from './run-scan.js';

export function declareScan(program: Command): void {
  const scan = program
    .command('scan')
    .summary('read captures and flow records, print verdicts, store them')
    .description(
      'Reads captures (pcap, pcapng), flow records and logs (docs/inputs.md has all; .gz, .zst, .xz through), prints a verdict for each suspect address, stores the evidence.',
    )
    .argument('<INPUT...>', 'files, folders, or - for standard input')
    .option('--format <NAME>', 'input format (default: by content)')
    .addOption(
      new Option(
        '--reader <NAME>',
        'reader of classic pcap: our own, or the pcap-parser package (microsecond files only)',
      )
        .choices(['rigwatch', 'pcap-parser'])
        .default('rigwatch'),
    )
    .option(
      '--mapping <FILE>',
      'YAML file that names the columns or keys of a CSV or JSON of flows (docs/inputs.md)',
    )
    .option(
      '--tz <ZONE>',
      'zone of times that do not say theirs (nfdump, pmacct, Argus text): UTC or Asia/Shanghai; default: the system’s',
    )
    .option('--no-sha256', 'do not hash the inputs (their sha256 is then null)')
    .option('--summary <FILE>', 'write the run summary (rigwatch.run/1) here')
    .addOption(
      new Option('--fail-on <LEVEL>', 'exit 1 if a verdict of this level or above exists').choices([
        'confirmed',
        'probable',
        'suspected',
      ]),
    )
    .option('--include-nodes', 'list nodes and wallets of coins too, apart: they do not mine', false)
    .option('--no-progress', 'no progress line');
  declareEvidenceOptions(scan)
    .addHelpText(
      'after',
      '\nExamples:\n  rigwatch scan capture.pcapng\n  zcat big.pcap.gz | rigwatch scan - --home 10.0.0.0/8 --json > verdicts.ndjson',
    )
    .action(async (inputs: string[], options: ScanOptions, command: Command) => {
      const { runScan } = await import('./run-scan.js');
      await runScan(inputs, options, globalOptions(command));
    });
}
