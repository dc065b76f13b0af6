import type { Command } from 'commander';
import { globalOptions } from './globals.js';

/** `rigwatch rules`: look at, check and try the rule files. */
export function declareRules(program: Command): void {
  const rules = program
    .command('rules')
    .summary('look at, check and try the rule files')
    .description(
      'Rule files say what is evidence and what it weighs: see docs/rules.md. --rules DIR adds a folder.',
    )
    .addHelpText(
      'after',
      '\nExamples:\n  rigwatch rules explain stratum.cryptonote.login\n  rigwatch rules lint --rules ./my-rules\n' +
        '\nExit codes: lint, test: 0 clean, 1 findings, 2 unreadable',
    );
  rules
    .command('lint')
    .description('check every rule file; prints each fault as file:line: [rule] message')
    .action(async (_options: unknown, command: Command) => {
      const { lintRules } = await import('./run-rules.js');
      await lintRules(globalOptions(command));
    });
  rules
    .command('list')
    .description('every rule, one a line, with what it overrides; then how many rows the tables hold')
    .action(async (_options: unknown, command: Command) => {
      const { listRules } = await import('./run-rules.js');
      await listRules(globalOptions(command));
    });
  rules
    .command('test')
    .description('run the examples that the rules carry')
    .action(async (_options: unknown, command: Command) => {
      const { testRules } = await import('./run-rules.js');
      await testRules(globalOptions(command));
    });
  rules
    .command('explain')
    .argument('<ID>', 'id of a rule as it stands in evidence, or a pool name, address or address:port')
    .description('say what a rule looks for and weighs, or what the lists know of an endpoint')
    .action(async (id: string, _options: unknown, command: Command) => {
      const { explainRule } = await import('./run-rules.js');
      await explainRule(id, globalOptions(command));
    });
  rules
    .command('schema')
    .argument('[KIND]', 'kind of rule file; without it, all are listed')
    .option('-o, --output <DIR>', 'write one KIND.schema.json each into this folder')
    .description('JSON Schema of the YAML rule files, for editors')
    .action(async (kind: string | undefined, options: { output?: string }, command: Command) => {
      const { printSchemas } = await import('./run-rules.js');
      await printSchemas(kind, options.output, globalOptions(command));
    });
}
