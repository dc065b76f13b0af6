/** Runs frames through the whole pipeline in memory: capture file → verdicts, nothing stored. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { judge } from '../../src/app/pipeline/judge.js';
import { loadRules } from '../../src/app/pipeline/load-rules.js';
import { readInput } from '../../src/app/pipeline/read-input.js';
import type { InputSummary } from '../../src/app/pipeline/summary.js';
import { Counters } from '../../src/base/counters.js';
import type { RuleSet } from '../../src/detect/rules/index.js';
import { createFormats } from '../../src/intake/formats/index.js';
import type { SuspectExcerpt } from '../../src/model/evidence-log.js';
import type { SuspectFile, Verdict } from '../../src/model/verdict.js';
import { type Frame, pcapFile } from './frames.js';

const rules = await loadRules([]);
const formats = createFormats({ tz: 'UTC' });

export interface ScanOutcome {
  verdicts: readonly Verdict[];
  suspects: readonly SuspectFile[];
  excerpts: readonly SuspectExcerpt[];
  summary: InputSummary;
  counters: Record<string, number>;
}

/** `set`: other rules than the bundled ones. Times that do not say their zone are UTC. */
export async function scanFile(path: string, set: RuleSet = rules): Promise<ScanOutcome> {
  const counters = new Counters();
  const options = {
    format: null,
    formats,
    sha256: false,
    isHome: () => true,
    poolServers: [],
    stop: new AbortController().signal,
    onProgress: () => undefined,
  };
  const result = await readInput(path, set, options, counters);
  if (result.unreadable !== null) throw result.unreadable;
  return {
    verdicts: judge(result.suspects, set),
    suspects: result.suspects,
    excerpts: result.excerpts,
    summary: result.summary,
    counters: counters.toObject(),
  };
}

export async function scanBytes(capture: Buffer): Promise<ScanOutcome> {
  const folder = mkdtempSync(join(tmpdir(), 'rigwatch-test-'));
  try {
    const path = join(folder, 'capture');
    writeFileSync(path, capture);
    return await scanFile(path);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function scanFrames(frames: readonly Frame[]): Promise<ScanOutcome> {
  return scanBytes(pcapFile(frames));
}
