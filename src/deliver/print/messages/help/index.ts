import { CASES } from './cases.js';
import type { Chinese } from './chinese.js';
import { EVIDENCE } from './evidence.js';
import { INPUTS } from './inputs.js';
import { PROGRAM } from './program.js';
import { UNITS } from './units.js';
import { VERDICTS } from './verdicts.js';

/** The catalogue of `--help`, by groups of commands. Loaded only when a command line is read in Chinese. */
export const HELP_PARTS: readonly Chinese[] = [PROGRAM, INPUTS, VERDICTS, UNITS, CASES, EVIDENCE];

const ALL = new Map(HELP_PARTS.flatMap((part) => Object.entries(part)));

/** The same text in Chinese; itself where it has none. */
export function chineseHelp(text: string): string {
  return ALL.get(text) ?? text;
}
