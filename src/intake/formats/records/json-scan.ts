import type { FlowBuilder } from './builder.js';
import { MAX_JSON_DEPTH, MAX_KEY_BYTES, MAX_REMEMBERED_KEYS } from './limits.js';

/** Results of a scan other than the place after the object. */
export const Scan = { UNFINISHED: -1, MALFORMED: -2 } as const;

/** Wanted keys of one object: a code, or the wanted keys of the object under it. */
export interface KeyNode {
  readonly children: ReadonlyMap<string, number | KeyNode>;
  /** Keys in the order last met, so that the next record's are known by comparing bytes. */
  readonly order: Remembered[];
}

interface Remembered {
  readonly key: Buffer;
  readonly target: number | KeyNode;
}

/** `{'a.b': 3}` serves both a key `a.b` and a key b in the object a. */
export function keyTree(columns: Readonly<Record<string, number>>): KeyNode {
  const children = new Map<string, number | KeyNode>();
  const nested = new Map<string, Record<string, number>>();
  for (const [path, code] of Object.entries(columns)) {
    children.set(path, code);
    const dot = path.indexOf('.');
    if (dot <= 0) continue;
    const inner = nested.get(path.slice(0, dot)) ?? {};
    inner[path.slice(dot + 1)] = code;
    nested.set(path.slice(0, dot), inner);
  }
  for (const [name, inner] of nested) if (!children.has(name)) children.set(name, keyTree(inner));
  return { children, order: [] };
}

const QUOTE = 34;
const LINE_FEED = 10;
const BACKSLASH = 92;
const OPEN = 123;
const CLOSE = 125;
const COMMA = 44;
const COLON = 58;
const LIST_OPEN = 91;
const LIST_CLOSE = 93;

/** Reads the wanted values of one JSON object out of bytes and passes over all others. */
export class ObjectScan {
  /** After a scan: the first value that its column would not take, as offsets; -1 where all fitted. */
  badFrom = -1;
  badEnd = -1;
  readonly #root: KeyNode;
  readonly #builder: FlowBuilder;

  constructor(root: KeyNode, builder: FlowBuilder) {
    this.#root = root;
    this.#builder = builder;
  }

  /** `at` is the place of `{`. Returns the place after its `}`, or a Scan. */
  scan(bytes: Buffer, at: number, end: number): number {
    this.badFrom = -1;
    return this.#object(this.#root, bytes, at + 1, end, 1);
  }

  #object(node: KeyNode, bytes: Buffer, from: number, end: number, depth: number): number {
    if (depth > MAX_JSON_DEPTH) return Scan.MALFORMED;
    let at = skipSpace(bytes, from, end);
    if (bytes[at] === CLOSE && at < end) return at + 1;
    for (let index = 0; ; index++) {
      if (at >= end) return Scan.UNFINISHED;
      if (bytes[at] !== QUOTE) return Scan.MALFORMED;
      const keyFrom = at + 1;
      const keyEnd = stringEnd(bytes, keyFrom, end);
      if (keyEnd < 0) return keyEnd;
      at = skipSpace(bytes, keyEnd + 1, end);
      if (at >= end) return Scan.UNFINISHED;
      if (bytes[at] !== COLON) return Scan.MALFORMED;
      at = skipSpace(bytes, at + 1, end);
      if (at >= end) return Scan.UNFINISHED;
      const target = targetOf(node, index, bytes, keyFrom, keyEnd);
      at = this.#value(target, bytes, at, end, depth);
      if (at < 0) return at;
      at = skipSpace(bytes, at, end);
      if (at >= end) return Scan.UNFINISHED;
      if (bytes[at] === CLOSE) return at + 1;
      if (bytes[at] !== COMMA) return Scan.MALFORMED;
      at = skipSpace(bytes, at + 1, end);
    }
  }

  #value(target: number | KeyNode, bytes: Buffer, at: number, end: number, depth: number): number {
    const first = bytes[at]!;
    if (first === OPEN && typeof target !== 'number')
      return this.#object(target, bytes, at + 1, end, depth + 1);
    const next = skipValue(bytes, at, end);
    if (next < 0 || target === 0 || typeof target !== 'number') return next;
    if (first === QUOTE) this.#set(target, bytes, at + 1, next - 1);
    else if (first === 45 || (first >= 48 && first <= 57) || first === LIST_OPEN) {
      this.#set(target, bytes, at, next);
    }
    return next;
  }

  #set(code: number, bytes: Buffer, from: number, end: number): void {
    if (this.#builder.set(code, bytes, from, end) || this.badFrom >= 0) return;
    this.badFrom = from;
    this.badEnd = end;
  }
}

function targetOf(node: KeyNode, index: number, bytes: Buffer, from: number, end: number): number | KeyNode {
  const known = node.order[index];
  if (known !== undefined && isSame(known.key, bytes, from, end)) return known.target;
  if (end - from > MAX_KEY_BYTES) return 0;
  const target = node.children.get(bytes.toString('latin1', from, end)) ?? 0;
  if (index < MAX_REMEMBERED_KEYS && index <= node.order.length) {
    node.order[index] = { key: Buffer.from(bytes.subarray(from, end)), target };
  }
  return target;
}

function isSame(key: Buffer, bytes: Buffer, from: number, end: number): boolean {
  const length = end - from;
  if (key.length !== length) return false;
  for (let at = length - 1; at >= 0; at--) if (key[at] !== bytes[from + at]) return false;
  return true;
}

function skipSpace(bytes: Buffer, from: number, end: number): number {
  let at = from;
  while (at < end && bytes[at]! <= 32) at++;
  return at;
}

/** The place of the closing quote, or a Scan. */
function stringEnd(bytes: Buffer, from: number, end: number): number {
  for (let at = from; at < end; at++) {
    const byte = bytes[at];
    if (byte === QUOTE) return at;
    if (byte === LINE_FEED) return Scan.MALFORMED;
    if (byte === BACKSLASH) at++;
  }
  return Scan.UNFINISHED;
}

/** The place after a value of any kind, or a Scan. */
function skipValue(bytes: Buffer, from: number, end: number): number {
  const first = bytes[from]!;
  if (first === QUOTE) {
    const close = stringEnd(bytes, from + 1, end);
    return close < 0 ? close : close + 1;
  }
  if (first === OPEN || first === LIST_OPEN) {
    let depth = 0;
    for (let at = from; at < end; at++) {
      const byte = bytes[at];
      if (byte === QUOTE) {
        at = stringEnd(bytes, at + 1, end);
        if (at < 0) return at;
      } else if (byte === OPEN || byte === LIST_OPEN) {
        if (++depth > MAX_JSON_DEPTH) return Scan.MALFORMED;
      } else if ((byte === CLOSE || byte === LIST_CLOSE) && --depth === 0) return at + 1;
    }
    return Scan.UNFINISHED;
  }
  let at = from;
  for (; at < end; at++) {
    const byte = bytes[at]!;
    if (byte === COMMA || byte === CLOSE || byte === LIST_CLOSE || byte <= 32) break;
    if (byte === QUOTE || byte === OPEN || byte === COLON) return Scan.MALFORMED;
  }
  if (at >= end) return Scan.UNFINISHED;
  return at === from ? Scan.MALFORMED : at;
}
