import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Counters } from '../../../../src/base/counters.js';
import { formatIpv4, formatIpv6 } from '../../../../src/base/ip.js';
import type { InputFormat, Problem } from '../../../../src/intake/formats/format.js';
import type { FlowFields } from '../../../../src/model/flow-fields.js';
import type { Observation } from '../../../../src/model/observation.js';
import { HAS_SHARED, SHARED } from '../../../support/transcripts.js';

export interface ToldFlow extends Omit<FlowFields, 'bytes' | 'srcOffset' | 'dstOffset'> {
  readonly src: string;
  readonly dst: string;
}

export interface ReadLog {
  readonly flows: ToldFlow[];
  readonly seen: Observation[];
  readonly records: number;
  readonly problems: readonly Problem[];
  readonly counters: Counters;
}

/** The input read in pieces of `step` bytes. */
export function readLog(format: InputFormat, input: Buffer | string, step = 65_536): ReadLog {
  const bytes = Buffer.from(input as string);
  const flows: ToldFlow[] = [];
  const seen: Observation[] = [];
  const counters = new Counters();
  const reader = format.open(
    {
      frame() {
        throw new Error('a log has no frames');
      },
      flow({ bytes: held, srcOffset, dstOffset, ...rest }) {
        const ip = (at: number) =>
          rest.ipVersion === 4 ? formatIpv4(held.readUInt32BE(at)) : formatIpv6(held, at);
        flows.push({ ...rest, src: ip(srcOffset), dst: ip(dstOffset) });
      },
      observation: (observation) => void seen.push(observation),
    },
    counters,
  );
  for (let at = 0; at < bytes.length; at += step) reader.feed(Buffer.from(bytes.subarray(at, at + step)));
  reader.end();
  return { flows, seen, records: reader.records, problems: reader.problems, counters };
}

/** A file of the reference material; empty where there is none. */
export function sharedFile(path: string): Buffer {
  const file = join(SHARED, path);
  return HAS_SHARED && existsSync(file) ? readFileSync(file) : Buffer.alloc(0);
}

/** Rows of the samples' index of one kind of format: path and the number of lines that an independent count gave. */
export function indexRows(format: string): { path: string; flows: number }[] {
  return sharedFile('flows/INDEX.csv')
    .toString('utf8')
    .split('\n')
    .filter((line) => line.split(',')[1] === format)
    .map((line) => {
      const match = /^([^,]+),[^,]+,[^,]*,(?:"[^"]*"|[^,]*),(?:"[^"]*"|[^,]*),[^,]*,(\d*),/.exec(line);
      return { path: match?.[1] ?? '', flows: Number(match?.[2] ?? 0) };
    });
}
