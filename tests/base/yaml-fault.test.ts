import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { yamlFault } from '../../src/base/yaml-fault.js';
import { translate } from '../../src/deliver/print/translate.js';

const faultOf = (text: string) => {
  try {
    parse(text, { schema: 'core' });
  } catch (error) {
    return yamlFault(error);
  }
  throw new Error(`read without a fault: ${text}`);
};

it.each([
  ['a: [1, 2\nb: 3\n', 'a closing ] is missing, or not indented'],
  ['{a: 1', 'a closing } is missing, or not indented'],
  ['a: 1\na: 2\n', 'the same key twice'],
  ['a:\n\tb: 1\n', 'a tab as indentation; use spaces'],
  ['a: "open\n', 'a closing " is missing'],
  ['a: b: c\n', 'a second ": " in one value; it needs quotation marks, or another indentation'],
  ['a: 1\nb\n', 'a line without ":" where a key is expected'],
  ['a: 1\n"b\n c": 2\n', 'a key that goes over several lines; a ":" or quotation mark may be missing'],
  ['a:\n   b: 1\n  c: 2\n', 'items or keys that begin at different columns'],
  ['a: ["x" "y"]\n', 'a comma is missing between brackets'],
  ['a: @x\n', 'a value that begins with @; put it in quotation marks'],
  ['a: "\\q"\n', 'no such escape between quotation marks: \\q'],
  ['a: "x"#y\n', 'a space is missing before "#"'],
  ['a: &b &c 1\n', 'an alias or anchor ("*", "&") that cannot be there'],
  ['a: 1\n---\nb: 2\n', 'a line that begins with "%", "---" or "..."'],
  ['a: ]\n', 'a word or sign where none is expected'],
])('%j: %s', (text, says) => {
  const fault = faultOf(text);
  expect(`${fault}`).toBe(`not YAML: ${says}`);
  // Without a word of English, but for what it quotes.
  expect(translate('zh-CN', fault)).toMatch(/^不是有效的 YAML：[^a-zA-Z]*(\\q)?[^a-zA-Z]*$/);
});
