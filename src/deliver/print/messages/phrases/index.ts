import { CASES } from './cases.js';
import { COMMANDS } from './commands.js';
import { COMMON } from './common.js';
import { EVIDENCE } from './evidence.js';
import { FORMATS } from './formats.js';
import { RULES } from './rules.js';
import { SOURCES } from './sources.js';
import { STORE } from './store.js';
import { TABLES } from './tables.js';
import { VERDICTS } from './verdicts.js';

/** What is stored as English text and told anew from it. */
export const STORED: Readonly<Record<string, string>> = { ...VERDICTS, ...EVIDENCE };

/** Rooms of the catalogue: the English of a phrase, with numbered places, and its Chinese. */
export const ROOMS = [
  COMMON,
  COMMANDS,
  CASES,
  STORE,
  RULES,
  TABLES,
  FORMATS,
  SOURCES,
  VERDICTS,
  EVIDENCE,
] as const;

export const CHINESE: Readonly<Record<string, string>> = Object.assign({}, ...ROOMS);
