import { type Direction, sessionKey } from '../../../model/flow.js';
import type { CertificateNames } from '../../../model/observation.js';
import type { StreamReader } from '../../../model/session.js';
import type { Inspector, InspectorContext, Probe } from '../inspector.js';
import { opposite } from '../run.js';
import { type ClientHello, parseClientHello } from './client-hello.js';
import { ServerFlight } from './server-hello.js';
import { fingerprintOf } from './tls-fingerprint.js';
import { HandshakeMessages, RECORD_HANDSHAKE, RECORD_HEADER } from './tls-handshake.js';

export const CLIENT_HELLO = 1;
/** A ClientHello with post-quantum key shares is under 4 KiB; longer ones are not read. */
export const MAX_HELLO = 16 * 1024;
/** A client that sent this much more without an answer in sight is not being answered in this capture. */
const MAX_UNANSWERED = 16 * 1024;

/**
 * ClientHello: who is called, by what name, by what program; and the server's certificate where TLS 1.2 or older shows
 * it. The content is unreadable, so reading stops there.
 */
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

interface Heard {
  readonly hello: ClientHello;
  /** The message, its header stripped: fingerprints are computed when they are told. Null: not whole. */
  readonly body: Buffer | null;
  readonly timeUs: number;
  /** The name called, or an address, is of interest: told whatever the server shows. */
  readonly isWanted: boolean;
}

class TlsReader implements StreamReader {
  readonly #context: InspectorContext;
  readonly #client = new HandshakeMessages();
  /** Made with the server's first bytes: most sessions are dismissed by their hello. */
  #server: ServerFlight | null = null;
  #heard: Heard | null = null;
  #afterHello = 0;
  #started = false;
  /** Of the hello the end is missing: nothing is left to tell. */
  #isLost = false;

  constructor(context: InspectorContext) {
    this.#context = context;
  }

  feed(direction: Direction, bytes: Buffer, timeUs: number): boolean {
    if (this.#isLost) return false;
    let from = direction;
    if (!this.#started) {
      this.#started = true;
      if (from === 'to-client' && looksLikeHello(bytes) !== 'no') {
        if (!this.#context.swapSides()) return false;
        from = opposite(from);
      }
    }
    if (from === 'to-client') this.#answers().read(bytes);
    else if (this.#heard === null) {
      const goesOn = this.#client.read(bytes, (type, body) => this.#hear(type, body, timeUs));
      if (!goesOn && this.#heard === null) return false;
    } else {
      this.#afterHello += bytes.length;
    }
    const isOver = this.#server?.isOver === true || this.#afterHello > MAX_UNANSWERED;
    // The hello may still come: segments of the two directions can change places.
    return this.#heard === null || !isOver || this.#report();
  }

  gap(direction: Direction, _byteCount: number, timeUs: number): void {
    if (direction === 'to-client') this.#answers().gap();
    else if (this.#heard === null) {
      this.#isLost = this.#client.isWaiting && !this.#hearBeginning(timeUs);
      this.#client.clear();
    }
  }

  end(): void {
    this.#report();
  }

  /**
   * Nearly every hello is nobody's business: its name is unknown to the rules, and so are its addresses. One without a
   * name is read on: the server's certificate may tell whom it called.
   */
  #hear(type: number, body: Buffer, timeUs: number): boolean {
    const hello = type === CLIENT_HELLO && body.length <= MAX_HELLO ? parseClientHello(body) : null;
    if (hello === null) return false;
    const isWanted = this.#isWanted(hello.serverName);
    if (isWanted || hello.serverName === null)
      this.#heard = { hello, body: Buffer.from(body), timeUs, isWanted };
    return false;
  }

  /** Half a hello may still name whom it calls; if not, nothing is left to tell, for its client sends no other. */
  #hearBeginning(timeUs: number): boolean {
    const beginning = this.#client.unfinished(CLIENT_HELLO);
    const hello = beginning === null ? null : parseClientHello(beginning);
    const isWanted = hello !== null && hello.serverName !== null && this.#isWanted(hello.serverName);
    if (hello !== null && isWanted) this.#heard = { hello, body: null, timeUs, isWanted };
    return isWanted;
  }

  #answers(): ServerFlight {
    this.#server ??= new ServerFlight();
    return this.#server;
  }

  #isWanted(name: string | null): boolean {
    return this.#context.session.watched || this.#wantsName(name);
  }

  #wantsName(name: string | null): boolean {
    return name !== null && (this.#context.wantsName?.(name) ?? true);
  }

  #isOfInterest({ isWanted }: Heard, certificate: CertificateNames | null): boolean {
    return (
      isWanted ||
      (certificate?.names.some((name) => this.#wantsName(name.startsWith('*.') ? name.slice(2) : name)) ??
        false)
    );
  }

  /** Tells what is known, once. Always false: nothing more can be read. */
  #report(): false {
    const heard = this.#heard;
    this.#heard = null;
    const certificate = this.#server?.certificate ?? null;
    const answered = this.#server?.answered === true;
    if (heard === null || !this.#isOfInterest(heard, certificate)) return false;
    const { session } = this.#context;
    this.#context.emit({
      kind: 'tls',
      timeUs: heard.timeUs,
      client: session.client,
      server: session.server,
      origin: session.origin,
      session: sessionKey(session.client, session.server, session.startUs),
      serverName: heard.hello.serverName,
      alpn: heard.hello.alpn,
      ...(heard.body === null ? { ja3: null, ja4: null } : fingerprintOf(heard.body, 't')),
      certificate,
      transport: 'tcp',
      answered,
    });
    return false;
  }
}
