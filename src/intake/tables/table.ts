/** Takes a table row by row, so that a million rows need not be held as text. */
export interface RowVisitor {
  /** Called once, before the rows. False: the header is not usable, the rows are not wanted. */
  header(cells: readonly string[], line: number): boolean;
  row(cells: readonly string[], line: number): void;
}

/** The bytes of a table: all of them in memory, or a file of which parts are read when they are asked for. */
export type TableBytes = Pick<Uint8Array, 'length' | 'subarray'>;
