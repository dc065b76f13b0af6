import type { Command } from 'commander';

/** Options of every command that changes something: who, and why. */
export interface DeedOptions {
  readonly by?: string;
  readonly why?: string;
  readonly utcOffset: string;
}

export function withDeedOptions(command: Command): Command {
  return withOffsetOption(command)
    .option('--by <NAME>', 'who does it, for the trail (default: the name of the account)')
    .option('--why <TEXT>', 'why, for the trail');
}

/** Of a command that reads dates, or (`what`) tells them. */
export function withOffsetOption(command: Command, what = 'zone of dates without one, e.g. +08:00'): Command {
  // An office has one: whoever forgets it once enters a day that begins eight hours late.
  const standing = process.env.RIGWATCH_UTC_OFFSET ?? '+00:00';
  return command.option('--utc-offset <OFFSET>', `${what} (env RIGWATCH_UTC_OFFSET)`, standing);
}
