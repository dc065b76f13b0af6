import { pino } from 'pino';

export type Logger = pino.Logger;

/** Logs on standard error: NDJSON, or one readable line each on a terminal. Never on standard output. */
export function createLogger(level: string): Logger {
  if (!process.stderr.isTTY) return pino({ level, base: null }, pino.destination({ dest: 2, sync: true }));
  const readable = {
    write(line: string): void {
      const { level: severity, msg } = JSON.parse(line) as { level: number; msg: string };
      process.stderr.write(`${pino.levels.labels[severity] ?? severity}: ${msg}\n`);
    },
  };
  return pino({ level, base: null }, readable);
}
