import { expect, it } from 'vitest';
import { SessionStarts } from '../../../src/intake/formats/log-text.js';
import { Kind, type Row } from '../../../src/intake/formats/ndjson.js';

const rowOf = (name: string): Row => {
  const bytes = Buffer.from(name);
  return {
    bytes,
    kind: new Uint8Array([Kind.STRING]),
    start: new Int32Array([0]),
    end: new Int32Array([bytes.length]),
  };
};

it('remembers when conversations began, many as well as few', () => {
  const starts = new SessionStarts();
  const names = Array.from({ length: 60_000 }, (_, at) => `C${(at * 7919).toString(36)}x${at}`);
  for (const [at, name] of names.entries()) expect(starts.note(rowOf(name), 0, at)).toBe(at);
  // Where all places of a name are taken, a newer one gets its place.
  const known = names.filter((name, at) => starts.note(rowOf(name), 0, -1) === at);
  expect(known.length).toBeGreaterThan(names.length * 0.97);
});
