import { createHash } from 'node:crypto';

/** Characters of a part of a file name; UTF-8 triples Chinese ones, and file systems end at 255 bytes. */
const MAX_NAME = 48;
/** What Windows takes for devices, whatever the ending. */
const DEVICES = /^(?:con|prn|aux|nul|com\d|lpt\d)$/i;

/**
 * Part of a file name from a text that anybody may have chosen: letters, digits, `-`, `_` and the brackets of Chinese document numbers; no dot, so it is
 * neither hidden nor of another kind. Where something was lost, a part of its hash keeps it apart from others.
 */
export function fileNamePart(text: string): string {
  const clean = text
    .normalize('NFC')
    .replace(/[^\p{L}\p{N}〔〕（）_-]+/gu, '_')
    .replace(/^[_-]+|[_-]+$/g, '');
  const cut = [...clean].slice(0, MAX_NAME).join('');
  if (cut === text && !DEVICES.test(cut) && cut !== '') return cut;
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 8);
  return cut === '' || DEVICES.test(cut) ? `x${hash}` : `${cut}-${hash}`;
}

/** An address as a file name: IPv6 has characters that Windows refuses. */
export function addressName(ip: string): string {
  return ip.replace(/[^0-9A-Fa-f.]/g, '-');
}
