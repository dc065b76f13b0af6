import { setTimeout as sleep } from 'node:timers/promises';
import { Phrase } from '../../base/phrase.js';
import { printable } from '../../base/text.js';
import { doctorMessage } from '../../deliver/print/messages/doctor-messages.js';
import { printableValue } from '../../deliver/print/office-json.js';
import { padToWidth, widthOf } from '../../deliver/print/width.js';
import { openLive } from '../../intake/sources/live/index.js';
import { checkMachine, type Finding } from '../pipeline/doctor/doctor.js';
import { checkSources } from '../pipeline/doctor/listen.js';
import { parseDuration } from './filters.js';
import type { GlobalOptions } from './globals.js';

/** Options of `rigwatch doctor` alone. */
export interface DoctorOptions {
  readonly listen: string;
}

const MAX_LINE = 4096;

export async function runDoctor(
  urls: readonly string[],
  options: DoctorOptions,
  globals: GlobalOptions,
): Promise<void> {
  const listenMs = parseDuration('--listen', options.listen, 1000, 3_600_000);
  const sources = [...new Set(urls)].map(openLive);
  const machine = { nodeVersion: process.versions.node, path: process.env.PATH ?? '' };
  const { findings, rules } = await checkMachine(machine, globals.db, globals.rules);
  for (const finding of findings) print(finding, globals);
  if (rules !== null && sources.length > 0) {
    const wait = () => sleep(listenMs);
    const more = await checkSources(sources, rules, listenMs / 1000, wait, Date.now);
    for (const finding of more) print(finding, globals);
    findings.push(...more);
  }
  const count = (state: Finding['state']) => findings.filter((finding) => finding.state === state).length;
  const [problems, warnings] = [count('problem'), count('warning')];
  if (!globals.quiet && !globals.json) {
    const isWell = problems + warnings === 0;
    const text = doctorMessage(globals.lang, isWell ? 'doctor.verdict.ok' : 'doctor.verdict.todo', {
      problems,
      warnings,
    });
    process.stderr.write(`${text}\n`);
  }
}

function print(finding: Finding, { json, lang }: GlobalOptions): void {
  if (finding.state === 'problem') process.exitCode = 1;
  const { check, state, key, values } = finding;
  if (json) {
    const texts = Object.fromEntries(
      Object.entries(values).map(([name, value]) => [name, value instanceof Phrase ? String(value) : value]),
    );
    const message = doctorMessage('en', key, values);
    const object = { schema: 'rigwatch.finding/1', check, state, code: key, values: texts, message };
    process.stdout.write(`${JSON.stringify(printableValue(object))}\n`);
    return;
  }
  const text = printable(doctorMessage(lang, key, values), MAX_LINE);
  const word = (name: Finding['state']) => doctorMessage(lang, `doctor.${name}`);
  const width = Math.max(...(['ok', 'warning', 'problem'] as const).map((name) => widthOf(word(name))));
  process.stdout.write(
    `${padToWidth(word(state), width, 'left')}  ${padToWidth(doctorMessage(lang, `check.${check}`), 14, 'left')}  ${text}\n`,
  );
}
