import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';

/** Of every entry, so that a file depends on nothing but its content. In local time, which is what the format stores. */
export const ZIP_EPOCH = new Date(1980, 0, 1);
const CORE = 'docProps/core.xml';
const TIMES = /(<dcterms:(created|modified)[^>]*>)[^<]*(<\/dcterms:\2>)/g;

/** A DOCX or XLSX without the time it was written at: the same content gives the same bytes. */
export function fixedOffice(bytes: Uint8Array): Uint8Array {
  const entries = unzipSync(bytes);
  const core = entries[CORE];
  if (core !== undefined) entries[CORE] = strToU8(strFromU8(core).replace(TIMES, '$11980-01-01T00:00:00Z$3'));
  return zipSync(entries, { mtime: ZIP_EPOCH });
}
