/** The part of seek-bzip (MIT) that is used. It throws on damaged data; the streams throw on what they do not allow. */
declare module 'seek-bzip' {
  interface InputStream {
    readByte(): number;
    read(into: Uint8Array, from: number, length: number): number;
    eof(): boolean;
  }
  interface OutputStream {
    writeByte(byte: number): void;
  }
  const Bunzip: { decode(input: InputStream, output: OutputStream): void };
  export default Bunzip;
}
