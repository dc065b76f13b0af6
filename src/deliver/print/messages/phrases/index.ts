import { CASES } from './cases.js';
import { COMMANDS } from './commands.js';
import { COMMON } from './common.js';
import { FORMATS } from './formats.js';
import { RULES } from './rules.js';
import { SOURCES } from './sources.js';
import { STORE } from './store.js';
import { TABLES } from './tables.js';

/** Rooms of the catalogue: the English of a phrase, with numbered places, and its Chinese. */
export const ROOMS = [COMMON, COMMANDS, CASES, STORE, RULES, TABLES, FORMATS, SOURCES] as const;

export const CHINESE: Readonly<Record<string, string>> = Object.assign({}, ...ROOMS);
