/** One conversation, captured in many ways. */
import { type Frame, type Message, tcpSession } from './frames.js';
import { rewriteJson } from './json-text.js';
import { randomFrom } from './random.js';

/** Lines that are JSON objects get other key order and blanks; everything else (HTTP, binary) stays. */
export function rewriteMessages(messages: readonly Message[], seed: number): Message[] {
  const random = randomFrom(seed);
  // HTTP states the length of its bodies.
  if (messages.some(({ bytes }) => bytes.includes('HTTP/1.'))) return [...messages];
  return messages.map((message) => {
    const text = message.bytes.toString('utf8');
    if (!text.startsWith('{') || !text.endsWith('\n')) return message;
    const lines = text
      .split('\n')
      .map((line) => (line.startsWith('{') && line.endsWith('}') ? rewriteJson(line, random) : line));
    return { ...message, bytes: Buffer.from(lines.join('\n')) };
  });
}

const V6 = { client: '2001:db8:1::17', server: '2001:db8:ffff::7' };

/** Name of the variant → frames. `late`, `early` and one-directional ones see only a part of the session. */
export const VARIANTS: Record<string, (messages: readonly Message[]) => Frame[]> = {
  plain: (messages) => tcpSession(messages),
  late: (messages) => tcpSession(messages.slice(8), { handshake: false }),
  early: (messages) => tcpSession(messages.slice(0, 16), { close: false }),
  segments: (messages) => tcpSession(messages, { segmentBytes: 97, shuffleSeed: 5 }),
  ipv6: (messages) => tcpSession(messages, V6),
  qinq: (messages) => tcpSession(messages, { vlans: [100, 200] }),
  rewritten: (messages) => tcpSession(rewriteMessages(messages, 3)),
  'to-server': (messages) => tcpSession(messages, { only: 'to-server' }),
  'to-client': (messages) => tcpSession(messages, { only: 'to-client' }),
};

export const ONE_DIRECTION = new Set(['to-server', 'to-client']);
