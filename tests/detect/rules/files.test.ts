import { describe, expect, it } from 'vitest';
import { phrase } from '../../../src/base/phrase.js';
import { Matcher, parseRules, runExamples } from '../../../src/detect/rules/index.js';
import { MAX_FAULTS } from '../../../src/detect/rules/syntax/faults.js';
import { cpuMs } from '../../support/cpu.js';
import { bundled, faultsOf, POOLS, stratum } from './support.js';

const csv = (text: string, path = '/r/pools.csv') => ({ path, text });
const yaml = (text: string, path = '/r/rules.yaml') => ({ path, text });

const RULE = `kind: stratum
rules:
  - id: stratum.*.greeting
    item: P6
    weight: 3
    strength: strong
    title: { en: A greeting, zh-CN: 问候 }
    references: [a book]
    match: { all: { hello: 1 } }
    examples:
      positive:
        - { name: hello, dialect: stratum-v1, roles: { hello: 1 } }
      negative:
        - { name: job, dialect: stratum-v1, roles: { job: 1 } }
`;

describe('CSV files', () => {
  it('read quotes, CRLF, BOM, comments, and several lines in a cell', () => {
    const text =
      '\ufeffhost,kind,operator,notes\r\n# a comment\r\n"a.example",fqdn,"A ""B"", C","two\nlines"\r\n\r\nb.example,fqdn,,\r\n';
    const { rows } = parseRules([csv(text)]).pools;
    expect(rows).toMatchObject([
      { host: 'a.example', operator: 'A "B", C', line: 3 },
      { host: 'b.example', operator: null, line: 6 },
    ]);
  });

  it('report every fault with its line, of all files at once', () => {
    const pools = `host,kind,ports,role,confidence,country,last_seen,enabled
Upper.example,fqdn,,,,,,
ok.example,fqdn,3333;70000,,,,,
ok2.example,fqnd,,,,,,
ok3.example,fqdn,,pol,,,,
ok4.example,fqdn,,,hihg,,,
ok5.example,fqdn,,,,de,,
ok6.example,fqdn,,,,,yesterday,
1.2.3,ip,,,,,,
010.0.0.1,ip,,,,,,
ok7.example,fqdn
ok8.example,fqdn,,,,,,maybe
ok8.example,fqdn,,,,,,
ok8.example,fqdn,,,,,,`;
    const found = faultsOf(csv(pools), csv('coin,format,pattern\nBTC,a,^(a+)+$\n', '/r/w.csv'));
    expect(found.map((fault) => fault.replace(/ \[\].*/, ''))).toEqual([
      '/r/pools.csv:11',
      '/r/pools.csv:2',
      '/r/pools.csv:3',
      '/r/pools.csv:4',
      '/r/pools.csv:5',
      '/r/pools.csv:6',
      '/r/pools.csv:7',
      '/r/pools.csv:8',
      '/r/pools.csv:9',
      '/r/pools.csv:10',
      '/r/pools.csv:12',
      '/r/pools.csv:14',
      '/r/w.csv:2',
    ]);
    expect(found[3]).toContain(
      'expected one of fqdn, domain-suffix, ip, found "fqnd" (did you mean "fqdn"?)',
    );
    expect(found[2]).toContain('expected ports from 1 to 65535 separated by ;, found "3333;70000"');
    expect(found[12]).toContain('cannot be slow');
  });

  it('name unknown and missing columns', () => {
    expect(faultsOf(csv('hsot,kind,role\na.example,fqdn,pool\n'))).toEqual([
      expect.stringContaining('/r/pools.csv:1 [] unknown column "hsot" (did you mean "host"?)'),
      expect.stringContaining('expected the columns host, which are missing'),
    ]);
    expect(faultsOf(csv(''))).toEqual([expect.stringContaining('found an empty file')]);
  });

  it('stop at a quote that is never closed', () => {
    expect(faultsOf(csv('host,kind\n"a.example,fqdn\nb.example,fqdn\n'))).toEqual([
      expect.stringContaining('/r/pools.csv:2 [] expected a closing quote'),
    ]);
  });

  it('tell coins, wallets and agents from pools by their columns', () => {
    const rules = parseRules([
      csv('ticker,name,name_zh,algorithms,hardware\nXMR,Monero,门罗币,rx/0,cpu\n', '/r/a.csv'),
      csv('coin,format,pattern\nXMR,standard,^4[0-9A-B]{94}$\n', '/r/b.csv'),
      csv('program,tokens,examples\nThing,thing/,Thing/1.0\n', '/r/c.csv'),
    ]);
    expect(rules.coins.get('XMR')?.hardware).toEqual(['cpu']);
    expect(rules.wallets).toMatchObject([{ coin: 'XMR', checksum: 'none', pattern: '^4[0-9A-B]{94}$' }]);
    expect(rules.programOf('THING/2')).toMatchObject({ program: 'Thing' });
  });
});

