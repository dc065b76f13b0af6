import type { Command } from 'commander';
import { collect, globalOptions } from './globals.js';
import type { EvidenceExportOptions, EvidenceVerifyOptions } from './run-evidence.js';

/** `rigwatch evidence`: what can be checked of evidence without believing rigwatch. */
export function declareEvidence(program: Command): void {
  const evidence = program
    .command('evidence')
    .summary('the signed evidence log; check it, and stored evidence, anew')
    .description(
      'Every flagged verdict stands with what it rests on in an append-only, hash-chained, signed log beside the database (FILE.evidence): see docs/evidence.md.',
    );
  declareVerify(evidence);
  evidence
    .command('list')
    .summary('the entries of the log')
    .argument('[IP]', 'only those on this address')
    .option('--log <FILE>', 'this log or package (default: that of --db)')
    .addHelpText('after', '\nExamples:\n  rigwatch evidence list\n  rigwatch evidence list 10.8.3.17 --json')
    .action(async (ip: string | undefined, options: { log?: string }, command: Command) => {
      const { listEvidence } = await import('./run-evidence.js');
      await listEvidence(ip ?? null, options.log ?? null, globalOptions(command));
    });
  evidence
    .command('show')
    .summary('one entry in full')
    .argument('<ENTRY>', 'its number, or an address: the last entry on it')
    .option('--log <FILE>', 'this log or package (default: that of --db)')
    .addHelpText(
      'after',
      '\nExamples:\n  rigwatch evidence show 10.8.3.17\n  rigwatch evidence show 12 --json | jq .body.sources',
    )
    .action(async (entry: string, options: { log?: string }, command: Command) => {
      const { showEvidence } = await import('./run-evidence.js');
      await showEvidence(entry, options.log ?? null, globalOptions(command));
    });
  evidence
    .command('export')
    .summary('packets of an address, or a signed package of entries')
    .description(
      'FILE.pcapng: the kept packets of the last entry on IP. Any other name: a package of the entries (on IP, or all), signed as a whole, that "evidence verify FILE" checks without the database.',
    )
    .argument('[IP]', 'address')
    .requiredOption('-o, --output <FILE>', 'write this file, whole or not at all')
    .addHelpText(
      'after',
      '\nExamples:\n  rigwatch evidence export 10.8.3.17 -o 10.8.3.17.pcapng\n  rigwatch evidence export 10.8.3.17 -o case-12.ndjson',
    )
    .action(async (ip: string | undefined, options: EvidenceExportOptions, command: Command) => {
      const { exportEvidence } = await import('./run-evidence.js');
      await exportEvidence(ip ?? null, options, globalOptions(command));
    });
  evidence
    .command('anchor')
    .summary('put the head of the log where nobody here can change it')
    .argument('[FILE|URL]', 'add a line to this file, or POST to http(s)://')
    .option('--rfc3161 <FILE>', 'write a time-stamp request (RFC 3161, DER) for the head')
    .addHelpText(
      'after',
      '\nExamples:\n  rigwatch evidence anchor /mnt/other-office/anchors.ndjson\n' +
        '  rigwatch evidence anchor --rfc3161 head.tsq && openssl ts -query -in head.tsq -text',
    )
    .action(async (target: string | undefined, options: { rfc3161?: string }, command: Command) => {
      const { anchorEvidence } = await import('./run-evidence.js');
      await anchorEvidence(target ?? null, options.rfc3161 ?? null, globalOptions(command));
    });
  evidence
    .command('rotate')
    .summary('close the file of the log and go on in a new one')
    .description(
      'The former file is kept beside the log as FILE.evidence.N, N being the number of its first entry; the first entry of the new one follows its last. "evidence verify", "list", "show" and "export" read them all.',
    )
    .addHelpText(
      'after',
      '\nExamples:\n  rigwatch evidence rotate && rigwatch evidence anchor /mnt/other-office/anchors.ndjson',
    )
    .action(async (_: object, command: Command) => {
      const { rotateEvidence } = await import('./run-evidence.js');
      rotateEvidence(globalOptions(command));
    });
  evidence
    .command('key')
    .summary('the public key that entries are signed with (made if there is none)')
    .addHelpText('after', '\nExamples:\n  rigwatch evidence key > office.pem\n  rigwatch evidence key --json')
    .action(async (_: object, command: Command) => {
      const { showKey } = await import('./run-evidence.js');
      await showKey(globalOptions(command));
    });
}

function declareVerify(evidence: Command): void {
  evidence
    .command('verify')
    .summary('check a log or package byte by byte; recompute stored share proofs')
    .description(
      'Without an address: checks the log of --db, or the log or package FILE (which needs no database). ' +
        'With an address or --all: rebuilds and hashes each stored share (of CryptoNote dialects: compares the submitted result with the target).',
    )
    .argument(
      '[FILE|IP...]',
      'a log, a package, or all segments of a log in their order; or the address whose share proofs are to be recomputed',
    )
    .option('--all', 'recompute the share proofs on every address')
    .option('--key <FILE>', 'the public key that must have signed')
    .option('--anchor <FILE>', 'compare with the heads in this file of anchors (repeatable)', collect, [])
    .addHelpText(
      'after',
      '\nExamples:\n  rigwatch evidence verify --anchor /mnt/other-office/anchors.ndjson\n  rigwatch evidence verify case-12.ndjson --key office.pem\n  rigwatch evidence verify 10.8.3.17\n' +
        '\nExit codes: 0 everything holds, or there is no proof; 1 something does not; 2 no database or file, or wrong usage',
    )
    .action(async (files: string[], options: EvidenceVerifyOptions, command: Command) => {
      const { verifyEvidence } = await import('./run-evidence.js');
      await verifyEvidence(files, options, globalOptions(command));
    });
}
