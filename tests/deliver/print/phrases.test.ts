import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseAst } from 'rolldown/parseAst';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../src/base/errors.js';
import { fill } from '../../../src/base/fill.js';
import { either, Phrase, phrase, templateOf } from '../../../src/base/phrase.js';
import { CHINESE, ROOMS, STORED } from '../../../src/deliver/print/messages/phrases/index.js';
import { retell } from '../../../src/deliver/print/retell.js';
import { translate } from '../../../src/deliver/print/translate.js';

const SRC = fileURLToPath(new URL('../../../src/', import.meta.url));
const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));

interface Tagged {
  readonly tag: { readonly name?: string };
  readonly quasi: { readonly quasis: readonly { readonly value: { readonly cooked: string } }[] };
}

/** Templates of all phrases in a source, those inside others included. */
function templatesIn(source: string): string[] {
  const found: string[] = [];
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    if ('type' in node && node.type === 'TaggedTemplateExpression') {
      const { tag, quasi } = node as unknown as Tagged;
      if (tag.name === 'phrase') found.push(templateOf(quasi.quasis.map(({ value }) => value.cooked)));
    }
    Object.values(node).forEach(visit);
  };
  visit(parseAst(source, { lang: 'ts' }));
  return found;
}

const used = new Set(
  files.flatMap((file) => {
    const source = readFileSync(join(SRC, file), 'utf8');
    return source.includes('phrase`') ? templatesIn(source) : [];
  }),
);
const places = (text: string) => [...new Set(text.match(/\{\d+\}/g) ?? [])].sort();
/** A Chinese character, or full-width punctuation. */
const CHINESE_TEXT = /[\p{Script=Han}\u3000-\u303f\uff00-\uffef]/u;

describe('phrases', () => {
  it('are found in the sources, inside others too', () => {
    expect(used.size).toBeGreaterThan(400);
    const source = ['f(phrase`a $', '{b ? phrase`c "$', '{d}"` : e} \\`f\\``)'].join('');
    expect(templatesIn(source)).toEqual(['a {0} `f`', 'c "{0}"']);
  });

  it('have Chinese, every one', () => {
    expect([...used].filter((template) => !Object.hasOwn(CHINESE, template))).toEqual([]);
  });

  it('are in the catalogue once, and none that is not said any more', () => {
    const templates = ROOMS.flatMap((room) => Object.keys(room));
    expect(templates.filter((template, at) => templates.indexOf(template) !== at)).toEqual([]);
    expect(templates.filter((template) => !used.has(template))).toEqual([]);
  });

  it.each(Object.entries(CHINESE))(
    '%s: the Chinese has the same places, and is Chinese',
    (english, chinese) => {
      expect(places(chinese)).toEqual(places(english));
      if (/\p{L}/u.test(english.replace(/\{\d+\}/g, ''))) expect(chinese).toMatch(CHINESE_TEXT);
      expect(chinese).not.toMatch(/\p{Script=Han}[,;:?!()]|[,;:?!()]\p{Script=Han}/u);
    },
  );

  it('are made by the tag of that name alone, or the test above is blind', () => {
    const sources = files
      .filter((file) => file !== 'base/phrase.ts')
      .map((file) => [file, readFileSync(join(SRC, file), 'utf8')] as const);
    expect(sources.filter(([, text]) => /\bphrase as\b|\bnew Phrase\b/.test(text))).toEqual([]);
  });

  it('are what errors are made of', () => {
    // @ts-expect-error: a bare text would be English for everybody.
    const wrong = () => new UsageError('wrong', 'a bare text');
    expect(wrong).toBeTypeOf('function');
    const error = new UsageError('right', phrase`permission denied`);
    expect(error.message).toBe('permission denied');
    expect(translate('zh-CN', error.phrase)).toBe('权限不足');
  });
});

describe('translate', () => {
  const inner = phrase`the ${'gzip'} stream breaks off`;

  it('translates what is inside, and joins lists as the language does', () => {
    const outer = phrase`${'a {0} $1'}: expected one of ${['x', inner]}`;
    expect(translate('en', outer)).toBe('a {0} $1: expected one of x, the gzip stream breaks off');
    expect(translate('zh-CN', outer)).toBe('a {0} $1：应为以下之一：x、gzip 压缩流不完整');
    expect(translate('zh-CN', phrase`expected ${either(['a', 'b', 'c'])}`)).toBe('应为 a 或 b 或 c');
  });

  it('leaves English in text and in JSON: machine output is never translated', () => {
    expect(`${inner}`).toBe('the gzip stream breaks off');
    expect(JSON.stringify({ inner })).toBe('{"inner":"the gzip stream breaks off"}');
    expect(inner).toBeInstanceOf(Phrase);
  });
});

describe('what is stored in English', () => {
  const filled = (text: string) => fill(text, { 0: 'v-0', 1: 'v-1', 2: 'v-2', 3: 'v-3', 4: 'v-4' });
  const whole = Object.entries(STORED).filter(([english]) => english.replace(/\{\d+\}/g, '').length >= 12);

  it.each(whole)('is told anew: %s', (english, chinese) => {
    expect(retell('zh-CN', filled(english))).toBe(filled(chinese));
    expect(retell('en', filled(english))).toBe(filled(english));
  });

  it('is told to the words inside', () => {
    expect(
      retell(
        'zh-CN',
        'DNS answer for a.example, then connection to 192.0.2.1:443; listed as pool a.example (A, B) by one, two and 7 more, no date; not answered',
      ),
    ).toBe(
      'a.example 的 DNS 应答，随后连接 192.0.2.1:443；名单中记为 pool a.example (A, B)，来源 one, two 等，另有 7 个，日期 不详；未见有效应答',
    );
    expect(
      retell(
        'zh-CN',
        'Declared as R-1, but exceeded: coin XMR, declared BTC; 2 session(s) outside the declared hours.',
      ),
    ).toBe('该地址已备案（R-1），但超出备案范围：币种 XMR，备案为 BTC；备案时段以外的会话 2 个。');
    expect(
      retell(
        'zh-CN',
        'Independent kinds of evidence agree: payload and block clock; payload went both ways.',
      ),
    ).toBe('多类相互独立的证据一致（载荷、出块时钟），且双向均有载荷。');
  });

  it('stays as it is where it is a quote, or of no template', () => {
    for (const text of [
      '{"method":"mining.subscribe"}',
      '',
      'payload',
      'one and 2 more',
      'x, port 3',
      'New.',
    ])
      expect(retell('zh-CN', text)).toBe(text);
    const long = 'connection to '.repeat(10_000);
    expect(retell('zh-CN', long)).toContain('连接');
  });
});
