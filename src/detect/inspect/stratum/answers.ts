/** Grammars of answers that many dialects share. */
import { type AnswerGrammar, type Claims, FAMILY, type Fact, type Role } from './dialect.js';
import type { Message } from './message.js';
import { asFields } from './shapes.js';

/** JSON-RPC 2.0 codes of a server that does not know the request at all. */
const NOT_UNDERSTOOD = new Set([-32700, -32600, -32601]);

/** The server did not understand the request: it is no pool, or not of this dialect. */
export function isRefusal(message: Message): boolean {
  const code = asFields(message.error)?.code;
  return typeof code === 'number' && NOT_UNDERSTOOD.has(code);
}

function isPlainYes(result: unknown): boolean {
  return result === true || result === 'OK' || result === 'ok' || result === 'true';
}

/** `true`, `"OK"`, `["true"]`, `{"status":"OK"}`. */
function isYes(result: unknown): boolean {
  return isPlainYes(Array.isArray(result) ? result[0] : (asFields(result)?.status ?? result));
}

function isNo(result: unknown): boolean {
  return result === false || (Array.isArray(result) && (result[0] === 'false' || result[0] === false));
}

function fact(dialect: string, role: Role, claims: Claims = {}): Fact {
  return { dialect, certainty: FAMILY, role, claims };
}

/** The answer to a share. */
export function shareAnswer(dialect: string): AnswerGrammar {
  return (message) => {
    if (isRefusal(message)) return null;
    if (message.error !== null || isNo(message.result)) return fact(dialect, 'shareRejected');
    if (isYes(message.result)) return fact(dialect, 'shareAccepted');
    return message.result === null || message.result === undefined ? 'neutral' : null;
  };
}

/** The answer to a login of which only yes or no is known. */
export function loginAnswer(dialect: string): AnswerGrammar {
  return (message) => {
    if (isRefusal(message)) return null;
    if (message.error !== null || isNo(message.result)) return fact(dialect, 'loginRejected');
    if (isYes(message.result)) return fact(dialect, 'loginAccepted');
    return message.result === null || message.result === undefined ? 'neutral' : null;
  };
}

/** An answer that only has to come. */
export const anyAnswer: AnswerGrammar = () => 'neutral';