describe('YAML files', () => {
  it('are read where they are right', () => {
    expect(faultsOf(yaml(RULE))).toEqual([]);
  });

  it.each([
    [
      'an unknown key',
      '    weight: 3\n',
      '    wieght: 3\n',
      5,
      'unknown key "wieght" (did you mean "weight"?)',
    ],
    ['a role that is none', '{ all: { hello: 1 } }', '{ all: { helo: 1 } }', 9, '(did you mean "hello"?)'],
    ['a giant number', 'weight: 3', 'weight: 1e999', 5, 'a number from -9 to 9), found Infinity'],
    ['text for a number', 'weight: 3', 'weight: three', 5, 'found "three"'],
    ['an unknown strength', 'strength: strong', 'strength: strnog', 6, '(did you mean "strong"?)'],
    ['no Chinese title', ', zh-CN: 问候', '', 7, 'expected the key "zh-CN", which is missing'],
    [
      'no positive example',
      '        - { name: hello, dialect: stratum-v1, roles: { hello: 1 } }\n',
      '        []\n',
      3,
      'at least one positive example',
    ],
    [
      'a prototype key',
      '    weight: 3\n',
      '    weight: 3\n    __proto__: { a: 1 }\n',
      6,
      'unknown key "__proto__"',
    ],
    [
      'a number for a mapping',
      'match: { all: { hello: 1 } }',
      'match: 5',
      9,
      'expected a mapping with all, any, total, proved',
    ],
    ['a list for a text', 'item: P6', 'item: [P6]', 4, 'found a list'],
    ['an alias', 'references: [a book]', 'references: [&a book, *a]', 8, 'found an alias'],
    ['a tag', 'item: P6', 'item: !mine P6', 4, 'found the tag "!mine"'],
  ])('%s', (_what, from, to, line, message) => {
    const found = faultsOf(yaml(RULE.replace(from, to)));
    expect(found[0]).toContain(`/r/rules.yaml:${line} [`);
    expect(found[0]).toContain(message);
  });

  it.each([
    ['a list', '- a\n', 1, 'expected a mapping with kind and rules'],
    ['an unknown kind', 'kind: startum\nrules: []\n', 1, '(did you mean "stratum"?)'],
    ['no rules', 'kind: stratum\n', 1, 'expected rules: a list of rules'],
    ['broken YAML', 'kind: stratum\nrules: [\n', 3, 'not YAML'],
    ['a key twice', 'kind: stratum\nkind: stratum\nrules: []\n', 2, 'not YAML'],
    ['nothing', '', 1, 'expected a mapping'],
  ])('%s', (_what, text, line, message) => {
    const found = faultsOf(yaml(text));
    expect(found[0]).toContain(`/r/rules.yaml:${line} [`);
    expect(found[0]).toContain(message);
  });

  it('take lists up to their limit', () => {
    const references = (count: number) =>
      faultsOf(
        yaml(
          RULE.replace('[a book]', JSON.stringify(Array.from({ length: count }, (_, at) => `book ${at}`))),
        ),
      );
    expect(references(20)).toEqual([]);
    expect(references(21)).toEqual([expect.stringContaining('expected at most 20 entries, found 21')]);
  });

  it('name the rule', () => {
    expect(faultsOf(yaml(RULE.replace('weight: 3', 'weight: 99')))[0]).toContain('[stratum.*.greeting]');
  });

  it('refuse a guard that the program does not know, and one without numbers', () => {
    const guard = (id: string, limits: string) =>
      yaml(
        `kind: guard\nrules:\n  - id: ${id}\n    title: { en: a, zh-CN: b }\n    references: []\n    limits: ${limits}\n`,
      );
    expect(faultsOf(guard('guard.probre', '{ weight: 0 }'))[0]).toContain(
      'expected one of the guards guard.prober',
    );
    expect(faultsOf(guard('guard.resolver', '{ wieght: -1 }'))[0]).toContain('(did you mean "weight"?)');
  });
});

