/** The same conversation inside each wrapper that miners use (stratum-dialects.md §8 and §9). */
import { constants, deflateRawSync } from 'node:zlib';
import type { Message } from './frames.js';

type Wrap = (messages: readonly Message[]) => Message[];

const up = (bytes: Buffer | string): Message => ({
  direction: 'to-server',
  atSeconds: 0,
  bytes: Buffer.from(bytes),
});
const down = (bytes: Buffer | string): Message => ({
  direction: 'to-client',
  atSeconds: 0,
  bytes: Buffer.from(bytes),
});
const hex = (text: string) => Buffer.from(text, 'hex');

const HOST = 'stratum.example.org';
const PORT = '0d05';
const named = Buffer.concat([Buffer.from([HOST.length]), Buffer.from(HOST)]);

/** What the wrapper says first, then the conversation, a little later. */
function behind(...opening: Message[]): Wrap {
  return (messages) => [
    ...opening.map((message, at) => ({ ...message, atSeconds: at * 0.05 })),
    ...messages.map((message) => ({ ...message, atSeconds: message.atSeconds + 1 })),
  ];
}

/** The conversation as WebSocket messages. `shape` makes the frames of one message. */
function webSocket(
  extensions: string,
  shape: (text: Buffer, isClient: boolean) => Buffer,
  path = '/proxy',
): Wrap {
  const extra = extensions === '' ? '' : `Sec-WebSocket-Extensions: ${extensions}\r\n`;
  return (messages) =>
    behind(
      up(
        `GET ${path} HTTP/1.1\r\nHost: ${HOST}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: AAAA\r\nSec-WebSocket-Version: 13\r\n${extra}\r\n`,
      ),
      down(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n${extra}\r\n`),
    )(
      messages.map((message) => {
        const isClient = message.direction === 'to-server';
        const lines = message.bytes
          .toString('utf8')
          .split('\n')
          .filter((line) => line !== '');
        return { ...message, bytes: Buffer.concat(lines.map((line) => shape(Buffer.from(line), isClient))) };
      }),
    );
}

function frame(first: number, payload: Buffer, isClient: boolean): Buffer {
  const length =
    payload.length < 126
      ? Buffer.from([payload.length])
      : Buffer.from([126, payload.length >> 8, payload.length & 255]);
  if (!isClient) return Buffer.concat([Buffer.from([first]), length, payload]);
  const key = Buffer.from([payload.length & 255, 0x5a, 0xc3, 0x11]);
  length[0] = (length[0] ?? 0) | 0x80;
  const masked = payload.map((byte, at) => byte ^ (key[at & 3] ?? 0));
  return Buffer.concat([Buffer.from([first]), length, key, masked]);
}

/** In plain WebSocket messages at that path. */
export const webSocketAt = (path: string): Wrap =>
  webSocket('', (text, isClient) => frame(0x81, text, isClient), path);

/** Three fragments, with a ping between them. */
function fragmented(text: Buffer, isClient: boolean): Buffer {
  const third = Math.ceil(text.length / 3);
  return Buffer.concat([
    frame(0x01, text.subarray(0, third), isClient),
    frame(0x89, Buffer.from('hi'), isClient),
    frame(0x00, text.subarray(third, 2 * third), isClient),
    frame(0x80, text.subarray(2 * third), isClient),
  ]);
}

/** A tunnel of bytes: each line in two messages. */
function inTwo(text: Buffer, isClient: boolean): Buffer {
  const half = Math.ceil(text.length / 2);
  const [begin, end] = [text.subarray(0, half), Buffer.concat([text.subarray(half), Buffer.from('\n')])];
  return Buffer.concat([frame(0x82, begin, isClient), frame(0x82, end, isClient)]);
}

/** permessage-deflate; with context takeover each message may refer to those before it. */
function deflated(takesOver: boolean): Wrap {
  return (messages) => {
    const before: Record<string, Buffer> = {};
    return webSocket('permessage-deflate', (text, isClient) => {
      const side = String(isClient);
      const window = takesOver ? (before[side] ?? Buffer.alloc(0)) : Buffer.alloc(0);
      const packed = deflateRawSync(text, {
        finishFlush: constants.Z_SYNC_FLUSH,
        ...(window.length === 0 ? {} : { dictionary: window }),
      }).subarray(0, -4);
      before[side] = Buffer.concat([window, text]).subarray(-32_768);
      return frame(0xc1, packed, isClient);
    })(messages);
  };
}

const V2 = hex('0d0a0d0a000d0a515549540a');

export const STREAM_WRAPPERS: Readonly<Record<string, Wrap>> = {
  socks5: behind(
    up(hex('050100')),
    down(hex('0500')),
    up(Buffer.concat([hex('05010003'), named, hex(PORT)])),
    down(hex('05000001000000000000')),
  ),
  'socks5 with a password': behind(
    up(hex('05020002')),
    down(hex('0502')),
    up(Buffer.concat([hex('0104'), Buffer.from('user'), hex('06'), Buffer.from('secret')])),
    down(hex('0100')),
    up(hex(`05010001c6336407${PORT}`)),
    down(hex('05000001000000000000')),
  ),
  socks4: behind(up(hex(`0401${PORT}c633640700`)), down(hex('005a000000000000'))),
  socks4a: behind(
    up(Buffer.concat([hex(`0401${PORT}000000017573657200`), Buffer.from(HOST), hex('00')])),
    down(hex('005a000000000000')),
  ),
  connect: behind(
    up(`CONNECT ${HOST}:3333 HTTP/1.1\r\nHost: ${HOST}:3333\r\n\r\n`),
    down('HTTP/1.1 200 Connection established\r\n\r\n'),
  ),
  'connect of HTTP/1.0, asked for a password first': behind(
    up(`CONNECT ${HOST}:3333 HTTP/1.0\r\n\r\n`),
    down('HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 2\r\n\r\nno'),
    up(`CONNECT ${HOST}:3333 HTTP/1.0\r\nProxy-Authorization: Basic eDp5\r\n\r\n`),
    down('HTTP/1.0 200 OK\r\n\r\n'),
  ),
  'proxy v1': behind(up('PROXY TCP4 10.1.2.3 198.51.100.7 40000 3333\r\n')),
  'proxy v2': behind(up(Buffer.concat([V2, hex('2111000c0a010203c63364079c400d05')]))),
  websocket: webSocket('', (text, isClient) => frame(0x81, text, isClient)),
  'websocket in fragments': webSocket('', fragmented),
  'websocket, each line in two messages': webSocket('', inTwo),
  'websocket, deflated': deflated(false),
  'websocket, deflated with context takeover': deflated(true),
  'socks5 around connect around proxy v1': (messages) =>
    STREAM_WRAPPERS.socks5!(STREAM_WRAPPERS.connect!(STREAM_WRAPPERS['proxy v1']!(messages))),
};
