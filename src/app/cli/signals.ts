import { constants } from 'node:os';

export interface Interruption {
  /** Aborted at the first SIGINT or SIGTERM. */
  readonly signal: AbortSignal;
  /** 130 or 143 once a signal came; else null. */
  readonly exitCode: number | null;
  /** Asks for the same end without a signal. */
  stop(): void;
  /** Gives the signals back their usual effect. */
  done(): void;
}

/** The first SIGINT or SIGTERM asks for a clean end; a second one ends the process at once. */
export function onInterrupt(): Interruption {
  const controller = new AbortController();
  let exitCode: number | null = null;
  const stop = (name: NodeJS.Signals) => {
    const code = 128 + constants.signals[name];
    if (exitCode !== null) process.exit(code);
    exitCode = code;
    controller.abort();
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  return {
    signal: controller.signal,
    get exitCode() {
      return exitCode;
    },
    stop: () => controller.abort(),
    done() {
      process.off('SIGINT', stop);
      process.off('SIGTERM', stop);
    },
  };
}
