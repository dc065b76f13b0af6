import { InputError } from '../../../base/errors.js';
import { formatEndpoint } from '../../../base/ip.js';
import { type Phrase, phrase } from '../../../base/phrase.js';
import { printable } from '../../../base/text.js';

/** The operator's words for why a socket could not be bound, and what to do about it. */
export function explainBind(
  url: string,
  protocol: 'UDP' | 'TCP',
  host: string,
  port: number,
  error: unknown,
): InputError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  const what = `${protocol} ${formatEndpoint(host, port)}`;
  const [kind, said] = reasonOf(code, protocol, port);
  return new InputError(kind, phrase`${printable(url)}: ${what} ${said}`, { cause: error });
}

function reasonOf(code: string, protocol: 'UDP' | 'TCP', port: number): [code: string, said: Phrase] {
  switch (code) {
    case 'EADDRINUSE': {
      const option = protocol === 'UDP' ? '-lunp' : '-ltnp';
      return [
        'port-taken',
        phrase`is taken by another program; "ss ${option} 'sport = :${port}'" names it; stop it or choose another port`,
      ];
    }
    case 'EACCES':
    case 'EPERM':
      return [
        'port-forbidden',
        phrase`may not be opened; ports below 1024 need a privilege, choose one above`,
      ];
    case 'EADDRNOTAVAIL':
      return [
        'address-missing',
        phrase`is no address of this machine; "ip address" lists them, [::] listens on all`,
      ];
    default:
      return ['port-refused', phrase`could not be opened (${code})`];
  }
}
