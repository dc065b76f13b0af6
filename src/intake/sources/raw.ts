import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  open as openFile,
  readlinkSync,
  readSync,
} from 'node:fs';
import { Socket } from 'node:net';
import { setTimeout as delay, setImmediate as nextTurn } from 'node:timers/promises';
import { isatty, ReadStream } from 'node:tty';
import { promisify } from 'node:util';
import { alignedMemory } from '../../base/aligned-memory.js';
import { InputError } from '../../base/errors.js';
import { phrase } from '../../base/phrase.js';
import { systemReason } from '../../base/system-error.js';

/** Bytes a read of a file asks for. Larger buffers fall out of the processor's cache. */
export const READ_BYTES = 1 << 18;

/** Signals and timers wait no longer than this, in milliseconds: a turn of the event loop costs as much as 100 packets. */
const TURN_MS = 10;

/** Pause before asking a non-blocking descriptor again that had nothing (EAGAIN), in milliseconds. */
const RETRY_MS = 5;

const STDIN_PATHS: ReadonlySet<string> = new Set(['-', '/dev/stdin', '/dev/fd/0', '/proc/self/fd/0']);

/** An open descriptor, as it is: no decompression, no counting. */
export interface Raw {
  /** Size of a regular file; null for anything else. */
  readonly sizeBytes: number | null;
  /** The path by which a regular file can be opened again; null for anything else. */
  readonly path: string | null;
  /** Once only. Each chunk is valid until the next one is asked for. Throws what the system says. */
  read(): AsyncGenerator<Buffer, void, undefined>;
  stop(): void;
}

/** Opens a file, FIFO, device or (`-`, `/dev/stdin`) standard input. */
export async function openRaw(path: string): Promise<Raw> {
  const isStdin = STDIN_PATHS.has(path);
  const file = isStdin ? 0 : await openOrExplain(path);
  const stats = fstatSync(file);
  if (stats.isDirectory()) {
    if (!isStdin) closeSync(file);
    const what = isStdin
      ? phrase`${path}: is a folder, expected a file`
      : phrase`${path}: no files in this folder`;
    throw new InputError('input-unreadable', what);
  }
  const isWaiting = stats.isFIFO() || stats.isSocket() || isatty(file);
  const isRegular = stats.isFile();
  return {
    sizeBytes: isRegular ? stats.size : null,
    path: isRegular && !isStdin ? path : null,
    ...(isWaiting ? streamDescriptor(file) : readDescriptor(file, !isStdin)),
  };
}

async function openOrExplain(path: string): Promise<number> {
  try {
    // Without waiting for the writer of a FIFO: no signal would end that.
    return await promisify(openFile)(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    throw explain(path, error);
  }
}

/** The operator's words for what the system said about a path. */
export function explain(path: string, error: unknown): InputError {
  const reason = errnoOf(error);
  if (reason === 'ENOENT' || reason === 'ENOTDIR') {
    const target = targetOf(path);
    const what =
      target === null
        ? phrase`${path}: no such file or folder`
        : phrase`${path}: a link to ${target}, which is not there`;
    return new InputError('input-missing', what, { cause: error });
  }
  return new InputError('input-unreadable', phrase`${path}: cannot be read (${systemReason(error)})`, {
    cause: error,
  });
}

/** Where a symbolic link leads; null where the path is none. */
function targetOf(path: string): string | null {
  try {
    return lstatSync(path).isSymbolicLink() ? readlinkSync(path) : null;
  } catch {
    return null;
  }
}

function errnoOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}

/** Files and devices: synchronous reads into one buffer, with turns of the event loop between so that signals get through. */
function readDescriptor(file: number, closes: boolean): Pick<Raw, 'read' | 'stop'> {
  let isStopped = false;
  let isOpen = true;
  const close = () => {
    if (isOpen && closes) closeSync(file);
    isOpen = false;
  };
  return {
    async *read() {
      const { memory, offset } = alignedMemory(READ_BYTES);
      const buffer = Buffer.from(memory, offset, READ_BYTES);
      let turnedMs = performance.now();
      try {
        while (!isStopped) {
          const got = readOrWait(file, buffer);
          if (got === 0) return;
          if (got < 0) await delay(RETRY_MS);
          else yield buffer.subarray(0, got);
          if (performance.now() - turnedMs < TURN_MS) continue;
          await nextTurn();
          turnedMs = performance.now();
        }
      } finally {
        close();
      }
    },
    stop() {
      isStopped = true;
      close();
    },
  };
}

/** Bytes read; 0 at the end, -1 where nothing is there yet. */
function readOrWait(file: number, buffer: Buffer): number {
  try {
    return readSync(file, buffer, 0, buffer.length, null);
  } catch (error) {
    const reason = errnoOf(error);
    if (reason === 'EAGAIN' || reason === 'EINTR') return -1;
    if (reason === 'EOF') return 0;
    throw error;
  }
}

/**
 * Pipes, sockets and terminals: polled by the event loop. A blocking read in the thread pool would keep even
 * process.exit() waiting until the other side writes.
 */
function streamDescriptor(file: number): Pick<Raw, 'read' | 'stop'> {
  let isStopped = false;
  let stream: Socket | null = null;
  return {
    async *read() {
      if (isStopped) return;
      stream = isatty(file)
        ? new ReadStream(file)
        : new Socket({ fd: file, readable: true, writable: false });
      try {
        for await (const chunk of stream) yield chunk as Buffer;
      } catch (error) {
        if (!isStopped) throw error;
      } finally {
        stream.destroy();
      }
    },
    stop() {
      isStopped = true;
      stream?.destroy();
    },
  };
}
