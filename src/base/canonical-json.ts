const LONE_SURROGATE = /\p{Surrogate}/u;
/** Deeper values are refused: nothing that is signed nests so far. */
const MAX_DEPTH = 64;

/**
 * The one text of a JSON value (RFC 8785): keys sorted by UTF-16 code units, no blanks, numbers as ECMAScript prints them.
 * Members that are undefined are left out, as JSON.stringify does. Throws RangeError for what has no such text: NaN,
 * infinities, functions, lone surrogates, values nested deeper than 64.
 */
export function canonicalJson(value: unknown): string {
  return write(value, 0);
}

function write(value: unknown, depth: number): string {
  if (depth > MAX_DEPTH) throw new RangeError(`canonical JSON: nested deeper than ${MAX_DEPTH}`);
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return number(value);
  if (typeof value === 'string') return text(value);
  if (Array.isArray(value)) return `[${value.map((item) => write(item, depth + 1)).join(',')}]`;
  if (typeof value !== 'object') throw new RangeError(`canonical JSON: a ${typeof value} has no text`);
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${text(key)}:${write(member, depth + 1)}`);
  return `{${members.join(',')}}`;
}

function number(value: number): string {
  if (!Number.isFinite(value)) throw new RangeError(`canonical JSON: ${value} has no text`);
  return JSON.stringify(value);
}

function text(value: string): string {
  if (LONE_SURROGATE.test(value)) throw new RangeError('canonical JSON: a lone surrogate has no text');
  return JSON.stringify(value);
}
