import { expect, it } from 'vitest';
import { formatEntries, formatEntry } from '../../../src/deliver/print/evidence-log.js';
import { EVIDENCE_MESSAGES } from '../../../src/deliver/print/messages/evidence-messages.js';
import { ENTRY_SCHEMA, type Entry } from '../../../src/model/evidence-log.js';

it('texts of the evidence log are there in both languages, with the same blanks to fill in', () => {
  const { en, 'zh-CN': zh } = EVIDENCE_MESSAGES;
  expect(Object.keys(zh)).toEqual(Object.keys(en));
  for (const [key, text] of Object.entries(en)) {
    const other = zh[key as keyof typeof zh];
    expect(other, key).toMatch(/\p{Script=Han}/u);
    const blanks = (of: string) => [...of.matchAll(/\{\w+\}/g)].map(([blank]) => blank).sort();
    expect(blanks(other), key).toEqual(blanks(text));
  }
});

it('an entry of a hostile log acts on no terminal', () => {
  const hostile = '\u001b[2J\u202e\r\n{ip}';
  const entry: Entry = {
    schema: ENTRY_SCHEMA,
    log: hostile,
    seq: 1,
    time: hostile,
    kind: 'verdict',
    previous: '',
    hash: hostile,
    signature: hostile,
    body: {
      verdict: { ip: hostile, level: hostile, arithmetic: [{ part: hostile, bans: 'x' }] },
      facts: [null, { excerpt: hostile }],
      sources: 7,
      excerpts: [{ session: hostile }],
    },
  };
  for (const language of ['en', 'zh-CN'] as const) {
    const text =
      formatEntry(entry, language) + formatEntries([['1', 'a', 'new', 'confirmed', 'b', '2']], language);
    for (const char of text) expect(char === '\n' || (char >= ' ' && char !== '\u202e')).toBe(true);
  }
});
