import { createRequire } from 'node:module';
import type { LineCounter, Node } from 'yaml';
import { type Phrase, phrase } from '../../../base/phrase.js';
import { yamlFault } from '../../../base/yaml-fault.js';
import type { Faults } from './faults.js';
import { quote } from './faults.js';
import type { Located } from './shape.js';

/** Characters of one YAML file; long lists belong in CSV files. */
const MAX_YAML_LENGTH = 4 * 1024 * 1024;
const MAX_YAML_DEPTH = 12;
/** Brackets and dashes that may open on one line: a cheap look before the recursive parser is let near. */
const MAX_OPENINGS = 64;

/** Loaded when the first YAML file is really parsed: 50 ms that a start with preread rules does not pay. */
type Yaml = typeof import('yaml');
let loaded: Yaml | null = null;

function loadYaml(): Yaml {
  loaded ??= createRequire(import.meta.url)('yaml') as Yaml;
  return loaded;
}

/**
 * A YAML file as located values, or null with its faults. Plain data only: no aliases (they can blow a small file
 * up to gigabytes), no tags, no merge keys, one document.
 */
export function readYaml(path: string, text: string, faults: Faults): Located | null {
  const report = (line: number, message: Phrase) => faults.add(path, line, null, message);
  if (text.length > MAX_YAML_LENGTH) {
    report(0, phrase`expected at most ${MAX_YAML_LENGTH} characters of YAML, found ${text.length}`);
    return null;
  }
  const deep = deepLine(text);
  if (deep > 0) {
    report(deep, phrase`expected at most ${MAX_YAML_DEPTH} levels of nesting`);
    return null;
  }
  const yaml = loadYaml();
  const lines = new yaml.LineCounter();
  try {
    const document = yaml.parseDocument(text, {
      lineCounter: lines,
      schema: 'core',
      uniqueKeys: true,
      prettyErrors: false,
      merge: false,
    });
    for (const error of document.errors) report(lines.linePos(error.pos[0]).line, yamlFault(error));
    if (document.errors.length > 0) return null;
    return locate(yaml, document.contents, 1, 0, lines, report);
  } catch (error) {
    // The parser recurses: on absurd input it may run out of stack before our own limits are reached.
    report(0, yamlFault(error));
    return null;
  }
}

/** The first line that opens absurdly many levels, or 0. */
function deepLine(text: string): number {
  let open = 0;
  let line = 1;
  let dashes = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x0a) {
      line++;
      dashes = 0;
    } else if (code === 0x5b || code === 0x7b) open++;
    else if (code === 0x5d || code === 0x7d) open = Math.max(0, open - 1);
    else if ((code === 0x2d || code === 0x3f || code === 0x3a) && text.charCodeAt(at + 1) === 0x20) dashes++;
    if (open > MAX_OPENINGS || dashes > MAX_OPENINGS) return line;
  }
  return 0;
}

function locate(
  yaml: Yaml,
  node: Node | null,
  parentLine: number,
  depth: number,
  lines: LineCounter,
  report: (line: number, message: Phrase) => void,
): Located {
  const line = node?.range ? lines.linePos(node.range[0]).line : parentLine;
  if (node?.tag?.startsWith('!')) report(line, phrase`expected plain data, found the tag ${quote(node.tag)}`);
  if (depth > MAX_YAML_DEPTH) report(line, phrase`expected at most ${MAX_YAML_DEPTH} levels of nesting`);
  else if (yaml.isAlias(node)) report(line, phrase`expected plain data, found an alias: write the value out`);
  else if (yaml.isSeq(node))
    return {
      line,
      value: node.items.map((item) => locate(yaml, item as Node | null, line, depth + 1, lines, report)),
    };
  else if (yaml.isMap(node)) {
    const entries = new Map<string, Located>();
    for (const pair of node.items) {
      const key = pair.key as Node | null;
      const keyLine = key?.range ? lines.linePos(key.range[0]).line : line;
      if (!yaml.isScalar(key) || typeof key.value !== 'string')
        report(keyLine, phrase`expected a text as key`);
      else {
        const value = locate(yaml, pair.value as Node | null, keyLine, depth + 1, lines, report);
        entries.set(
          key.value,
          value.value instanceof Map || Array.isArray(value.value) ? value : { ...value, line: keyLine },
        );
      }
    }
    return { line, value: entries };
  } else if (yaml.isScalar(node)) {
    const { value } = node;
    if (
      value === null ||
      typeof value === 'string' ||
      typeof value === 'number' ||
      typeof value === 'boolean'
    )
      return { line, value };
    report(line, phrase`expected text, a number, true, false or nothing`);
  }
  return { line, value: null };
}
