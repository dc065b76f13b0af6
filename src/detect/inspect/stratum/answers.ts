/** Grammars of answers that many dialects share. */
import { type AnswerGrammar, type Claims, FAMILY, type Fact, type Role } from './dialect.js';
import type { Message } from './message.js';
import { asFields } from './shapes.js';

/** JSON-RPC 2.0 codes of a server that does not know the request at all. */
const NOT_UNDERSTOOD = new Set([-32700, -32600, -32601]);

const MAX_WORDS = 256;
/** The same in words, from servers with codes of their own. */
const FOREIGN_WORDS =
  /(?:unknown|invalid|unsupported|undefined|no such|bad|unrecogni[sz]ed)\s+(?:rpc\s+)?(?:method|command|request|function|message|action)|method\b.*\bnot\s+(?:found|supported|available|allowed|implemented)|parse error/i;

/** The server did not understand the request: it is no pool, or not of this dialect. */
export function isRefusal(message: Message): boolean {
  const error = asFields(message.error);
  const code = error?.code;
  if (typeof code === 'number' && NOT_UNDERSTOOD.has(code)) return true;
  const words = error?.message ?? (Array.isArray(message.error) ? message.error[1] : message.error);
  return typeof words === 'string' && FOREIGN_WORDS.test(words.slice(0, MAX_WORDS));
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
