/** Writes JSON anew with other key order and other blanks, numbers kept to the letter (64-bit job values survive). */

type Node =
  | { kind: 'object'; entries: [string, Node][] }
  | { kind: 'array'; items: Node[] }
  | { kind: 'raw'; text: string };

const TOKEN = /\s*("(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+)/gy;

function tokens(text: string): string[] {
  TOKEN.lastIndex = 0;
  const out: string[] = [];
  for (let match = TOKEN.exec(text); match !== null; match = TOKEN.exec(text)) out.push(match[1] ?? '');
  return out;
}

function read(all: string[]): Node {
  const token = all.shift() ?? '';
  if (token === '[') {
    const items: Node[] = [];
    while (all[0] !== ']') {
      items.push(read(all));
      if (all[0] === ',') all.shift();
    }
    all.shift();
    return { kind: 'array', items };
  }
  if (token !== '{') return { kind: 'raw', text: token };
  const entries: [string, Node][] = [];
  while (all[0] !== '}') {
    const key = all.shift() ?? '';
    all.shift();
    entries.push([key, read(all)]);
    if (all[0] === ',') all.shift();
  }
  all.shift();
  return { kind: 'object', entries };
}

function write(node: Node, random: () => number): string {
  const blank = () => ' '.repeat(Math.floor(random() * 3));
  if (node.kind === 'raw') return node.text;
  if (node.kind === 'array')
    return `[${blank()}${node.items.map((item) => write(item, random) + blank()).join(`,${blank()}`)}]`;
  const entries = [...node.entries].sort(() => random() - 0.5);
  return `{${blank()}${entries.map(([key, value]) => `${key}${blank()}:${blank()}${write(value, random)}${blank()}`).join(`,${blank()}`)}}`;
}

export function rewriteJson(text: string, random: () => number): string {
  return write(read(tokens(text)), random);
}
