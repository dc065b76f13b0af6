import { writeChunks } from '../../deliver/export/chunks.js';
import { formatProof, proofObject, proofSummary } from '../../deliver/print/proof.js';
import { openStore } from '../../deliver/store/index.js';
import { recompute } from '../../detect/inspect/stratum/share-proof.js';
import type { GlobalOptions } from './globals.js';

/** Recomputes the stored proofs on one address, or (null) on all, and prints each result. */
export async function verifyProofs(address: string | null, globals: GlobalOptions): Promise<void> {
  const store = openStore(globals.db, { readOnly: true });
  const tally = { verified: 0, failed: 0 };
  try {
    await writeChunks(lines(), process.stdout);
  } finally {
    store.close();
  }
  if (!globals.json && !globals.quiet) process.stderr.write(`${proofSummary(tally, globals.lang)}\n`);

  function* lines(): Generator<string> {
    for (const stored of store.proofs(address)) {
      const found = recompute(stored.proof);
      const holds = found?.meetsTarget === true && found.matchesRecord;
      tally[holds ? 'verified' : 'failed']++;
      if (!holds) process.exitCode = 1;
      if (globals.json) yield `${JSON.stringify(proofObject(stored, found))}\n`;
      else yield `${formatProof(stored, found, globals.lang)}\n`;
    }
  }
}
