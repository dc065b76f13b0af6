import type { InputFormat } from '../format.js';
import { nfcapd } from '../nfdump/nfcapd.js';
import { nfdumpCsv, nfdumpJson } from '../nfdump/text.js';
import { delimitedFormat } from './delimited.js';
import { jsonFormat } from './json.js';
import { aliyunJson, goflow2Json, joyJson, nprobeJson, pmacctJson, yafJson } from './objects.js';
import type { RecordOptions } from './schema.js';
import { argusCsv, pmacctCsv, pmacctTable, silkRwcut, unirecCsv, vpcFlowLog } from './tables.js';
import { assertZone } from './zone.js';

const TABLES = [nfdumpCsv, pmacctCsv, pmacctTable, silkRwcut, argusCsv, unirecCsv, vpcFlowLog] as const;
const OBJECTS = [nfdumpJson, goflow2Json, pmacctJson, nprobeJson, yafJson, aliyunJson, joyJson] as const;

/** Every format of records from tools, in the order of probing. Throws RangeError on an unknown `tz`. */
export function createRecordFormats(options: RecordOptions = {}): readonly InputFormat[] {
  assertZone(options.tz);
  return [
    nfcapd,
    ...TABLES.map((schema) => delimitedFormat(schema, options)),
    ...OBJECTS.map((schema) => jsonFormat(schema, options)),
  ];
}
