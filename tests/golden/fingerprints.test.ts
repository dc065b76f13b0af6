import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Counters } from '../../src/base/counters.js';
import { createInspection } from '../../src/detect/inspect/index.js';
import { Decoded, Decoder } from '../../src/intake/decode/index.js';
import { FlowTable } from '../../src/intake/flows/table.js';
import { detectFormat } from '../../src/intake/formats/index.js';
import { createFlowFields } from '../../src/model/flow-fields.js';
import type { Observation, TlsObservation } from '../../src/model/observation.js';

const CORPUS = new URL('../../../shared/corpus/captures/negative/', import.meta.url).pathname;

/** TLS and QUIC hellos of a capture, as no rule would filter them. */
function hellos(path: string): TlsObservation[] {
  const found: Observation[] = [];
  const counters = new Counters();
  const inspection = createInspection(
    (one) => found.push(one),
    counters,
    () => ({ source: path, format: '' }),
  );
  const flows = new FlowTable({
    wake: inspection.wake,
    opened: () => true,
    session: (session) => inspection.session(session),
    datagram: (packet, record) => inspection.datagram(packet, record),
    opening: (packet, record, isWatched) => inspection.opening(packet, record, isWatched),
    closed: () => undefined,
  });
  const decoder = new Decoder();
  const bytes = readFileSync(path);
  let frames = 0;
  const reader = detectFormat(bytes)?.open(
    {
      frame: (packet) => {
        frames++;
        if (decoder.decode(packet) === Decoded.TRANSPORT) flows.add(packet, frames);
      },
      flow: () => createFlowFields(),
      observation: () => undefined,
    },
    counters,
  );
  reader?.feed(bytes);
  reader?.end();
  flows.end();
  inspection.end();
  return found.filter((one) => one.kind === 'tls');
}

/** What other programs say of public captures: Suricata's tests and documentation, FoxIO's own samples. */
const PUBLISHED: readonly (readonly [capture: string, ja4: string])[] = [
  ['suricata-verify__ja4-tls-quic__input.pcap', 'q13d0310h3_55b375c5d22e_cd85d2d88918'],
  ['ja4__tls3.pcapng', 't13d1516h2_8daaf6152771_e5627efa2ab1'],
];

describe.skipIf(!existsSync(CORPUS))('fingerprints of public captures', () => {
  it.each(PUBLISHED)('%s: %s', (capture, ja4) => {
    expect(hellos(join(CORPUS, capture)).map((hello) => hello.ja4)).toContain(ja4);
  });

  it.each([
    'ndpi__quic-v2.pcapng',
    'suricata-verify__quic-frag-unordered__input.pcap',
    'tcpdump__quic_retry.pcap',
  ])('%s: a server name over QUIC', (capture) => {
    const found = hellos(join(CORPUS, capture)).filter(({ transport }) => transport === 'quic');
    expect(found.length).toBeGreaterThan(0);
    for (const hello of found) expect(hello.serverName).toMatch(/^[a-z0-9.-]+$/);
  });
});
