/** The part of the npm package pcap-parser 0.2.1 that is used here; it has no types of its own. */
declare module 'pcap-parser' {
  import type { EventEmitter } from 'node:events';

  interface PacketHeader {
    readonly timestampSeconds: number;
    readonly timestampMicroseconds: number;
    readonly capturedLength: number;
    readonly originalLength: number;
  }

  interface Parser extends EventEmitter {
    on(event: 'globalHeader', listener: (header: { readonly linkLayerType: number }) => void): this;
    on(event: 'packetHeader', listener: (header: PacketHeader) => void): this;
    on(
      event: 'packet',
      listener: (packet: { readonly header: PacketHeader; readonly data: Buffer }) => void,
    ): this;
    on(event: 'error', listener: (error: Error) => void): this;
    on(event: 'end', listener: () => void): this;
  }

  /** Anything that emits `data`, `end` and `error` and can be paused and resumed. */
  interface Input extends EventEmitter {
    pause(): unknown;
    resume(): unknown;
  }

  const pcapParser: { parse(input: string | Input): Parser };
  export default pcapParser;
}
