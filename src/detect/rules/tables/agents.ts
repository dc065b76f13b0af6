import { phrase } from '../../../base/phrase.js';
import type { AgentFact, Device } from '../../../model/rule-table.js';
import type { TableKind } from '../syntax/csv.js';
import { type ExampleResult, runExamples } from '../syntax/examples.js';
import { quote } from '../syntax/faults.js';
import { suggest } from '../syntax/suggest.js';

const DEVICES = ['asic', 'gpu', 'cpu', 'proxy', 'browser'] as const satisfies readonly Device[];
const SEPARATOR = ' | ';
const MAX_TOKENS = 32;

/** Which program an agent text names. Plain parts of text, no patterns: nothing here can be slow. */
export const agentTable: TableKind<AgentFact> = {
  name: 'agents',
  columns: {
    program: 'name of the program',
    device: `${DEVICES.join(', ')}; empty where it runs on several`,
    tokens: 'parts of the agent in lower case, any of which names the program, separated by " | "',
    examples: 'agents of the program, separated by " | "',
    counter_examples: 'agents of other programs, separated by " | "',
    notes: 'for people',
  },
  required: ['program', 'tokens', 'examples'],
  readRow(cell, report, place) {
    const program = cell('program');
    const tokens = split(cell('tokens'));
    const positive = split(cell('examples'));
    const device = DEVICES.find((one) => one === cell('device')) ?? null;
    if (program === '' || program.length > 80) report(phrase`program: expected a name of 1 to 80 characters`);
    else if (device === null && cell('device') !== '')
      report(
        phrase`device: expected ${DEVICES}, found ${quote(cell('device'))}${suggest(cell('device'), DEVICES)}`,
      );
    else if (
      tokens.length === 0 ||
      tokens.length > MAX_TOKENS ||
      tokens.some((token) => !/^[^A-Z]{2,80}$/.test(token))
    )
      report(
        phrase`tokens: expected 1 to ${MAX_TOKENS} texts in lower case, of 2 to 80 characters, found ${quote(cell('tokens'))}`,
      );
    else if (positive.length === 0) report(phrase`examples: expected at least one agent of the program`);
    else
      return {
        program,
        device,
        tokens,
        examples: { positive, negative: split(cell('counter_examples')) },
        ...place,
      };
    return null;
  },
};

function split(text: string): string[] {
  return text === '' ? [] : text.split(SEPARATOR);
}

/** At the beginning of a word: `rgminer/1.0` is not GMiner. */
export function containsToken(agent: string, token: string): boolean {
  const text = agent.toLowerCase();
  const wanted = token.toLowerCase();
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + 1))
    if (at === 0 || !/[a-z0-9]/.test(text[at - 1]!)) return true;
  return false;
}

/** The program with the longest token that the text contains. */
export function programOf(agents: readonly AgentFact[], agent: string): AgentFact | null {
  let best: AgentFact | null = null;
  let longest = 0;
  for (const fact of agents)
    for (const token of fact.tokens)
      if (token.length > longest && containsToken(agent, token)) [best, longest] = [fact, token.length];
  return best;
}

/** Its examples name it, among all programs; its counter-examples do not. */
export function agentExamples(agents: readonly AgentFact[], fact: AgentFact): ExampleResult[] {
  const named = (name: string) => ({ name, line: fact.line });
  const examples = {
    positive: fact.examples.positive.map(named),
    negative: fact.examples.negative.map(named),
  };
  return runExamples(examples, ({ name }) => programOf(agents, name) === fact);
}
