import { describe, expect, it } from 'vitest';
import { Counters } from '../../../src/base/counters.js';
import { MAX_NODES, NodeLedger } from '../../../src/detect/verdict/ledger/nodes.js';
import { mergeNodes } from '../../../src/model/node.js';
import type { NodeObservation } from '../../../src/model/observation.js';

const seen = (client: string, server: string, more: Partial<NodeObservation> = {}): NodeObservation => ({
  kind: 'node',
  timeUs: 5e6,
  client: { ip: client, port: 40_000 },
  server: { ip: server, port: 8333 },
  origin: { source: 'a', format: 'pcap', record: 1 },
  session: `${client}>${server}`,
  protocol: 'bitcoin-p2p',
  coin: 'BTC',
  ...more,
});

describe('nodes and wallets', () => {
  it('are gathered by address, protocol and coin', () => {
    const ledger = new NodeLedger();
    ledger.add(seen('10.0.0.1', '192.0.2.1'));
    ledger.add(seen('10.0.0.1', '192.0.2.1'));
    ledger.add(seen('10.0.0.1', '192.0.2.2', { timeUs: 9e6 }));
    ledger.add(seen('10.0.0.1', '192.0.2.2', { protocol: 'electrum', coin: null }));
    expect(ledger.drain()).toMatchObject([
      {
        ip: '10.0.0.1',
        protocol: 'bitcoin-p2p',
        coin: 'BTC',
        sessions: 2,
        peers: 2,
        firstUs: 5e6,
        lastUs: 9e6,
      },
      { protocol: 'electrum', coin: null, sessions: 1 },
    ]);
    expect(ledger.drain()).toEqual([]);
  });

  it('count a session once, also where it is told again after a drain', () => {
    const ledger = new NodeLedger();
    ledger.add(seen('10.0.0.1', '192.0.2.1'));
    ledger.drain();
    ledger.add(seen('10.0.0.1', '192.0.2.1', { timeUs: 9e6 }));
    ledger.add(seen('10.0.0.1', '192.0.2.2', { timeUs: 9e6 }));
    expect(ledger.drain()).toMatchObject([{ sessions: 1, peers: 2, lastUs: 9e6 }]);
  });

  it('that could not be saved are taken back', () => {
    const ledger = new NodeLedger();
    ledger.add(seen('10.0.0.1', '192.0.2.1'));
    ledger.add(seen('10.0.0.1', '192.0.2.2'));
    const drained = ledger.drain();
    ledger.add(seen('10.0.0.1', '192.0.2.3', { timeUs: 9e6 }));
    ledger.restore(drained);
    expect(ledger.drain()).toMatchObject([{ sessions: 3, peers: 2, firstUs: 5e6, lastUs: 9e6 }]);
  });

  it('are those of the monitored networks, whichever side called', () => {
    const ledger = new NodeLedger((ip) => ip.startsWith('10.'));
    ledger.add(seen('192.0.2.1', '10.0.0.1'));
    ledger.add(seen('192.0.2.1', '192.0.2.2'));
    expect(ledger.drain()).toMatchObject([{ ip: '10.0.0.1', peer: { ip: '192.0.2.1' } }]);
  });

  it('add up over inputs', () => {
    const ledger = new NodeLedger();
    ledger.add(seen('10.0.0.1', '192.0.2.1'));
    const [first] = ledger.drain();
    ledger.add(seen('10.0.0.1', '192.0.2.9', { timeUs: 1e6 }));
    const [second] = ledger.drain();
    expect(mergeNodes([first, second].filter((one) => one !== undefined))).toMatchObject([
      { sessions: 2, peers: 1, peer: { ip: '192.0.2.9' }, firstUs: 1e6, lastUs: 5e6 },
    ]);
  });

  it('stay bounded, and what is let go is counted', () => {
    const ledger = new NodeLedger();
    for (let at = 0; at < MAX_NODES + 3; at++) ledger.add(seen(`c${at}`, 's'));
    const counters = new Counters();
    ledger.report(counters);
    expect(counters.toObject()).toEqual({ 'ledger.nodes-dropped': 3 });
    expect(ledger.drain()).toHaveLength(MAX_NODES);
  });
});
