/** One element of DER (X.690 §8.1) in `bytes`: its contents lie from `start` to `end`. */
export interface DerElement {
  /** Identifier octet: class, constructed bit, number under 31. */
  readonly tag: number;
  readonly start: number;
  readonly end: number;
}

export const SEQUENCE = 0x30;
export const SET = 0x31;
export const OBJECT_IDENTIFIER = 0x06;
export const OCTET_STRING = 0x04;

/** Elements of one level that are looked at. */
const MAX_CHILDREN = 256;

/** The element at `at`, whole before `limit`; null: cut short, indefinite, or a form that DER does not have. */
export function derAt(bytes: Buffer, at: number, limit: number): DerElement | null {
  const tag = bytes[at];
  if (at + 2 > limit || tag === undefined || (tag & 0x1f) === 0x1f) return null;
  const first = bytes[at + 1] ?? 0;
  if (first < 0x80) return elementOf(tag, at + 2, first, limit);
  const size = first - 0x80;
  if (size === 0 || size > 3 || at + 2 + size > limit) return null;
  return elementOf(tag, at + 2 + size, bytes.readUIntBE(at + 2, size), limit);
}

function elementOf(tag: number, start: number, length: number, limit: number): DerElement | null {
  return start + length > limit ? null : { tag, start, end: start + length };
}

/** What a constructed element holds; stops at the first that is not sound. */
export function* derChildren(bytes: Buffer, { start, end }: DerElement): Generator<DerElement> {
  let at = start;
  for (let seen = 0; at < end && seen < MAX_CHILDREN; seen++) {
    const child = derAt(bytes, at, end);
    if (child === null) return;
    yield child;
    at = child.end;
  }
}
