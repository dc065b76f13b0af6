import type { Command } from 'commander';

/** Options that every command takes; see `rigwatch --help`. */
export interface GlobalOptions {
  readonly db: string;
  readonly rules: readonly string[];
  readonly home: readonly string[];
  readonly json: boolean;
  readonly lang: 'en' | 'zh-CN';
  readonly logLevel: string;
  readonly color: boolean;
  readonly quiet: boolean;
}

/** Collects a repeatable option. */
export function collect(value: string, before: readonly string[]): string[] {
  return [...before, value];
}

/** Language of the locale: Chinese for zh…, else English. */
export function localeLanguage(env: NodeJS.ProcessEnv): 'en' | 'zh-CN' {
  const locale = env.LC_ALL || env.LC_MESSAGES || env.LANG || '';
  return /^zh/i.test(locale) ? 'zh-CN' : 'en';
}

/** Language that a command line asks for, before it is parsed: of its last `--lang`, else of the locale. */
export function languageOf(argv: readonly string[], env: NodeJS.ProcessEnv): 'en' | 'zh-CN' {
  let language = localeLanguage(env);
  for (const [at, word] of argv.entries()) {
    if (word === '--') break;
    const asked = word === '--lang' ? argv[at + 1] : word.startsWith('--lang=') ? word.slice(7) : undefined;
    if (asked === 'en' || asked === 'zh-CN') language = asked;
  }
  return language;
}

/** `--no-color`, NO_COLOR and TERM=dumb switch colour off, FORCE_COLOR on; else only on a terminal. */
export function wantsColor(options: Pick<GlobalOptions, 'color'>, stream: { isTTY?: boolean }): boolean {
  if (!options.color || process.env.NO_COLOR) return false;
  if (process.env.FORCE_COLOR) return true;
  return stream.isTTY === true && process.env.TERM !== 'dumb';
}

export function globalOptions(command: Command): GlobalOptions {
  return command.optsWithGlobals() as GlobalOptions;
}
