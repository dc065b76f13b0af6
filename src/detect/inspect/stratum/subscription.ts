/** How sessions of family A begin: `mining.hello`, `mining.subscribe`, and what pools answer. */

import { isRefusal } from './answers.js';
import { agentClaims, joinClaims, userClaims } from './claims.js';
import { type Certainty, type Claims, FAMILY, type Fact, HELLO } from './dialect.js';
import type { Message } from './message.js';
import * as shape from './shapes.js';

export const STRATUM_V1 = 'stratum-v1';
const ES1 = 'EthereumStratum/1.0.0';
export const MAX_HOST = 253;

const short = shape.nullable(shape.text(0, 256));
const EXTRANONCE = shape.hexBytes(0, 64);

export function accepted(
  role: 'loginAccepted' | 'loginRejected',
  dialect = STRATUM_V1,
  certainty: Certainty = FAMILY,
): Fact {
  return { dialect, certainty, role };
}

/** agent, then session, host, port, or the names of the algorithms that the miner knows (XELIS). */
const SUBSCRIBE = shape.list(shape.oneOf(short, shape.whole, shape.list(shape.word, 0, 16)), 0, 5);

export function subscribe(message: Message): Fact | null {
  if (short(message.params ?? null)) return bareSubscribe();
  if (!SUBSCRIBE(message.params)) return null;
  const list = message.params as readonly unknown[];
  const [dialect, certainty] = subscribeDialect(list);
  return {
    dialect,
    certainty,
    role: 'hello',
    hold: 'unless-refuted',
    claims: joinClaims(nameClaims(typeof list[1] === 'number' ? list[2] : list[0]), { hosts: hostOf(list) }),
    answer: subscribeAnswer,
  };
}

/** An address of a wallet, maybe with its kind before and a machine after it: no program has such a name. */
const LOGIN = /^(?:\w{1,16}:)?\w{38,120}(?:\.[\w-]{1,64})?$/;

/** Where nobody logs in apart (Conflux, Pearl) the first parameter is the login. */
function nameClaims(name: unknown): Claims {
  return typeof name === 'string' && LOGIN.test(name) ? userClaims(name) : agentClaims(name);
}

/** EIP-1571 subscribes without parameters, or with a session, and is answered with the name of the session. */
function bareSubscribe(): Fact {
  return {
    dialect: STRATUM_V1,
    certainty: FAMILY,
    role: 'hello',
    hold: 'until-confirmed',
    answer: (answer) => (shape.word(answer.result) ? accepted('loginAccepted') : subscribeAnswer(answer)),
  };
}

function subscribeDialect(params: readonly unknown[]): [string, Certainty] {
  const protocol = params[1];
  if (protocol === ES1) return ['ethereumstratum-1', HELLO];
  if (typeof protocol === 'string' && protocol.startsWith('AleoStratum/')) return ['aleo', HELLO];
  const port = params[3];
  const named = typeof params[2] === 'string' && params[2] !== '' && !params[2].includes(':');
  return params.length === 4 && named && port !== null ? ['zip-301', HELLO] : [STRATUM_V1, FAMILY];
}

/** `[agent, session, host, port]`, `[agent, session, "host:port", null]`, or the old order `[host, port, agent]`. */
function hostOf(params: readonly unknown[]): { host: string; port: number | null }[] {
  const [host, port] = typeof params[1] === 'number' ? params : params.slice(2);
  if (typeof host !== 'string' || host === '' || host.length > MAX_HOST) return [];
  const joined = /^(.*):(\d{1,5})$/.exec(host);
  const number = Number(joined?.[2] ?? port ?? Number.NaN);
  return [{ host: joined?.[1] ?? host, port: number > 0 && number < 65_536 ? number : null }];
}

