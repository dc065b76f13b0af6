import { createHash } from 'node:crypto';
import { UsageError } from '../../base/errors.js';
import { phrase } from '../../base/phrase.js';
import { fileTarget, stdoutTarget } from './file.js';
import { type SyslogAddress, syslogTcpTarget, syslogUdpTarget } from './syslog.js';
import type { NotifyTarget } from './target.js';
import { webhookTarget } from './webhook.js';

/** Default ports: RFC 5426 for UDP; TCP has none of its own and takes the same (RFC 6587 §3.4). */
const SYSLOG_PORT = 514;

/** The target that an option names: `file:PATH`, `-`, `http(s)://…`, `syslog://HOST:PORT`, `syslog+tcp://HOST:PORT`. */
export function openTarget(text: string): NotifyTarget {
  const key = createHash('sha256').update(text).digest('hex').slice(0, 16);
  if (text === '-') return stdoutTarget(key);
  if (/^file:./.test(text)) return fileTarget(text.slice('file:'.length).replace(/^\/\/(?=\/)/, ''), key);
  const url = URL.canParse(text) ? new URL(text) : null;
  switch (url?.protocol) {
    case 'http:':
    case 'https:':
      return webhookTarget(url, key);
    case 'syslog:':
      return syslogUdpTarget(addressOf(url, text), key);
    case 'syslog+tcp:':
      return syslogTcpTarget(addressOf(url, text), key);
    default:
      throw unknownTarget(text);
  }
}

function addressOf(url: URL, text: string): SyslogAddress {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (host === '' || !/^\/?$/.test(url.pathname) || url.search !== '') throw unknownTarget(text);
  return { host, port: url.port === '' ? SYSLOG_PORT : Number(url.port) };
}

function unknownTarget(text: string): UsageError {
  return new UsageError(
    'notify-unknown',
    phrase`--notify ${text}: expected file:PATH, - (standard output), http://…, https://…, syslog://HOST:PORT or syslog+tcp://HOST:PORT`,
  );
}