describe('hostile files', () => {
  const depth = 200_000;
  it.each([
    ['brackets', `kind: ${'['.repeat(depth)}`],
    ['braces', `kind: ${'{a: '.repeat(depth)}`],
    ['dashes', `${'- '.repeat(depth)}a`],
    ['indentation', Array.from({ length: 2000 }, (_, at) => `${' '.repeat(at)}a:`).join('\n')],
    [
      'an alias bomb',
      `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: [*b,*b,*b,*b,*b,*b,*b]\n`,
    ],
    ['a merge key', 'kind: &k {a: 1}\n<<: *k\nrules: []\n'],
    ['quotes', `"${'\\'.repeat(depth)}`],
    ['control characters', '\u0000\u0001\u001b[31m: \u202e\n'],
    ['a long scalar', `kind: ${'a'.repeat(1_000_000)}`],
    ['many documents', '---\na: 1\n'.repeat(1000)],
  ])('%s', (_what, text) => {
    const started = cpuMs();
    const found = faultsOf(yaml(text));
    expect(found.length).toBeGreaterThan(0);
    expect(found.join('\n')).not.toMatch(/[\u0000\u001b\u202e]/);
    expect(cpuMs() - started).toBeLessThan(5000);
  });

  it('of a million wrong rows give a bounded report', () => {
    const started = cpuMs();
    const found = faultsOf(csv(`host,kind\n${'x,y\n'.repeat(200_000)}`));
    expect(found).toHaveLength(MAX_FAULTS + 1);
    expect(found.at(-1)).toMatch(/and \d+ more faults/);
    expect(cpuMs() - started).toBeLessThan(10_000);
  });

  it.each([
    '^(a+)+$',
    '^(a|a)*$',
    '^a*a*a*b$',
    '^(a?){400}a$',
    'a',
    '^a$|b',
    '^(?=a)a$',
    '^(.)\\1$',
    '^[$',
    `^${'a'.repeat(300)}$`,
  ])('pattern %s is refused', (pattern) => {
    expect(faultsOf(csv(`coin,format,pattern\nXMR,a,"${pattern}"\n`))).toHaveLength(1);
  });
});

