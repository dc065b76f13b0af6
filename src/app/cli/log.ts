/** What is logged: of interest to whoever watches the program, not to whoever wants its results. */
export interface Logger {
  info(fields: Readonly<Record<string, unknown>>, message: string): void;
}

const SILENT: Logger = { info: () => undefined };
/** Levels at which `info` is written; with others the logging package is not even loaded. */
const SPOKEN: ReadonlySet<string> = new Set(['info', 'debug', 'trace']);

/** Logs on standard error: NDJSON, or one readable line each on a terminal. Never on standard output. */
export async function createLogger(level: string): Promise<Logger> {
  if (!SPOKEN.has(level)) return SILENT;
  const { pino } = await import('pino');
  const readable = {
    write(line: string): void {
      const { level: severity, msg } = JSON.parse(line) as { level: number; msg: string };
      process.stderr.write(`${pino.levels.labels[severity] ?? severity}: ${msg}\n`);
    },
  };
  const stream = process.stderr.isTTY ? readable : pino.destination({ dest: 2, sync: true });
  const log = pino({ level, base: null }, stream);
  return { info: (fields, message) => log.info(fields, message) };
}
