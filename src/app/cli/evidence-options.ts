import { hostname } from 'node:os';
import type { Command } from 'commander';
import { UsageError } from '../../base/errors.js';
import { phrase } from '../../base/phrase.js';
import { anchorUrl } from '../../deliver/evidence/anchor.js';
import type { SensorStatement } from '../pipeline/evidence-body.js';

/** Options of `scan` and `watch` that go into the evidence log. */
export interface EvidenceOptions {
  readonly sensor?: string;
  readonly clockOffset?: string;
  readonly anchor?: string;
}

/** A day: a clock further off is a wrong date, and no offset. */
const MOST_OFFSET_SECONDS = 86_400;
const MAX_NAME = 128;

export function declareEvidenceOptions(command: Command): Command {
  return command
    .option(
      '--sensor <NAME>',
      'name of the place that looked, for the evidence log (default: name of this machine)',
    )
    .option('--clock-offset <SECONDS>', 'how far the clock of the capture was ahead, for the evidence log')
    .option('--anchor <FILE|URL>', 'put the head of the evidence log outside: a line in a file, or a POST');
}

/** What the options say of the machine that looks. Throws UsageError, also where the anchor cannot be one. */
export function sensorStatement(options: EvidenceOptions): SensorStatement {
  if (options.anchor !== undefined) anchorUrl(options.anchor);
  const name = options.sensor ?? hostname();
  if (name === '' || name.length > MAX_NAME)
    throw new UsageError('usage', phrase`--sensor ${name}: expected 1 to ${MAX_NAME} characters`);
  const { clockOffset } = options;
  if (clockOffset === undefined) return { name, clockOffsetSeconds: null };
  const seconds = clockOffset.trim() === '' ? Number.NaN : Number(clockOffset);
  if (!(Math.abs(seconds) <= MOST_OFFSET_SECONDS))
    throw new UsageError(
      'usage',
      phrase`--clock-offset ${clockOffset}: expected seconds such as 0.25 or -3, at most ${MOST_OFFSET_SECONDS}`,
    );
  return { name, clockOffsetSeconds: seconds };
}
