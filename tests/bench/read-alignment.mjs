/**
 * What reading a file costs by where in a page the buffer begins: `node tests/bench/read-alignment.mjs FILE`.
 * Prints CPU seconds, medians of five rounds in turn. A large block of memory begins 16 bytes behind a page.
 */
import { closeSync, openSync, readSync } from 'node:fs';

const READ_BYTES = 1 << 18;
const ROUNDS = 5;
const file = process.argv[2];
if (file === undefined) throw new Error('expected a file, best one of more than 1 GB that was just read');

function secondsOf(offset) {
  const buffer = Buffer.from(new ArrayBuffer(READ_BYTES + 4096), offset, READ_BYTES);
  const input = openSync(file);
  const before = process.cpuUsage();
  while (readSync(input, buffer, 0, READ_BYTES, null) > 0);
  const { user, system } = process.cpuUsage(before);
  closeSync(input);
  return (user + system) / 1e6;
}

const offsets = [0, 48, 112, 4080];
const seconds = new Map(offsets.map((offset) => [offset, []]));
for (let round = 0; round < ROUNDS; round++)
  for (const offset of offsets) seconds.get(offset).push(secondsOf(offset));
for (const [offset, all] of seconds) {
  const median = all.sort((a, b) => a - b)[ROUNDS >> 1];
  process.stdout.write(`block + ${String(offset).padStart(4)}   ${median.toFixed(3)} CPU s\n`);
}
