import { printable } from '../../../base/text.js';
import type { CertificateNames } from '../../../model/observation.js';
import {
  type DerElement,
  derAt,
  derChildren,
  OBJECT_IDENTIFIER,
  OCTET_STRING,
  SEQUENCE,
  SET,
} from './der.js';

/** Names of one certificate, the first ones. */
const MAX_NAMES = 64;
const MAX_NAME = 253;
const COMMON_NAME = '550403';
/** How attributes of a name are written (RFC 4514 §3). */
const ATTRIBUTES: ReadonlyMap<string, string> = new Map([
  [COMMON_NAME, 'CN'],
  ['55040a', 'O'],
  ['55040b', 'OU'],
  ['550406', 'C'],
]);
const SUBJECT_ALT_NAME = '551d11';
const UTF8_STRING = 12;
const BMP_STRING = 30;
const EXTENSIONS = 0xa3;
const EXPLICIT_VERSION = 0xa0;
/** GeneralName dNSName (RFC 5280 §4.2.1.6). */
const DNS_NAME = 0x82;

/**
 * Who a certificate (X.509, DER, RFC 5280 §4.1) is for, and who says so. Null: not one, or cut before its subject.
 * Nothing is verified: anybody can write any name into a certificate of his own.
 */
export function parseCertificate(bytes: Buffer): CertificateNames | null {
  const whole = derAt(bytes, 0, bytes.length);
  if (whole?.tag !== SEQUENCE) return null;
  const body = derAt(bytes, whole.start, whole.end);
  if (body?.tag !== SEQUENCE) return null;
  const fields = [...derChildren(bytes, body)];
  // serialNumber, signature, issuer, validity, subject, subjectPublicKeyInfo
  const [, , issuer, , subject] = fields[0]?.tag === EXPLICIT_VERSION ? fields.slice(1) : fields;
  if (issuer?.tag !== SEQUENCE || subject?.tag !== SEQUENCE) return null;
  const extensions = fields.find(({ tag }) => tag === EXTENSIONS);
  const names = extensions === undefined ? [] : altNames(bytes, extensions);
  const common = readName(bytes, subject).find(({ type }) => type === COMMON_NAME)?.text ?? '';
  // Where there are no other names, old servers name themselves in the subject (RFC 6125 §6.4.4).
  const own =
    names.length === 0 && /^[*a-z0-9-]+(?:\.[a-z0-9-]+)+$/i.test(common) ? [common.toLowerCase()] : names;
  return { subject: nameText(bytes, subject), issuer: nameText(bytes, issuer), names: own };
}

function nameText(bytes: Buffer, name: DerElement): string {
  const parts = readName(bytes, name).flatMap(({ type, text }) => {
    const key = ATTRIBUTES.get(type);
    return key === undefined ? [] : [`${key}=${text}`];
  });
  return printable(parts.join(', '));
}

function readName(bytes: Buffer, name: DerElement): { readonly type: string; readonly text: string }[] {
  const found: { type: string; text: string }[] = [];
  for (const set of derChildren(bytes, name)) {
    if (set.tag !== SET) continue;
    for (const attribute of derChildren(bytes, set)) {
      const [type, value] = derChildren(bytes, attribute);
      if (type?.tag !== OBJECT_IDENTIFIER || value === undefined || found.length >= MAX_NAMES) continue;
      found.push({ type: bytes.toString('hex', type.start, type.end), text: stringOf(bytes, value) });
    }
  }
  return found;
}

function stringOf(bytes: Buffer, { tag, start, end }: DerElement): string {
  const raw = bytes.subarray(start, Math.min(end, start + 2 * MAX_NAME));
  if (tag !== BMP_STRING) return printable(raw.toString(tag === UTF8_STRING ? 'utf8' : 'latin1'), MAX_NAME);
  const even = Buffer.from(raw.subarray(0, raw.length & ~1));
  return printable(even.swap16().toString('utf16le'), MAX_NAME);
}

function altNames(bytes: Buffer, extensions: DerElement): string[] {
  const list = derAt(bytes, extensions.start, extensions.end);
  if (list === null) return [];
  for (const extension of derChildren(bytes, list)) {
    const parts = [...derChildren(bytes, extension)];
    const [type] = parts;
    const value = parts.find(({ tag }) => tag === OCTET_STRING);
    if (type === undefined || value === undefined) continue;
    if (bytes.toString('hex', type.start, type.end) !== SUBJECT_ALT_NAME) continue;
    const names = derAt(bytes, value.start, value.end);
    if (names === null) return [];
    return [...derChildren(bytes, names)]
      .filter(({ tag, start, end }) => tag === DNS_NAME && end > start && end - start <= MAX_NAME)
      .slice(0, MAX_NAMES)
      .map(({ start, end }) => printable(bytes.toString('latin1', start, end).toLowerCase(), MAX_NAME));
  }
  return [];
}
