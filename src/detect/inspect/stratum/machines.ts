import type { Message } from './message.js';
import { asFields } from './shapes.js';

/** Bytes of a nonce or extranonce whose values are counted. */
const MAX_BYTES = 8;
/** A value counts once it came this often: a byte that a counter runs through soon shows each value once. */
const LEAST_REPEATS = 2;
/** Lines of hash counters that are told apart. */
const MAX_COUNTERS = 256;
const BTCAGENT_REGISTER = 0x01;
const BTCAGENT_SUBMITS: ReadonlySet<number> = new Set([0x02, 0x03, 0x12, 0x13]);

/**
 * Signs in the shares of one session that several machines stand behind it. A proxy gives each miner its own value of
 * one byte: of the nonce (xmrig-proxy NonceSplitter), or of extranonce2 (farm proxies). Whether that is what the
 * values mean, the agent must tell: a lone miner's counter makes values too.
 */
export class MachineClues {
  /** By place of the byte from the end, then by value: how often; made with the first share. */
  #counts: Uint16Array | null = null;
  readonly #devices = new Set<number>();
  /** Ends of rising lines of hash counters. */
  readonly #lines: number[] = [];

  /** A share as a message. */
  share({ params, method }: Message): void {
    const fields = asFields(params);
    if (fields !== null) {
      if (typeof fields.nonce === 'string') this.#addBytes(fields.nonce);
      if (typeof fields.hashcount_total === 'number') this.#addCounter(fields.hashcount_total);
    } else if (method === 'mining.submit' && Array.isArray(params) && typeof params[2] === 'string') {
      this.#addBytes(params[2]);
    }
  }

  /** A BTCAgent frame: header, then the number of the machine's session (btcpool docs/AGENT.md). */
  frame(frame: Buffer): void {
    const command = frame[1] ?? 0;
    const at = command === BTCAGENT_REGISTER ? 4 : BTCAGENT_SUBMITS.has(command) ? 5 : -1;
    if (at > 0 && frame.length >= at + 2) this.#devices.add(frame.readUInt16LE(at));
  }

  get devices(): number {
    return this.#devices.size;
  }

  get counters(): number {
    return this.#lines.length;
  }

  /** The place with the fewest values, more than one, that came again and again; 1 where no place shows any, 0 without shares. */
  get partitions(): number {
    const counts = this.#counts;
    if (counts === null) return 0;
    let fewest = Number.POSITIVE_INFINITY;
    for (let place = 0; place < MAX_BYTES; place++) {
      let repeated = 0;
      let once = 0;
      for (let value = 0; value < 256; value++) {
        const count = counts[place * 256 + value] ?? 0;
        if (count >= LEAST_REPEATS) repeated++;
        else if (count > 0) once++;
      }
      if (repeated > 1 && once <= repeated) fewest = Math.min(fewest, repeated);
    }
    return Number.isFinite(fewest) ? fewest : 1;
  }

  #addBytes(hex: string): void {
    if (!/^(?:[0-9a-f]{2}){2,32}$/i.test(hex)) return;
    this.#counts ??= new Uint16Array(MAX_BYTES * 256);
    const bytes = Buffer.from(hex, 'hex');
    for (let place = 0; place < Math.min(MAX_BYTES, bytes.length); place++) {
      const at = place * 256 + (bytes[bytes.length - 1 - place] ?? 0);
      this.#counts[at] = Math.min(0xffff, (this.#counts[at] ?? 0) + 1);
    }
  }

  /** Appends to the line whose end is nearest below; a value below all ends begins another. */
  #addCounter(value: number): void {
    if (!Number.isFinite(value) || value < 0) return;
    let best = -1;
    for (let at = 0; at < this.#lines.length; at++) {
      const end = this.#lines[at] ?? 0;
      if (end <= value && (best < 0 || end > (this.#lines[best] ?? 0))) best = at;
    }
    if (best >= 0) this.#lines[best] = value;
    else if (this.#lines.length < MAX_COUNTERS) this.#lines.push(value);
  }
}
