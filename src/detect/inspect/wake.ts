import { WAKE_ALWAYS, WAKE_EARLY } from '../../model/wake.js';
import { NODE_FIRST_BYTES } from './node.js';

/**
 * First payload bytes that make a conversation worth reading. TLS and HTTP are most of real traffic: they wake
 * early, are looked at once and dismissed. Only `{` wakes late, for sessions that were running before the capture.
 */
export function createWakeTable(): Uint8Array {
  const table = new Uint8Array(256);
  const early = (bytes: Iterable<number>) => {
    for (const byte of bytes) table[byte] = WAKE_EARLY;
  };
  // JSON arrays; blanks and line ends before JSON, the PROXY v2 signature (CR).
  early(Buffer.from('[ \t\r\n'));
  // HTTP requests (GET, POST, PUT, PATCH, HEAD, CONNECT, OPTIONS, DELETE), answers (HTTP/1), PROXY v1.
  early(Buffer.from('GPHCOD'));
  // TLS handshake; SOCKS5, SOCKS4; WebSocket text and binary frames, deflated or in fragments, of a session already running.
  early([0x16, 0x05, 0x04, 0x81, 0x82, 0xc1, 0xc2, 0x01, 0x02]);
  // Stratum V2 in clear, DNS over TCP, SOCKS4 answers; btcagent frames of a session already running.
  early([0x00, 0x7f]);
  early(NODE_FIRST_BYTES);
  table[0x7b] = WAKE_EARLY | WAKE_ALWAYS;
  return table;
}
