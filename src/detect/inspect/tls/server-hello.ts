import type { CertificateNames } from '../../../model/observation.js';
import { parseCertificate } from './certificate.js';
import { HandshakeMessages, RECORD_HANDSHAKE } from './tls-handshake.js';

const SERVER_HELLO = 2;
const CERTIFICATE = 11;
const SUPPORTED_VERSIONS = 43;
const CHANGE_CIPHER_SPEC = 20;
const APPLICATION_DATA = 23;

/** What the server's first flight tells in clear: that it answered, and up to TLS 1.2 whose certificate it has. */
export class ServerFlight {
  /** The server sent a TLS record. */
  answered = false;
  certificate: CertificateNames | null = null;
  /** Nothing more will be learnt. */
  isOver = false;
  readonly #messages = new HandshakeMessages();

  read(bytes: Buffer): void {
    if (this.isOver || bytes.length === 0) return;
    if (!this.answered) {
      const type = bytes[0] ?? 0;
      const isTls =
        (bytes.length < 2 || bytes[1] === 3) && type >= CHANGE_CIPHER_SPEC && type <= APPLICATION_DATA;
      this.answered = isTls;
      this.isOver = !isTls || type !== RECORD_HANDSHAKE;
      if (this.isOver) return;
    }
    this.isOver = !this.#messages.read(bytes, (type, body) => this.#take(type, body));
  }

  /** Bytes are missing: what follows cannot be cut into messages. */
  gap(): void {
    this.#messages.clear();
    this.isOver = true;
  }

  #take(type: number, body: Buffer): boolean {
    if (type === CERTIFICATE) this.certificate = firstCertificate(body);
    return type !== CERTIFICATE && !(type === SERVER_HELLO && isVersion13(body));
  }
}

/** The list begins with the server's own (RFC 5246 §7.4.2). */
function firstCertificate(body: Buffer): CertificateNames | null {
  if (body.length < 6) return null;
  const length = body.readUIntBE(3, 3);
  return length > body.length - 6 ? null : parseCertificate(body.subarray(6, 6 + length));
}

/** In TLS 1.3 supported_versions is in every ServerHello (RFC 8446 §4.2.1), and certificates are encrypted. */
function isVersion13(body: Buffer): boolean {
  let at = 34 + 1 + (body[34] ?? 0) + 2 + 1;
  if (at + 2 > body.length) return false;
  const end = Math.min(body.length, at + 2 + body.readUInt16BE(at));
  for (at += 2; at + 4 <= end; at += 4 + body.readUInt16BE(at + 2))
    if (body.readUInt16BE(at) === SUPPORTED_VERSIONS) return true;
  return false;
}
