import { UsageError } from '../../base/errors.js';
import { parseIp } from '../../base/ip.js';
import { writeChunks } from '../../deliver/export/chunks.js';
import { formatProof, proofObject, proofSummary } from '../../deliver/print/proof.js';
import { openStore } from '../../deliver/store/index.js';
import { recompute } from '../../detect/inspect/stratum/share-proof.js';
import type { GlobalOptions } from './globals.js';

/** Recomputes the stored proofs on one address, or on all, and prints each result. */
export async function verifyEvidence(ip: string | null, all: boolean, globals: GlobalOptions): Promise<void> {
  const address = ip === null ? null : parseIp(ip);
  if (ip !== null && address === null) {
    throw new UsageError('address-invalid', `${ip}: expected an IPv4 or IPv6 address`);
  }
  if ((ip === null) !== all) {
    throw new UsageError('usage', 'evidence verify: expected an address, or --all for every address');
  }
  const store = openStore(globals.db, { readOnly: true });
  const tally = { verified: 0, failed: 0 };
  try {
    await writeChunks(lines(), process.stdout);
  } finally {
    store.close();
  }
  if (!globals.json && !globals.quiet) process.stderr.write(`${proofSummary(tally, globals.lang)}\n`);
  if (tally.failed > 0) process.exitCode = 1;

  function* lines(): Generator<string> {
    for (const stored of store.proofs(address)) {
      const found = recompute(stored.proof);
      const holds = found?.meetsTarget === true && found.matchesRecord;
      tally[holds ? 'verified' : 'failed']++;
      if (globals.json) yield `${JSON.stringify(proofObject(stored, found))}\n`;
      else yield `${formatProof(stored, found, globals.lang)}\n`;
    }
  }
}
