import { InputError } from '../../base/errors.js';
import { phrase } from '../../base/phrase.js';
import { type NotifyTarget, SEND_TIMEOUT_MS } from './target.js';

/** `http://` and `https://`: POST of NDJSON, one message a line. Only 2xx counts as delivered; redirects are not followed. */
export function webhookTarget(url: URL, key: string, timeoutMs = SEND_TIMEOUT_MS): NotifyTarget {
  const { username, password } = url;
  const address = new URL(url);
  address.username = '';
  address.password = '';
  const authorization = Buffer.from(
    `${decodeURIComponent(username)}:${decodeURIComponent(password)}`,
  ).toString('base64');
  const headers = {
    'content-type': 'application/x-ndjson',
    ...(username === '' ? {} : { authorization: `Basic ${authorization}` }),
  };
  const name = `${url.protocol}//${url.host}`;
  return {
    name,
    key,
    async send(bodies) {
      const answer = await fetch(address, {
        method: 'POST',
        headers,
        body: bodies.map((body) => `${body}\n`).join(''),
        redirect: 'manual',
        signal: AbortSignal.timeout(timeoutMs),
      });
      // The body must be read or dropped, else the connection stays taken.
      await answer.body?.cancel();
      if (!answer.ok) throw new InputError('notify-refused', phrase`${name}: answered ${answer.status}`);
    },
    close: async () => undefined,
  };
}
