import { asFields, type Fields } from './shapes.js';

/** A JSON-RPC-like message, whatever its spelling: order of keys, blanks, `params` or `body`. */
export interface Message {
  /** The id as a key that tells 1 from "1"; null where there is none, or null. */
  readonly key: string | null;
  readonly method: string | null;
  /** `params`, or `body` (Iron Fish). */
  readonly params: unknown;
  readonly result: unknown;
  /** Null where the message has no error, or an empty one. */
  readonly error: unknown;
  /** Has a result or an error: answers a request. */
  readonly answers: boolean;
  readonly root: Fields;
  /** Cut short by loss, snap length or a limit: what was cut is missing. */
  readonly partial: boolean;
  /** As sent. */
  readonly text: string;
}

/** A message whose end was lost, with its last text as far as it came where `endsInText`. */
export interface CutMessage {
  readonly message: Message;
  readonly endsInText: boolean;
}

const MAX_METHOD = 64;
const MAX_KEY = 128;

export function toMessage(root: Fields, text: string, partial: boolean): Message {
  const { method, id, error } = root;
  const hasResult = Object.hasOwn(root, 'result');
  const hasError = error !== undefined && error !== null && error !== false;
  return {
    key: idKey(id),
    method: typeof method === 'string' && method.length <= MAX_METHOD ? method : null,
    params: root.params ?? root.body,
    result: root.result,
    error: hasError ? error : null,
    answers: hasResult || hasError,
    root,
    partial,
    text,
  };
}

function idKey(id: unknown): string | null {
  if (typeof id === 'number') return `n${id}`;
  if (typeof id === 'string' && id !== '') return `s${id.slice(0, MAX_KEY)}`;
  return null;
}

/** All messages of one JSON value: an object, or a batch of objects. Others carry nothing for us. */
export function toMessages(value: unknown, text: string, partial: boolean): Message[] {
  const roots = Array.isArray(value) ? value.map(asFields) : [asFields(value)];
  return roots
    .filter((root) => root !== null)
    .map((root) => toMessage(root, Array.isArray(value) ? JSON.stringify(root) : text, partial));
}
