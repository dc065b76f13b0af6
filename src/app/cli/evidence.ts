import type { Command } from 'commander';
import { globalOptions } from './globals.js';

/** `rigwatch evidence`: what can be checked of stored evidence without believing rigwatch. */
export function declareEvidence(program: Command): void {
  const evidence = program
    .command('evidence')
    .summary('check stored evidence anew')
    .description(
      'Stored evidence that a third party can check: see docs/verdicts.md, "Shares that prove themselves".',
    );
  evidence
    .command('verify')
    .summary('recompute stored share proofs from the stored bytes')
    .description(
      'Rebuilds and hashes each stored share (of CryptoNote dialects: compares the submitted result with the target) and prints what comes of it.',
    )
    .argument('[IP]', 'only the proofs on this address')
    .option('--all', 'the proofs on every address')
    .addHelpText(
      'after',
      '\nExamples:\n  rigwatch evidence verify 10.8.3.17\n  rigwatch evidence verify --all --json\n' +
        '\nExit codes: 0 every proof holds, or there is none; 1 one does not; 2 no database, or wrong usage',
    )
    .action(async (ip: string | undefined, options: { all?: boolean }, command: Command) => {
      const { verifyEvidence } = await import('./run-evidence.js');
      await verifyEvidence(ip ?? null, options.all === true, globalOptions(command));
    });
}
