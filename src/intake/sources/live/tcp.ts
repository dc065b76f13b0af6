/** A collector of IPFIX over TCP (RFC 7011 §10.4): connections in, whole messages out. */
import { createServer, type Server, type Socket } from 'node:net';
import { formatEndpoint } from '../../../base/ip.js';
import { type Phrase, phrase } from '../../../base/phrase.js';
import { Addresses } from './addresses.js';
import { explainBind } from './bind.js';
import { MAX_CONNECTIONS, MAX_CONNECTIONS_PER_ADDRESS } from './limits.js';
import type { LiveFigures, LiveSink, LiveSource } from './live.js';
import { MessageCutter } from './message-cutter.js';
import { Trouble } from './trouble.js';
import type { TcpInput } from './url.js';

export class TcpSource implements LiveSource {
  readonly kind = 'tcp';
  readonly url: string;
  /** Never by itself. */
  readonly ended = new Promise<void>(() => {});
  where: Phrase;
  readonly #input: TcpInput;
  readonly #addresses = new Addresses();
  readonly #trouble = new Trouble();
  /** Name of each connection's exporter. */
  readonly #connections = new Map<Socket, string>();
  #server: Server | null = null;
  #bytes = 0;
  #pieces = 0;

  constructor(input: TcpInput) {
    this.#input = input;
    this.url = input.url;
    this.where = phrase`tcp ${formatEndpoint(input.host, input.port)}`;
  }

  async start(sink: LiveSink): Promise<void> {
    const { host, port } = this.#input;
    const server = createServer((socket) => this.#accept(sink, socket));
    await listen(server, host, port).catch((error: unknown) => {
      throw explainBind(this.url, 'TCP', host, port, error);
    });
    server.on('error', (error) =>
      this.#trouble.add('socket-failed', phrase`${this.where}: ${error.message}`),
    );
    this.#server = server;
    const bound = server.address();
    if (bound !== null && typeof bound === 'object')
      this.where = phrase`tcp ${formatEndpoint(bound.address, bound.port)}`;
  }

  #accept(sink: LiveSink, socket: Socket): void {
    // Errors of a peer's connection are followed by its end, which is all that matters.
    socket.on('error', () => {});
    const exporter = this.#nameOf(this.#addresses.canonical(socket.remoteAddress ?? ''));
    if (exporter === null) {
      this.#trouble.add(
        'too-many-connections',
        phrase`${this.where}: more than ${MAX_CONNECTIONS} connections, or ${MAX_CONNECTIONS_PER_ADDRESS} of one exporter; those beyond were refused`,
      );
      socket.destroy();
      return;
    }
    this.#connections.set(socket, exporter);
    const cutter = new MessageCutter((bytes, offset, length) => {
      this.#pieces++;
      sink.message(this, exporter, bytes, offset, length, Date.now() * 1000, true);
    });
    socket.setTimeout(this.#input.idleSeconds * 1000, () => {
      this.#trouble.add(
        'idle-connection',
        phrase`${exporter}: said nothing for ${this.#input.idleSeconds} s and was cut off`,
      );
      socket.destroy();
    });
    socket.on('data', (chunk: Buffer) => {
      this.#bytes += chunk.length;
      if (cutter.feed(chunk)) return;
      this.#trouble.add(
        'malformed-message',
        phrase`${exporter}: sent what is no IPFIX message (version 10 and a length of 16 or more); its connection was closed`,
      );
      socket.destroy();
    });
    socket.on('close', () => {
      this.#connections.delete(socket);
      sink.disconnected(exporter);
      if (cutter.isMidMessage && this.#server !== null)
        this.#trouble.add(
          'cut-message',
          phrase`${exporter}: closed its connection inside a message, which is lost`,
        );
    });
  }

  /** The address, with a number where it has other connections; null above the limits. */
  #nameOf(address: string): string | null {
    if (this.#connections.size >= MAX_CONNECTIONS) return null;
    const taken = new Set(this.#connections.values());
    if (!taken.has(address)) return address;
    for (let number = 2; number <= MAX_CONNECTIONS_PER_ADDRESS; number++)
      if (!taken.has(`${address}#${number}`)) return `${address}#${number}`;
    return null;
  }

  positions(): [] {
    return [];
  }

  async stop(): Promise<void> {
    const server = this.#server;
    if (server === null) return;
    this.#server = null;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const socket of this.#connections.keys()) socket.destroy();
    await closed;
  }

  figures(): LiveFigures {
    return {
      bytes: this.#bytes,
      pieces: this.#pieces,
      dropped: 0,
      lagBytes: 0,
      receiveBuffer: null,
      open: this.#connections.size,
      problems: this.#trouble.list(),
    };
  }
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, exclusive: true }, () => {
      server.removeListener('error', reject);
      resolve();
    });
  });
}
