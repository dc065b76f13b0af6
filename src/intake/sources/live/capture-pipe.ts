/** The pipe through which a capture program hands us packets. */
import { execFile } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, rmSync } from 'node:fs';
import { type ConnectOpts, Socket, type SocketConstructorOpts } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { READ_BYTES } from '../raw.js';

export interface CapturePipe {
  /** Emits `close` when all programs have let go of their end, and all they wrote was handed on. */
  readonly reader: Socket;
  /** Descriptor for the program; to be closed here once it has it. */
  readonly writeEnd: number;
}

/**
 * A FIFO, out of sight as soon as both ends are open. What Node.js itself puts between a child and us is a socket, in which
 * each packet takes a buffer of its own: two thirds more CPU time for the two processes (docs/performance.md).
 * The bytes given to `take` are valid during the call.
 */
export async function openCapturePipe(take: (bytes: Buffer) => void): Promise<CapturePipe> {
  const folder = mkdtempSync(join(tmpdir(), 'rigwatch-'));
  try {
    // A tcpdump that AppArmor confines may write to files of this ending.
    const path = join(folder, 'packets.pcap');
    await promisify(execFile)('mkfifo', ['-m', '600', path]);
    const readEnd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      return { reader: readerOf(readEnd, take), writeEnd: openSync(path, constants.O_WRONLY) };
    } catch (error) {
      closeSync(readEnd);
      throw error;
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Reads into one buffer: a new one for every piece makes the garbage collector run twice a second. */
function readerOf(fd: number, take: (bytes: Buffer) => void): Socket {
  const buffer = Buffer.alloc(READ_BYTES);
  const callback = (length: number) => {
    take(buffer.subarray(0, length));
    return true;
  };
  const options: SocketConstructorOpts & ConnectOpts = { fd, writable: false, onread: { buffer, callback } };
  return new Socket(options);
}
