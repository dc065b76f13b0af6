/** A collector's UDP socket: datagrams as they come, what the kernel dropped, nothing slow in between. */
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { endianness } from 'node:os';
import { formatEndpoint, parseCidr } from '../../../base/ip.js';
import { type Phrase, phrase } from '../../../base/phrase.js';
import { Addresses } from './addresses.js';
import { explainBind } from './bind.js';
import type { LiveFigures, LiveSink, LiveSource, ReceiveBuffer } from './live.js';
import { Trouble } from './trouble.js';
import type { UdpInput } from './url.js';

/** Linux counts the bookkeeping of packets in too, tells twice what was asked, and holds that much (socket(7)). */
const TOLD_PER_ASKED = process.platform === 'linux' ? 2 : 1;

const IS_LITTLE_ENDIAN = endianness() === 'LE';

export class UdpSource implements LiveSource {
  readonly kind = 'udp';
  readonly url: string;
  /** Never by itself. */
  readonly ended = new Promise<void>(() => {});
  where: Phrase;
  readonly #input: UdpInput;
  readonly #addresses = new Addresses();
  readonly #trouble = new Trouble();
  #socket: Socket | null = null;
  #bytes = 0;
  #pieces = 0;
  #unexpected = 0;
  #dropped = 0;
  #receiveBuffer: ReceiveBuffer | null = null;

  constructor(input: UdpInput) {
    this.#input = input;
    this.url = input.url;
    this.where = phrase`udp ${formatEndpoint(input.host, input.port)}`;
  }

  async start(sink: LiveSink): Promise<void> {
    const { host, port, receiveBufferBytes } = this.#input;
    const socket = await bind(host, port)
      .catch((error: unknown) => {
        // A system without IPv6: all addresses are those of IPv4 then.
        if (host === '::' && isMissingFamily(error)) return bind('0.0.0.0', port);
        throw error;
      })
      .catch((error: unknown) => {
        throw explainBind(this.url, 'UDP', host, port, error);
      });
    this.#socket = socket;
    const bound = socket.address();
    this.where = phrase`udp ${formatEndpoint(bound.address, bound.port)}`;
    this.#receiveBuffer = growBuffer(socket, receiveBufferBytes);
    socket.on('message', (bytes, from) => this.#take(sink, bytes, from));
    socket.on('error', (error) =>
      this.#trouble.add('socket-failed', phrase`${this.where}: ${error.message}`),
    );
  }

  #take(sink: LiveSink, bytes: Buffer, from: RemoteInfo): void {
    this.#pieces++;
    this.#bytes += bytes.length;
    if (!isExpected(this.#input, bytes)) {
      this.#unexpected++;
      return;
    }
    const exporter = this.#addresses.canonical(from.address);
    sink.message(this, exporter, bytes, 0, bytes.length, Date.now() * 1000, false);
  }

  positions(): [] {
    return [];
  }

  async stop(): Promise<void> {
    const socket = this.#socket;
    if (socket === null) return;
    this.#countDrops();
    this.#socket = null;
    await new Promise<void>((resolve) => socket.close(() => resolve()));
  }

  figures(): LiveFigures {
    this.#countDrops();
    const trouble = [...this.#trouble.list()];
    if (this.#unexpected > 0) {
      const message = phrase`${this.where}: datagrams that are no ${this.#input.expects} export were passed over; udp:// takes them all`;
      trouble.push({ code: 'unexpected-datagram', atByte: 0, count: this.#unexpected, message });
    }
    return {
      bytes: this.#bytes,
      pieces: this.#pieces,
      dropped: this.#dropped,
      lagBytes: 0,
      receiveBuffer: this.#receiveBuffer,
      open: this.#socket === null ? 0 : 1,
      problems: trouble,
    };
  }

  #countDrops(): void {
    if (this.#socket === null) return;
    const { address, port, family } = this.#socket.address();
    this.#dropped = Math.max(this.#dropped, kernelDrops(address, port, family === 'IPv6') ?? 0);
  }
}

function bind(host: string, port: number): Promise<Socket> {
  const socket = createSocket({ type: host.includes(':') ? 'udp6' : 'udp4' });
  return new Promise((resolve, reject) => {
    socket.once('error', (error) => {
      socket.close();
      reject(error);
    });
    socket.bind({ address: host, port, exclusive: true }, () => {
      socket.removeAllListeners('error');
      resolve(socket);
    });
  });
}

function isMissingFamily(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  return code === 'EAFNOSUPPORT' || code === 'EADDRNOTAVAIL' || code === 'EINVAL';
}

/** Linux gives what it can; the BSDs refuse what is too much, so less is asked for until it is given. */
function growBuffer(socket: Socket, asked: number): ReceiveBuffer {
  for (let wanted = asked; wanted >= 4096; wanted >>>= 1) {
    try {
      socket.setRecvBufferSize(wanted);
      break;
    } catch {
      // Too much for this system.
    }
  }
  return { asked, granted: Math.floor(socket.getRecvBufferSize() / TOLD_PER_ASKED) };
}

/** By the version that begins every export: 16 bits of NetFlow and IPFIX, 32 bits of sFlow. */
function isExpected({ expects }: UdpInput, bytes: Buffer): boolean {
  if (expects === 'any') return true;
  const version = bytes.length < 2 ? -1 : bytes.readUInt16BE(0);
  // Devices send IPFIX to NetFlow ports and the other way round; both are read alike.
  return expects === 'sflow' ? version === 0 : version >= 1 && version <= 10;
}

/**
 * Datagrams for the socket bound to address:port that the kernel threw away since it was opened, for want of buffer
 * space; null where the system does not say (proc(5): /proc/net/udp, column `drops`).
 */
function kernelDrops(address: string, port: number, isIpv6: boolean): number | null {
  let table: string;
  try {
    table = readFileSync(isIpv6 ? '/proc/net/udp6' : '/proc/net/udp', 'latin1');
  } catch {
    return null;
  }
  const local = `${kernelAddress(address, isIpv6)}:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  for (const row of table.split('\n')) {
    const columns = row.trim().split(/\s+/);
    // An exporter on this machine has the same text as its remote address.
    if (columns[1] === local) return Number(columns.at(-1));
  }
  return null;
}

/** As the kernel prints it: 32-bit words of the address, each as a number of this machine's byte order. */
function kernelAddress(address: string, isIpv6: boolean): string {
  const bytes = isIpv6 ? ipv6Bytes(address) : Buffer.from(address.split('.').map(Number));
  let text = '';
  for (let at = 0; at < bytes.length; at += 4) {
    const word = IS_LITTLE_ENDIAN ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at);
    text += word.toString(16).toUpperCase().padStart(8, '0');
  }
  return text;
}

function ipv6Bytes(address: string): Buffer {
  return Buffer.from(parseCidr(address)?.bytes ?? new Array<number>(16).fill(0));
}
