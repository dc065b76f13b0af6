import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { Counters } from '../../base/counters.js';
import { InputError, UsageError } from '../../base/errors.js';
import { formatEndpoint, formatIpv4, formatIpv6 } from '../../base/ip.js';
import { phrase } from '../../base/phrase.js';
import { systemReason } from '../../base/system-error.js';
import { printable } from '../../base/text.js';
import { formatTime } from '../../base/time.js';
import { mappingMessage } from '../../deliver/print/messages/mapping-messages.js';
import { printableValue } from '../../deliver/print/office-json.js';
import {
  explainMapping,
  type Mapping,
  mappingFormat,
  readMapping,
} from '../../intake/formats/records/mapping.js';
import type { FlowFields } from '../../model/flow-fields.js';
import { complain } from './complain.js';
import type { GlobalOptions } from './globals.js';

/** Bytes of the sample that are looked at, and records of it that are shown. */
const SAMPLE_BYTES = 256 * 1024;
const RECORDS_SHOWN = 5;
const FIELD_WIDTH = 14;

type Options = Pick<GlobalOptions, 'json' | 'lang'>;

/** One record as the mapping reads it. Times in ISO 8601; null where not told. */
interface ShownRecord {
  readonly src: string;
  readonly dst: string;
  readonly protocol: number;
  readonly tcp_flags: number | null;
  readonly start: string | null;
  readonly end: string | null;
  readonly packets: number;
  readonly bytes: number;
  readonly reverse_packets: number | null;
  readonly reverse_bytes: number | null;
  readonly sampling: number;
}

/** Prints what the mapping says, and what it makes of the sample. Throws RuleError with all faults of the mapping. */
export function checkMappingFile(
  file: string,
  sample: string | null,
  tz: string | null,
  options: Options,
): void {
  const mapping = readMapping(readText(file), file);
  const head = sample === null ? null : readHead(sample);
  const fields = explainMapping(mapping, head);
  const read = sample === null || head === null ? null : readSample(mapping, head, sample, tz, options);
  if (read?.length === 0 || fields.some(({ isMissing }) => isMissing)) process.exitCode = 3;
  if (options.json) {
    const { format, delimiter, zone, time } = mapping;
    const shown = {
      schema: 'rigwatch.mapping/1',
      file,
      format,
      delimiter,
      zone,
      time,
      fields: fields.map(({ field, column, isMissing }) => ({ field, column, missing: isMissing })),
      records: read,
    };
    process.stdout.write(`${JSON.stringify(printableValue(shown))}\n`);
  } else {
    const lines = [...describe(mapping, file, tz, options), ...fields.map((one) => fieldLine(one, options))];
    if (sample !== null && read !== null) lines.push('', ...recordLines(read, sample, options));
    process.stdout.write(`${lines.map((line) => printable(line)).join('\n')}\n`);
  }
}

function describe(mapping: Mapping, file: string, tz: string | null, { lang }: Options): string[] {
  const zone = mapping.zone ?? tz ?? mappingMessage(lang, 'zone.system');
  return [
    mappingMessage(lang, 'format', { file, format: mapping.format }),
    ...(mapping.format === 'csv'
      ? [mappingMessage(lang, 'delimiter', { delimiter: JSON.stringify(mapping.delimiter) })]
      : []),
    mapping.time === 'auto'
      ? mappingMessage(lang, 'times.auto', { zone })
      : mappingMessage(lang, 'times', { unit: mapping.time, zone }),
  ];
}

function fieldLine(
  { field, column, isMissing }: ReturnType<typeof explainMapping>[number],
  { lang }: Options,
): string {
  const from =
    column === null
      ? mappingMessage(lang, 'not-mapped')
      : mappingMessage(lang, 'from', { column: JSON.stringify(column) });
  return `  ${field.padEnd(FIELD_WIDTH)} ${from}${isMissing ? `  ${mappingMessage(lang, 'missing')}` : ''}`;
}

function recordLines(records: readonly ShownRecord[], sample: string, { lang }: Options): string[] {
  if (records.length === 0) return [mappingMessage(lang, 'no-records', { sample })];
  return [
    mappingMessage(lang, 'records', { sample }),
    ...records.map((one) =>
      Object.entries(one)
        .filter(([, value]) => value !== null)
        .map(([name, value]) => `${name}=${value}`)
        .join(' '),
    ),
  ];
}

/** The first records of the head; none where its columns or keys are not those of the mapping. */
function readSample(
  mapping: Mapping,
  head: Buffer,
  sample: string,
  tz: string | null,
  options: Options,
): ShownRecord[] {
  const format = formatFor(mapping, tz);
  if (format.probe(head) !== 'yes') return [];
  const records: ShownRecord[] = [];
  const flow = (fields: FlowFields) => {
    if (records.length < RECORDS_SHOWN) records.push(shownOf(fields));
  };
  const reader = format.open({ flow, frame: () => {}, observation: () => {} }, new Counters());
  reader.feed(head.subarray(0, head.lastIndexOf(10) + 1 || head.length));
  reader.end();
  for (const { code, message } of reader.problems)
    complain(new InputError(code, phrase`${sample}: ${message}`), options);
  return records;
}

function formatFor(mapping: Mapping, tz: string | null) {
  try {
    return mappingFormat(mapping, tz === null ? {} : { tz });
  } catch (error) {
    throw new UsageError(
      'zone-unknown',
      phrase`--tz ${tz ?? ''}: expected UTC or an IANA name such as Asia/Shanghai`,
      {
        cause: error,
      },
    );
  }
}

function shownOf(fields: FlowFields): ShownRecord {
  const end = (at: number, port: number) =>
    formatEndpoint(
      fields.ipVersion === 4 ? formatIpv4(fields.bytes.readInt32BE(at)) : formatIpv6(fields.bytes, at),
      port,
    );
  const known = (count: number) => (count < 0 ? null : count);
  return {
    src: end(fields.srcOffset, fields.srcPort),
    dst: end(fields.dstOffset, fields.dstPort),
    protocol: fields.protocol,
    tcp_flags: known(fields.tcpFlags),
    start: fields.startUs > 0 ? formatTime(fields.startUs) : null,
    end: fields.endUs > 0 ? formatTime(fields.endUs) : null,
    packets: fields.packets,
    bytes: fields.octets,
    reverse_packets: known(fields.reversePackets),
    reverse_bytes: known(fields.reverseOctets),
    sampling: fields.samplingInterval,
  };
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new UsageError('mapping-unreadable', phrase`${path}: cannot be read (${systemReason(error)})`, {
      cause: error,
    });
  }
}

function readHead(path: string): Buffer {
  try {
    const file = openSync(path, 'r');
    const head = Buffer.alloc(SAMPLE_BYTES);
    const length = readSync(file, head, 0, SAMPLE_BYTES, 0);
    closeSync(file);
    return head.subarray(0, length);
  } catch (error) {
    throw new InputError('input-unreadable', phrase`${path}: cannot be read (${systemReason(error)})`, {
      cause: error,
    });
  }
}
