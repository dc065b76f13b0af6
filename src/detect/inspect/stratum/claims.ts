/** From the fields of a login to claims: accounts, machines, options. Never a password. */
import type { Claims } from './dialect.js';
import type { Message } from './message.js';
import { asFields, type Fields } from './shapes.js';

const MAX_WORKER = 128;
/** Default of Claymore's miner where the user named no machine. */
const DEFAULT_WORKER = 'eth1.0';
const OPTION = /^(?:c|mc|d|diff|sd|m|zap|refcode|algo|coin)=[\w.+:-]{1,32}$/i;
const COIN_OPTION = /^(mc|c|coin)=([a-z0-9]{2,8})$/i;
/** yiimp: `mc` is the coin that is mined, `c` the one paid out, which is mostly the same where it stands alone. */
const OPTION_CONFIDENCE = { mined: 0.9, paid: 0.6 } as const;
const MAX_OPTIONS = 8;

/** `wallet.worker`, `account.worker`, `wallet/worker/mail`: the machine's name, or null. */
function workerOf(login: string): string | null {
  const end = login.search(/[./]/);
  if (end <= 0 || login.slice(0, end).includes('@')) return null;
  const worker = login.slice(end + 1).split('/')[0] ?? '';
  return worker === '' || worker.length > MAX_WORKER ? null : worker;
}

/** Claims of a login or user field and, where there is one, a worker field. */
export function userClaims(login: unknown, worker?: unknown): Claims {
  if (typeof login !== 'string' || login === '') return workerClaims(worker);
  const split = workerOf(login);
  return {
    logins: [login],
    workers: [...(split === null ? [] : [split]), ...(workerClaims(worker).workers ?? [])],
  };
}

export function workerClaims(worker: unknown): Claims {
  return typeof worker === 'string' && worker !== '' && worker !== DEFAULT_WORKER
    ? { workers: [worker] }
    : {};
}

/** Options in a password field, if it holds nothing else. */
export function optionClaims(password: unknown): Claims {
  const options = optionsOf(password);
  const coins = options.flatMap((option) => {
    const [, name = '', coin] = COIN_OPTION.exec(option) ?? [];
    const isMined = name.toLowerCase() === 'mc';
    if (coin === undefined || (!isMined && options.some((other) => /^mc=/i.test(other)))) return [];
    const confidence = isMined ? OPTION_CONFIDENCE.mined : OPTION_CONFIDENCE.paid;
    return [{ ticker: coin.toUpperCase(), basis: 'handshake', confidence } as const];
  });
  return options.length === 0 ? {} : { options, coins };
}

function optionsOf(password: unknown): string[] {
  if (typeof password !== 'string' || password.length > 256) return [];
  const pieces = password.split(',').map((piece) => piece.trim());
  return pieces.length <= MAX_OPTIONS && pieces.every((piece) => OPTION.test(piece)) ? pieces : [];
}

export function agentClaims(agent: unknown): Claims {
  return typeof agent === 'string' && agent !== '' ? { agents: [agent] } : {};
}

/** The same kind of claim from several fields adds up. */
export function joinClaims(...parts: readonly Claims[]): Claims {
  const joined: Record<string, unknown> = {};
  for (const part of parts) {
    for (const [name, value] of Object.entries(part)) {
      const known = joined[name];
      joined[name] = Array.isArray(known) && Array.isArray(value) ? [...known, ...value] : value;
    }
  }
  return joined;
}

const SECRET_FIELDS = new Set(['pass', 'password', 'token', 'secret']);
/** Methods whose parameters after the first may be a password. `mining.subscribe [worker, secret]` is one. */
const SECRET_TAIL = new Set(['mining.authorize', 'mining.subscribe', 'eth_submitLogin', 'eth_login']);
const HIDDEN = '***';
const PROTOCOL = /^\w*Stratum\/[\d.]+$/;

/** The message as it may be shown: passwords hidden, unless they are only options. */
export function withoutSecrets(message: Message): string {
  const params = message.params;
  if (Array.isArray(params)) {
    if (!SECRET_TAIL.has(message.method ?? '')) return message.text;
    const shown = params.map((value, at) => (at === 0 ? value : hideUnlessOptions(value)));
    return JSON.stringify({ ...message.root, params: shown });
  }
  const inner = asFields(params);
  if (!hasSecret(message.root) && (inner === null || !hasSecret(inner))) return message.text;
  const shown = hideFields(message.root);
  const name = Object.hasOwn(message.root, 'params') ? 'params' : 'body';
  return JSON.stringify(inner === null ? shown : { ...shown, [name]: hideFields(inner) });
}

function hasSecret(object: Fields): boolean {
  return Object.keys(object).some((name) => SECRET_FIELDS.has(name));
}

function hideFields(object: Fields): Fields {
  return Object.fromEntries(
    Object.entries(object).map(([name, value]) =>
      SECRET_FIELDS.has(name) ? [name, hideUnlessOptions(value)] : [name, value],
    ),
  );
}

function hideUnlessOptions(value: unknown): unknown {
  if (typeof value !== 'string' || value === '')
    return typeof value === 'object' && value !== null ? HIDDEN : value;
  return PROTOCOL.test(value) || optionsOf(value).length > 0 ? value : HIDDEN;
}
