import { constants } from 'node:os';

export interface Interruption {
  /** Aborted at the first signal. */
  readonly signal: AbortSignal;
  /** 128 and the signal's number once one came; else null. */
  readonly exitCode: number | null;
  /** Asks for the same end without a signal. */
  stop(): void;
  /** Gives the signals back their usual effect. */
  done(): void;
}

/** The first of these signals asks for a clean end; a second one ends the process at once. */
export function onInterrupt(...names: readonly NodeJS.Signals[]): Interruption {
  const controller = new AbortController();
  let exitCode: number | null = null;
  const stop = (name: NodeJS.Signals) => {
    const code = 128 + constants.signals[name];
    if (exitCode !== null) process.exit(code);
    exitCode = code;
    controller.abort();
  };
  for (const name of names) process.on(name, stop);
  return {
    signal: controller.signal,
    get exitCode() {
      return exitCode;
    },
    stop: () => controller.abort(),
    done() {
      for (const name of names) process.off(name, stop);
    },
  };
}
