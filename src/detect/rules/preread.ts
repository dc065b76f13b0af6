import { Faults } from './syntax/faults.js';
import type { Located } from './syntax/shape.js';
import { readYaml } from './syntax/yaml.js';

/** A located value as JSON: line and scalar, line and list, or line and [key, value] pairs marked as a mapping. */
type Packed = readonly [line: number, value: unknown] | readonly [line: number, entries: unknown, 'map'];

/** A YAML file read beforehand, as plain JSON; null where it has faults. `unpack` gives the same values back. */
export function prereadYaml(text: string): unknown {
  const faults = new Faults();
  const document = readYaml('', text, faults);
  return document === null || faults.count > 0 ? null : pack(document);
}

function pack({ line, value }: Located): Packed {
  if (Array.isArray(value)) return [line, value.map(pack)];
  if (value instanceof Map) return [line, [...value].map(([key, entry]) => [key, pack(entry)]), 'map'];
  return [line, value];
}

export function unpack(packed: unknown): Located {
  const [line, value, mark] = packed as readonly [number, unknown, 'map'?];
  if (mark === 'map')
    return {
      line,
      value: new Map((value as [string, unknown][]).map(([key, entry]) => [key, unpack(entry)])),
    };
  if (Array.isArray(value)) return { line, value: value.map(unpack) };
  return { line, value: value as string | number | boolean | null };
}
