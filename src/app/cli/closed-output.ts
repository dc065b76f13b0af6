let whenClosed: (() => void) | null = null;

/**
 * The reader of a pipe went away: that is no failure of a command that had only to print. What it had found out by then is
 * in process.exitCode: commands set it before they print.
 */
export function endOnClosedPipe(): void {
  if (whenClosed === null) process.exit(process.exitCode ?? 0);
  whenClosed();
}

/** For a command that has to save before it ends; null gives the usual end back. */
export function onClosedOutput(then: (() => void) | null): void {
  whenClosed = then;
}