describe('files that override', () => {
  const own = (text: string) => yaml(text, '/own/rules.yaml');

  it('replace a rule of the same id, and say so', () => {
    const rules = parseRules([yaml(RULE), own(RULE.replace('weight: 3', 'weight: 2'))]);
    expect(rules.rules).toMatchObject([{ weight: 2, overrides: '/r/rules.yaml:3', file: '/own/rules.yaml' }]);
  });

  it('switch a rule off, and on again', () => {
    const off = own('kind: stratum\nrules:\n  - { id: stratum.*.greeting, enabled: false }\n');
    const rules = parseRules([yaml(RULE), off]);
    expect(rules.rules).toEqual([]);
    expect(rules.disabled).toEqual(['stratum.*.greeting']);
    expect(parseRules([yaml(RULE), off, yaml(RULE, '/third/a.yaml')]).disabled).toEqual([]);
    expect(faultsOf(off)).toEqual([
      expect.stringContaining('/own/rules.yaml:3 [stratum.*.greeting] expected the id of a rule'),
    ]);
  });

  it('may not hold one id twice', () => {
    expect(faultsOf(yaml(RULE), yaml(RULE, '/r/again.yaml'))[0]).toContain('/r/rules.yaml:3 has it already');
  });

  it('replace, add and take away endpoints', () => {
    const mine =
      'host,kind,operator,enabled\nxmr.pool.example,fqdn,Mine,\nnew.example,fqdn,New,\npool.example,domain-suffix,,false\n';
    const { pools } = parseRules([csv(POOLS), csv(mine, '/own/pools.csv')]);
    expect(pools.ofName('xmr.pool.example')?.operator).toBe('Mine');
    expect(pools.ofName('new.example')?.operator).toBe('New');
    expect(pools.ofName('any.pool.example')).toBeNull();
  });

  it('take the place of the general rule for one dialect', () => {
    const mine = RULE.replaceAll('stratum.*.greeting', 'stratum.kaspa.attempt')
      .replace('    match:', '    dialects: [kaspa]\n    match:')
      .replace('dialect: stratum-v1, roles: { hello', 'dialect: kaspa, roles: { hello');
    const rules = parseRules([bundled('handshakes.yaml'), own(mine)]);
    const weights = (dialect: string) =>
      new Matcher(rules)
        .match(stratum({ hello: 1 }, { dialect }))
        .map(({ rule, weight }) => `${rule} ${weight}`);
    expect(weights('kaspa')).toEqual(['stratum.kaspa.attempt 3']);
    expect(weights('cryptonote')).toEqual(['stratum.cryptonote.attempt 3.5']);
  });

  it('change the version, line ends do not', () => {
    const version = parseRules([yaml(RULE)]).version;
    expect(version).toMatch(/^[0-9a-f]{12}$/);
    expect(parseRules([yaml(RULE.replaceAll('\n', '\r\n'))]).version).toBe(version);
    expect(parseRules([yaml(RULE.replace('weight: 3', 'weight: 2'))]).version).not.toBe(version);
  });
});

describe('embedded examples', () => {
  it('that are wrong are found, with their line', () => {
    const wrong = RULE.replace('roles: { job: 1 } }', 'roles: { hello: 2 } }');
    const [run] = runExamples(parseRules([yaml(wrong)]));
    expect(run?.results).toEqual([
      { name: 'hello', line: 12, wrong: null },
      { name: 'job', line: 14, wrong: phrase`expected no match, found one` },
    ]);
  });
});

describe('poolOf', () => {
  const rules = parseRules([csv(POOLS)]);
  it.each([
    [
      { host: 'xmr.pool.example' },
      { host: 'xmr.pool.example', operator: 'Pool', country: 'DE', coins: ['XMR'], address: null },
    ],
    [
      { host: 'any.other.example', ip: '192.0.2.1', port: 1 },
      { operator: 'Other', address: '192.0.2.1', port: 1 },
    ],
    [
      { ip: '198.51.100.7', port: 3333 },
      { address: '198.51.100.7', port: 3333, host: null, country: 'DE' },
    ],
    [{ host: 'unknown.example', ip: '198.51.100.7' }, { operator: 'Pool' }],
    [{ ip: null, port: null, host: 'EU.SITE.example' }, { operator: 'Site' }],
  ])('%j', (query, expected) => {
    expect(rules.poolOf(query)).toMatchObject(expected);
  });

  it('knows nothing of others', () => {
    expect(rules.poolOf({ ip: '192.0.2.1', host: 'example.org' })).toBeNull();
    expect(rules.poolOf({})).toBeNull();
  });
});
