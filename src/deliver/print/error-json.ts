import { printable } from '../../base/text.js';

/** Longer than a line of traffic: messages name files. */
const MAX_MESSAGE = 2048;

/** What `--json` writes on standard error for an error. */
export interface ErrorObject {
  readonly schema: 'rigwatch.error/1';
  readonly code: string;
  readonly message: string;
}

export function toErrorObject(error: { readonly code: string; readonly message: string }): ErrorObject {
  return { schema: 'rigwatch.error/1', code: error.code, message: printable(error.message, MAX_MESSAGE) };
}
