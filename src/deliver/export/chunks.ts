import { once } from 'node:events';
import type { Writable } from 'node:stream';

/** Text is handed to the stream in pieces of about this many characters. */
const CHUNK = 65_536;

/** Writes pieces of text as fast as the stream takes them, and no faster. */
export async function writeChunks(pieces: Iterable<string>, out: Writable): Promise<void> {
  let chunk = '';
  for (const piece of pieces) {
    chunk += piece;
    if (chunk.length < CHUNK) continue;
    await put(chunk, out);
    chunk = '';
  }
  if (chunk !== '') await put(chunk, out);
}

async function put(chunk: string, out: Writable): Promise<void> {
  if (out.errored) throw out.errored;
  if (!out.write(chunk)) await once(out, 'drain');
}
