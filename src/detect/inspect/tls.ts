import { type Direction, sessionKey } from '../../model/flow.js';
import type { StreamReader } from '../../model/session.js';
import { ByteQueue } from './byte-queue.js';
import { type ClientHello, parseClientHello } from './client-hello.js';
import type { Inspector, InspectorContext, Probe } from './inspector.js';
import { opposite } from './run.js';

const RECORD_HANDSHAKE = 22;
export const RECORD_HEADER = 5;
/** 2^14 and the expansion that old versions allow (RFC 5246 §6.2.3). */
export const MAX_RECORD = 0x4000 + 2048;
export const CLIENT_HELLO = 1;
/** A ClientHello with post-quantum key shares is under 4 KiB; longer ones are not read. */
export const MAX_HELLO = 16 * 1024;
/** A client that sent this much more without an answer in sight is not being answered in this capture. */
const MAX_UNANSWERED = 16 * 1024;

/** ClientHello: who is called, by what name. The content is unreadable, so reading stops at the server's first record. */
export const tls: Inspector = {
  name: 'tls',
  probe(toServer, toClient) {
    const answer = looksLikeHello(toServer);
    return answer === 'no' ? looksLikeHello(toClient) : answer;
  },
  start: (context) => new TlsReader(context),
};

function looksLikeHello(bytes: Buffer): Probe {
  if (bytes.length === 0 || bytes[0] !== RECORD_HANDSHAKE) return 'no';
  if (bytes.length < RECORD_HEADER + 1) return 'more';
  return bytes[1] === 3 && (bytes[2] ?? 9) <= 4 && bytes[RECORD_HEADER] === CLIENT_HELLO ? 'yes' : 'no';
}

class TlsReader implements StreamReader {
  readonly #context: InspectorContext;
  readonly #records = new ByteQueue();
  /** Handshake bytes of records already cut open. */
  #handshake: Buffer = Buffer.alloc(0);
  #hello: ClientHello | null = null;
  #helloUs = 0;
  #answered = false;
  #afterHello = 0;
  #started = false;

  constructor(context: InspectorContext) {
    this.#context = context;
  }

  feed(direction: Direction, bytes: Buffer, timeUs: number): boolean {
    let from = direction;
    if (!this.#started) {
      this.#started = true;
      if (from === 'to-client' && looksLikeHello(bytes) !== 'no') {
        if (!this.#context.swapSides()) return false;
        from = opposite(from);
      }
    }
    if (from === 'to-client') return this.#answer(bytes);
    if (this.#hello === null) return this.#read(bytes, timeUs);
    this.#afterHello += bytes.length;
    return this.#afterHello <= MAX_UNANSWERED || this.#report();
  }

  gap(direction: Direction): void {
    // Half a hello tells nothing; the queue starts anew and most likely finds no hello any more.
    if (direction === 'to-server' && this.#hello === null) {
      this.#records.clear();
      this.#handshake = Buffer.alloc(0);
    }
  }

  end(): void {
    this.#report();
  }

  #answer(bytes: Buffer): boolean {
    const type = bytes[0] ?? 0;
    this.#answered ||= type >= 20 && type <= 23 && (bytes.length < 2 || bytes[1] === 3);
    // The hello may still come: segments of the two directions can change places.
    return this.#hello === null || this.#report();
  }

  #read(bytes: Buffer, timeUs: number): boolean {
    const data = this.#records.join(bytes);
    let at = 0;
    while (data.length - at >= RECORD_HEADER) {
      const length = data.readUInt16BE(at + 3);
      if (data[at] !== RECORD_HANDSHAKE || data[at + 1] !== 3 || length === 0 || length > MAX_RECORD)
        return false;
      if (data.length - at < RECORD_HEADER + length) break;
      const body = data.subarray(at + RECORD_HEADER, at + RECORD_HEADER + length);
      at += RECORD_HEADER + length;
      this.#handshake = this.#handshake.length === 0 ? body : Buffer.concat([this.#handshake, body]);
      if (this.#handshake.length > MAX_HELLO) return false;
      const hello = this.#cutHello();
      if (hello === 'no') return false;
      if (hello !== 'more') {
        if (!this.#isWanted(hello)) return false;
        this.#hello = hello;
        this.#helloUs = timeUs;
        this.#records.clear();
        this.#handshake = Buffer.alloc(0);
        return !this.#answered || this.#report();
      }
      // It waits for another record, while `body` is only lent.
      this.#handshake = Buffer.from(this.#handshake);
    }
    this.#records.used(at);
    return true;
  }

  #cutHello(): ClientHello | 'no' | 'more' {
    const bytes = this.#handshake;
    if (bytes[0] !== CLIENT_HELLO) return 'no';
    if (bytes.length < 4) return 'more';
    const length = bytes.readUIntBE(1, 3);
    if (length > MAX_HELLO) return 'no';
    if (bytes.length < 4 + length) return 'more';
    return parseClientHello(bytes.subarray(4, 4 + length)) ?? 'no';
  }

  /** Nearly every hello is nobody's business: its name is unknown to the rules, and so are its addresses. */
  #isWanted({ serverName }: ClientHello): boolean {
    const { session, wantsName } = this.#context;
    return session.watched || (serverName !== null && (wantsName?.(serverName) ?? true));
  }

  /** Tells what is known, once. Always false: nothing more can be read. */
  #report(): false {
    const { session } = this.#context;
    if (this.#hello !== null) {
      this.#context.emit({
        kind: 'tls',
        timeUs: this.#helloUs,
        client: session.client,
        server: session.server,
        origin: session.origin,
        session: sessionKey(session.client, session.server, session.startUs),
        serverName: this.#hello.serverName,
        alpn: this.#hello.alpn,
        ja3: null,
        ja4: null,
        answered: this.#answered,
      });
      this.#hello = null;
    }
    return false;
  }
}
