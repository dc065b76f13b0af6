import { type Phrase, phrase } from './phrase.js';

/** What the YAML parser (npm yaml) finds wrong, by its codes; its own words stand behind and are English. */
const KINDS: readonly (readonly [codes: string, kind: Phrase])[] = [
  ['BAD_INDENT TAB_AS_INDENT BLOCK_IN_FLOW BLOCK_AS_IMPLICIT_KEY', phrase`indentation`],
  ['DUPLICATE_KEY', phrase`a key twice`],
  ['MISSING_CHAR', phrase`a character is missing`],
  ['UNEXPECTED_TOKEN', phrase`a token where none is expected`],
  ['MULTILINE_IMPLICIT_KEY KEY_OVER_1024_CHARS NON_STRING_KEY', phrase`a key`],
  ['BAD_SCALAR_START BAD_DQ_ESCAPE', phrase`a value`],
  ['ALIAS_PROPS BAD_ALIAS MULTIPLE_ANCHORS', phrase`an alias or anchor`],
  ['TAG_RESOLVE_FAILED MULTIPLE_TAGS BAD_COLLECTION_TYPE BAD_PROP_ORDER', phrase`a tag`],
  ['BAD_DIRECTIVE MULTIPLE_DOCS', phrase`the document`],
];

/** In one line, for an operator. */
export function yamlFault(error: unknown): Phrase {
  if (!(error instanceof Error)) return phrase`not YAML: ${String(error)}`;
  const [words = ''] = error.message.split('\n');
  const code = 'code' in error && typeof error.code === 'string' ? error.code : null;
  const kind = KINDS.find(([codes]) => code !== null && codes.split(' ').includes(code))?.[1];
  return kind === undefined ? phrase`not YAML: ${words}` : phrase`not YAML (${kind}): ${words}`;
}
