/** Bounds of the tables that people fill in. */

/** Bytes of a file. */
export const MAX_FILE_BYTES = 512 * 1024 * 1024;
/** Rows behind the header. */
export const MAX_ROWS = 2_000_000;
/** Characters of one CSV record. */
export const MAX_RECORD_CHARS = 1_000_000;
/** Columns of a table. */
export const MAX_COLUMNS = 200;
/** Characters of one cell that are kept. */
export const MAX_CELL_CHARS = 2000;
/** Faults that are told one by one; the rest is counted. */
export const MAX_FAULTS = 100;
/** Bytes of an XLSX file once unpacked: a zip of 1 MB can hold a gigabyte of blanks. */
export const MAX_UNPACKED_BYTES = 128 * 1024 * 1024;
/** Rows of a sheet, which is held as a whole, and which the reader of such files takes no more of. */
export const MAX_SHEET_ROWS = 100_001;
/** Cells of a sheet, empty ones in between included. */
export const MAX_SHEET_CELLS = 2_000_000;
