import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

/**
 * The one rule of the house (ARCHITECTURE.md): imports go down. base < model < wings (intake, detect, deliver) < app;
 * wings never look into each other; rooms of a wing neither, but for the passages named here.
 */
const FLOOR: Record<string, number> = { base: 0, model: 1, intake: 2, detect: 2, deliver: 2, app: 3 };
const PASSAGES = new Set(['intake/formats>intake/decode', 'app/cli>app/pipeline']);

/** Rooms of `detect/rules`, each built on those before it. */
const STEPS = ['syntax', 'tables', 'kinds', 'match'].map((name) => `detect/rules/${name}`);

const SRC = fileURLToPath(new URL('../src/', import.meta.url));
const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));

function importsOf(file: string): string[] {
  const text = readFileSync(join(SRC, file), 'utf8');
  const found = [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.{1,2}\/[^']+)'/g)].map(
    (match) => match[1] ?? '',
  );
  return found.map((path) => relative(SRC, resolve(SRC, dirname(file), path)).replace(/\.js$/, '.ts'));
}

const wingOf = (file: string) => file.split('/')[0] ?? '';
const roomOf = (file: string) => file.split('/').slice(0, 2).join('/');

function fault(from: string, to: string): string | null {
  const [low, high] = [FLOOR[wingOf(to)], FLOOR[wingOf(from)]];
  if (low === undefined || high === undefined) return `${from} -> ${to}: outside the house`;
  if (low > high) return `${from} -> ${to}: goes up`;
  if (wingOf(from) !== wingOf(to)) return low === high ? `${from} -> ${to}: goes across` : null;
  if (high < 2 || roomOf(from) === roomOf(to)) return null;
  return PASSAGES.has(`${roomOf(from)}>${roomOf(to)}`) ? null : `${from} -> ${to}: from room to room`;
}

describe('the house', () => {
  it('has files', () => {
    expect(files.length).toBeGreaterThan(10);
  });

  it('imports go down only', () => {
    const faults = files.flatMap((file) => importsOf(file).map((to) => fault(file, to)));
    expect(faults.filter((text) => text !== null)).toEqual([]);
  });

  it('rules are built in steps', () => {
    const faults = files.flatMap((file) => {
      const step = STEPS.indexOf(dirname(file));
      return importsOf(file).filter((to) => step >= 0 && STEPS.indexOf(dirname(to)) > step);
    });
    expect(faults).toEqual([]);
    expect(STEPS.filter((room) => !files.some((file) => dirname(file) === room))).toEqual([]);
  });

  it('has no import cycle, types included', () => {
    const graph = new Map(files.map((file) => [file, importsOf(file)]));
    const done = new Set<string>();
    const cycles: string[] = [];
    const visit = (file: string, path: readonly string[]) => {
      if (path.includes(file)) cycles.push([...path.slice(path.indexOf(file)), file].join(' -> '));
      else if (!done.has(file)) for (const next of graph.get(file) ?? []) visit(next, [...path, file]);
      done.add(file);
    };
    for (const file of files) visit(file, []);
    expect(cycles).toEqual([]);
  });

  it('knows a fault when it sees one', () => {
    expect(fault('base/ip.ts', 'model/flow.ts')).toContain('up');
    expect(fault('intake/flows/a.ts', 'detect/rules/b.ts')).toContain('across');
    expect(fault('detect/inspect/a.ts', 'detect/rules/b.ts')).toContain('room');
    expect(fault('detect/rules/b.ts', 'model/flow.ts')).toBeNull();
  });
});
