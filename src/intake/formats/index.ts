import { type Phrase, phrase } from '../../base/phrase.js';
import { printableBytes } from '../../base/text.js';
import { eve } from './eve/eve.js';
import { ipfixFile } from './exports/ipfix-file.js';
import type { InputFormat } from './format.js';
import { mercury } from './mercury/mercury.js';
import { pcap } from './pcap.js';
import { pcapParser } from './pcap-parser.js';
import { pcapng } from './pcapng.js';
import { createRecordFormats } from './records/index.js';
import type { RecordOptions } from './records/schema.js';
import { zeek } from './zeek/zeek.js';

/** Every format that is recognised by content, in the order of probing. Throws RangeError on an unknown `tz`. */
export function createFormats(options: RecordOptions = {}): readonly InputFormat[] {
  return [pcapng, pcap, ipfixFile, zeek, eve, mercury, ...createRecordFormats(options)];
}

/** The same, with times that do not say their zone in the system's. */
export const FORMATS: readonly InputFormat[] = createFormats();

/** Readers to be had by name only. */
const BY_NAME_ONLY = [pcapParser] as const satisfies readonly InputFormat[];

/** The format of an input that begins so; null where none fits. Give it PROBE_BYTES, or all there is. */
export function detectFormat(head: Buffer, formats: readonly InputFormat[] = FORMATS): InputFormat | null {
  return formats.find((format) => format.probe(head) === 'yes') ?? null;
}

export function formatByName(name: string, formats: readonly InputFormat[] = FORMATS): InputFormat | null {
  return [...formats, ...BY_NAME_ONLY].find((format) => format.name === name) ?? null;
}

/** First bytes, as hex, of what people hand over by mistake. */
const SIGNATURES: readonly (readonly [hex: string, what: Phrase])[] = [
  ['1f8b', phrase`gzip`],
  ['28b52ffd', phrase`zstd`],
  ['fd377a585a00', phrase`xz`],
  ['425a68', phrase`bzip2`],
  ['04224d18', phrase`lz4`],
  ['504b0304', phrase`zip archive or office document`],
  ['377abcaf271c', phrase`7z archive`],
  ['52617221', phrase`rar archive`],
  ['7f454c46', phrase`ELF program`],
  ['4d5a', phrase`Windows program`],
  ['25504446', phrase`PDF`],
  ['53514c69746520666f726d6174', phrase`SQLite database`],
  ['89504e47', phrase`PNG image`],
  ['ffd8ff', phrase`JPEG image`],
  ['0ca5', phrase`nfdump file`],
  ['a50c', phrase`nfdump file`],
  [
    '537461727454696d652c',
    phrase`CSV of ra (Argus) without counts by direction: docs/inputs.md has the columns to ask for`,
  ],
  ['76657273696f6e2068747470', phrase`Git LFS pointer: the file itself was not fetched`],
];

/** First bytes, as hex, of captures that Wireshark's editcap converts (its wiretap/ names the formats). */
const OTHER_CAPTURES: readonly (readonly [hex: string, program: string])[] = [
  ['736e6f6f7000', 'snoop'],
  ['62746e6f6f7000', 'btsnoop'],
  ['52545353', 'Network Monitor'],
  ['474d4255', 'Network Monitor'],
  ['58435000', 'NetXRay'],
  ['5452534e49464620', 'Sniffer'],
  ['4f62736572766572', 'Observer'],
  ['05564e46', 'Visual UpTime'],
  ['aaaaaaaa', '5View'],
];

const TAR_MAGIC_AT = 257;

/** What an input that fits no format looks like: a few words for the error message, safe to print. */
export function describeHead(head: Buffer): Phrase {
  if (head.length === 0) return phrase`empty file`;
  const hex = head.subarray(0, 16).toString('hex');
  const known = SIGNATURES.find(([signature]) => hex.startsWith(signature));
  if (known !== undefined) return known[1];
  const other = OTHER_CAPTURES.find(([signature]) => hex.startsWith(signature));
  if (other !== undefined)
    return phrase`capture of ${other[1]}, which editcap -F pcapng of Wireshark makes readable`;
  if (head.subarray(TAR_MAGIC_AT, TAR_MAGIC_AT + 5).toString('latin1') === 'ustar')
    return phrase`tar archive`;
  if (head.every((byte) => byte === 0)) return phrase`null bytes`;
  if (isText(head)) return phrase`text, beginning "${printableBytes(head, 32)}"`;
  return phrase`unknown, beginning with bytes ${head.subarray(0, 8).toString('hex')}`;
}

function isText(head: Buffer): boolean {
  return (
    head.every((byte) => byte >= 0x20 || byte === 9 || byte === 10 || byte === 13) && !head.includes(0x7f)
  );
}
