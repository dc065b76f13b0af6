import { printable } from '../../../base/text.js';
import type { ProgramFact } from '../../../model/verdict.js';
import type { FuseContext } from '../context.js';

/** Agents of one address that are taken apart. */
const MAX_PROGRAMS = 64;
const MAX_AGENT = 128;
const VERSION = /[\s/_-]v?(\d+(?:\.\d+)+[A-Za-z0-9.+-]*)/;

/** What names a machine in an agent text, and how the machine is called (attribution.md §4). */
const MODELS: readonly (readonly [RegExp, (found: RegExpExecArray) => string])[] = [
  [
    /antminer ([A-Z]{1,2}\d{1,2}[A-Za-z]?(?: ?(?:Pro|XP|Hyd|Hydro|SE|j|k)\b\.?)*\+*)/i,
    ([, model]) => `Antminer ${model}`,
  ],
  [/\bam\d-(s\d{1,2}[a-z]?)\b/i, ([, model]) => `Antminer ${model?.toUpperCase()}`],
  [/\b(whatsminer[ _-]?M\d{2}\w*)/i, ([, model]) => model ?? ''],
  [
    /\b((?:bitaxe|nerd\w*axe\+*|nerdoctaxe\S*|bitforge|nmaxe|luckyminer))(?:\/(BM\d{4}))?/i,
    ([, name, chip]) => [name, chip].filter((part) => part !== undefined).join(' '),
  ],
  [/\b(goldshell[ -][\w-]+|iceriver ?ks\w+)/i, ([, model]) => model ?? ''],
  [/\b(apollo)\b/i, () => 'FutureBit Apollo'],
];

/** Program, version and machine of each agent text, as the client states them. */
export function programsOf(agents: readonly string[], context: FuseContext): ProgramFact[] {
  return agents.slice(0, MAX_PROGRAMS).map((agent) => {
    const text = agent.slice(0, MAX_AGENT);
    const known = context.programOf(text);
    return {
      agent: printable(agent),
      program: known?.program ?? null,
      version: VERSION.exec(text)?.[1] ?? null,
      device: known?.device ?? null,
      model: modelOf(text),
    };
  });
}

function modelOf(agent: string): string | null {
  for (const [pattern, nameOf] of MODELS) {
    const found = pattern.exec(agent);
    if (found !== null) return printable(nameOf(found).trim(), MAX_AGENT);
  }
  return null;
}
