import { describe, expect, it } from 'vitest';
import { fill } from '../../../src/base/fill.js';
import { ESTIMATE_MESSAGES } from '../../../src/deliver/print/messages/estimate-messages.js';
import { FINDING_MESSAGES, machinesText } from '../../../src/deliver/print/messages/finding-messages.js';
import { CATALOGUE } from '../../../src/deliver/print/messages/messages.js';
import { NATURE_MESSAGES } from '../../../src/deliver/print/messages/nature-messages.js';
import { NODE_MESSAGES } from '../../../src/deliver/print/messages/node-messages.js';

describe('texts with places', () => {
  it('take the word that goes with the number', () => {
    const text = '{n|share|shares} by {who}';
    expect([0, 1, 2].map((n) => fill(text, { n, who: 'rig' }))).toEqual([
      '0 shares by rig',
      '1 share by rig',
      '2 shares by rig',
    ]);
    expect(fill('{n} {missing}.', { n: 1 })).toBe('1 .');
    // What is filled in is not filled again.
    expect(fill('{who}', { who: '{n|a|b}' })).toBe('{n|a|b}');
  });

  it('of a brief have no half plurals, in both languages the same places', () => {
    const pairs = [
      ...Object.values(FINDING_MESSAGES),
      ...Object.values(ESTIMATE_MESSAGES),
      ...Object.values(NODE_MESSAGES),
      ...Object.values(NATURE_MESSAGES).flatMap(({ seen, refute }) => [seen, refute]),
    ].map((texts) => [texts.en, texts['zh-CN']]);
    const known = Object.keys(CATALOGUE.en) as (keyof (typeof CATALOGUE)['en'])[];
    for (const key of known) pairs.push([CATALOGUE.en[key], CATALOGUE['zh-CN'][key]]);
    const places = (text = '') => [...text.matchAll(/\{(\w+)/g)].map(([, name]) => name).sort();
    for (const [en, zh] of pairs) {
      expect(en).not.toContain('(s)');
      expect(places(zh), en).toEqual(places(en));
    }
  });
});

describe('how many machines', () => {
  it.each([
    [1, 1, 'worker-names, parallel-sessions', 'one machine; nothing seen points to more', '1 台机器'],
    [1, 3, 'agents', 'at least one machine, at most 3', '至少 1 台，至多 3 台'],
    [4, 4, 'worker-names', '4 machines, told apart by worker names within an hour', '4 台机器'],
    [2, 9, 'syn-options', 'at least 2 machines, told apart by systems that', '至少 2 台机器'],
    [1, 256, 'agents, proxy', '(a proxy may hide up to 256 a session)', '每个代理会话'],
  ])('%i to %i by %s', (low, high, basis, en, zh) => {
    expect(machinesText('en', { low, high, basis })).toContain(en);
    expect(machinesText('zh-CN', { low, high, basis })).toContain(zh);
    expect(machinesText('zh-CN', { low, high, basis })).not.toMatch(/[a-z]-[a-z]/);
  });
});
