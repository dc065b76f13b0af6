import Bunzip from 'seek-bzip';

/**
 * Decodes one bzip2 stream into `into`; the number of bytes written, or -1 where it is damaged, empty or larger
 * than `into`.
 */
export function decodeBzip2Block(bytes: Uint8Array, into: Uint8Array): number {
  let at = 0;
  let out = 0;
  const readByte = () => {
    if (at >= bytes.length) throw new RangeError('the stream ends early');
    return bytes[at++]!;
  };
  const input = {
    readByte,
    read(into: Uint8Array, from: number, length: number) {
      for (let index = 0; index < length; index++) into[from + index] = readByte();
      return length;
    },
    eof: () => at >= bytes.length,
  };
  const output = {
    writeByte(byte: number) {
      if (out >= into.length) throw new RangeError('the block is too large');
      into[out++] = byte;
    },
  };
  try {
    Bunzip.decode(input, output);
    // It takes a stream that ends after its first bytes for an empty one.
    return out > 0 ? out : -1;
  } catch {
    return -1;
  }
}