/** Some servers write it as a text. */
const size = shape.oneOf(shape.whole, shape.decimal);
const NOTICE = /^mining\.(?:notify|set_\w{1,32})$/;
const SUBSCRIPTION = shape.tuple((name) => typeof name === 'string' && NOTICE.test(name), short);
/** `[[pairs], extranonce1, size]`: nothing but a pool sends this. Some repeat the extranonce behind the pairs. */
const FULL_ANSWER = shape.opening(
  [
    shape.oneOf(SUBSCRIPTION, shape.opening([SUBSCRIPTION], shape.oneOf(SUBSCRIPTION, short), 7)),
    shape.hex(0, 64),
  ],
  size,
  1,
);
const ES1_ANSWER = shape.opening(
  [shape.tuple(shape.literal('mining.notify'), short, shape.literal(ES1)), shape.hex(0, 32)],
  size,
  1,
);
const KASPA_ANSWER = shape.tuple(shape.literal(true), shape.literal(ES1));
/** `[null, extranonce1(, size)]`, `[session, nonce1]`, `["null", extranonce1, size]`, `[[], extranonce1, size]`. */
const SHORT_ANSWER = shape.opening([shape.oneOf(short, shape.list(short, 0, 0)), short], size, 1);
/** `[session, extranonce, size, public key]`. */
const XELIS_ANSWER = shape.tuple(short, shape.hex(64), shape.whole, shape.hex(64));
const YES = shape.oneOf(shape.literal(true, 'true'), shape.tuple(shape.literal(true)));

/** The full answer to `mining.subscribe` is unlike anything else, even where the request was not captured. */
export function recogniseSubscription(message: Message): Fact | null {
  return isSubscription(message.result) ? subscribed(message) : null;
}

function isSubscription(result: unknown): boolean {
  return FULL_ANSWER(result) || ES1_ANSWER(result) || KASPA_ANSWER(result);
}

function subscribed(message: Message): Fact {
  if (ES1_ANSWER(message.result)) return accepted('loginAccepted', 'ethereumstratum-1', HELLO);
  if (KASPA_ANSWER(message.result)) return accepted('loginAccepted', 'kaspa', HELLO);
  return { ...accepted('loginAccepted'), ...extranonceOf(message.result) };
}

/** The second of a whole answer to a subscription. */
export function extranonceOf(result: unknown): Pick<Fact, 'extranonce1'> {
  const extranonce1 = Array.isArray(result) ? result[1] : null;
  return EXTRANONCE(extranonce1) ? { extranonce1: extranonce1 as string } : {};
}

function subscribeAnswer(message: Message): Fact | 'neutral' | null {
  if (isRefusal(message)) return null;
  if (message.error !== null || message.result === false) return accepted('loginRejected');
  if (isSubscription(message.result)) return subscribed(message);
  if (XELIS_ANSWER(message.result)) return accepted('loginAccepted', 'xelis', HELLO);
  if (SHORT_ANSWER(message.result) || YES(message.result)) {
    return { ...accepted('loginAccepted'), ...extranonceOf(message.result) };
  }
  return message.result === null || message.result === undefined ? 'neutral' : null;
}

/** `AlephiumStratum/1.0.0` and others that begin as EIP-1571 has it. */
const PROTOCOL = /^[A-Za-z]{3,24}Stratum(?:\/[\d.]{1,16})?$/;
const isProtocol: shape.Shape = (value) => typeof value === 'string' && PROTOCOL.test(value);
const HELLO_LIST = shape.tuple(shape.text(0, 256), isProtocol);
const HELLO_FIELDS = shape.fields({ agent: shape.text(0, 256), proto: isProtocol });
const HELLO_ANSWER = shape.oneOf(
  shape.opening([isProtocol], shape.oneOf(short, shape.bool, shape.whole), 8),
  shape.fields({ proto: isProtocol }),
);

/** What EthereumStratum/2.0.0 does not know as its own. */
export function hello(message: Message): Fact | null {
  const named = HELLO_FIELDS(message.params);
  if (!named && !HELLO_LIST(message.params)) return null;
  const agent = named ? shape.asFields(message.params)?.agent : (message.params as readonly unknown[])[0];
  return {
    dialect: STRATUM_V1,
    certainty: FAMILY,
    role: 'hello',
    hold: 'unless-refuted',
    claims: agentClaims(agent),
    answer: (answer) => (HELLO_ANSWER(answer.result) ? accepted('loginAccepted') : null),
  };
}
