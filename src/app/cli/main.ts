import { Command, CommanderError, Help, Option } from 'commander';
import { RigwatchError, StoreError } from '../../base/errors.js';
import { phrase } from '../../base/phrase.js';
import { systemReason } from '../../base/system-error.js';
import { translate } from '../../deliver/print/translate.js';
import { declareCases } from './cases.js';
import { endOnClosedPipe } from './closed-output.js';
import { complain } from './complain.js';
import { declareCompletion } from './completion.js';
import { declareDoctor } from './doctor.js';
import { declareEvidence } from './evidence.js';
import { declareExport } from './export.js';
import { collect, type GlobalOptions, languageOf, localeLanguage } from './globals.js';
import { declareMapping } from './mapping.js';
import { declareRefer } from './refer.js';
import { declareRegistry } from './registry.js';
import { declareReport } from './report.js';
import { declareRules } from './rules.js';
import { declareScan } from './scan.js';
import { declareUnits } from './units.js';
import { declareVerdicts } from './verdicts.js';
import { version } from './version.js';
import { declareWatch } from './watch.js';

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'];

/** Each declares one command; the heavy modules are loaded when it runs. */
const COMMANDS = [
  declareScan,
  declareWatch,
  declareVerdicts,
  declareExport,
  declareUnits,
  declareRegistry,
  declareCases,
  declareRefer,
  declareReport,
  declareRules,
  declareMapping,
  declareEvidence,
  declareDoctor,
  declareCompletion,
] as const;

export function createProgram(): Command {
  const program = new Command('rigwatch')
    .description(
      'Finds cryptocurrency mining in packet captures and flow records: which addresses mine, with the evidence.',
    )
    .version(version())
    .option('--db <FILE>', 'database (env RIGWATCH_DB)', process.env.RIGWATCH_DB ?? './rigwatch.sqlite')
    .option(
      '--rules <DIR>',
      'folder of rule files that add to or override the bundled ones (repeatable)',
      collect,
      [],
    )
    .option(
      '--home <CIDR>',
      'monitored network (repeatable); default: every client of a mining session',
      collect,
      [],
    )
    .option('--json', 'NDJSON on standard output, one object a line', false)
    .addOption(
      new Option('--lang <LANG>', 'language of texts for people')
        .choices(['en', 'zh-CN'])
        .default(localeLanguage(process.env)),
    )
    .addOption(
      new Option('--log-level <LEVEL>', 'logs on standard error').choices(LOG_LEVELS).default('warn'),
    )
    .option('--no-color', 'no colour (also: NO_COLOR)')
    .option('-q, --quiet', 'errors only on standard error', false)
    .configureHelp({ optionDescription: describeOption })
    .showSuggestionAfterError()
    .showHelpAfterError('(see --help)')
    .exitOverride()
    .addHelpText(
      'after',
      '\nExamples:\n  rigwatch scan capture.pcapng\n  rigwatch scan /captures --home 10.0.0.0/8 --json\n  rigwatch verdicts 10.8.3.17\n' +
        '\nExit codes: 0 done; 1 done, and --fail-on was met; 2 not done; 3 done, part of the input unreadable;\n' +
        '            70 a fault of rigwatch; 129/130/143 stopped by a signal after saving what was known',
    );
  for (const declare of COMMANDS) declare(program);
  return program;
}

/** As commander has it, without defaults that say nothing: `(default: false)`. */
function describeOption(option: Option): string {
  return new Help().optionDescription(option).replace(/ \(default: (false|\[\])\)$/, '');
}

/** Runs the command line; sets process.exitCode and never throws. */
export async function main(argv: readonly string[]): Promise<void> {
  // Once, however often this is called in one process.
  process.stdout.off('error', endUnheard).on('error', endUnheard);
  process.stderr.off('error', goOnUnheard).on('error', goOnUnheard);
  const program = createProgram();
  try {
    if (languageOf(argv, process.env) === 'zh-CN') {
      const { speakChinese } = await import('./chinese.js');
      speakChinese(program);
    }
    await program.parseAsync([...argv]);
  } catch (error) {
    process.exitCode = exitCodeOf(error, program.opts<GlobalOptions>());
  }
}

/** The reader of a pipe went away: that is no failure of what had only to print. A full disk behind `>` is one. */
function endUnheard(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') {
    endOnClosedPipe();
    return;
  }
  const { argv, env } = process;
  complain(
    new StoreError(
      'output-unwritable',
      phrase`standard output: cannot be written (${systemReason(error)}); what was printed is cut short`,
    ),
    { json: argv.includes('--json'), lang: languageOf(argv, env) },
  );
  process.exit(2);
}

/** Nobody hears what is said: no reason to end what has run for months. */
function goOnUnheard(): void {
  // Nothing to do.
}

function exitCodeOf(error: unknown, globals: GlobalOptions): number {
  // Commander has printed its own message; 0 is --help and --version.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof RigwatchError) {
    complain(error, globals);
    return error.exitCode === 3 ? 2 : error.exitCode;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(
    `rigwatch: ${translate(globals.lang, phrase`a fault of rigwatch itself; please report it with the command and this text`)}\n${text}\n`,
  );
  return 70;
}
