import { describe, expect, it } from 'vitest';
import { formatNodes, nodeLine, toNodeObject } from '../../../src/deliver/print/nodes.js';
import { openStore } from '../../../src/deliver/store/index.js';
import type { NodeSighting } from '../../../src/model/node.js';

const NODE: NodeSighting = {
  ip: '10.0.0.7',
  protocol: 'bitcoin-p2p',
  coin: null,
  sessions: 2,
  peers: 2,
  peer: { ip: '192.0.2.1', port: 8333 },
  firstUs: 1.7e15,
  lastUs: 1.7e15 + 60e6,
};

const summary = {
  path: 'a.pcap',
  sha256: null,
  format: 'pcap',
  first: null,
  last: null,
  complete: true,
  problems: [],
};

describe('stored nodes and wallets', () => {
  it('survive, are counted once however often an input is read, and are no verdicts', () => {
    const store = openStore(':memory:');
    const run = store.beginRun({ startedUs: 1, version: '0', rulesVersion: 'r' });
    const save = (contentId: string, node: NodeSighting) =>
      store.saveInput(run, { contentId, rulesVersion: 'r', summary, suspects: [], nodes: [node] });
    save('a', NODE);
    save('a', NODE);
    expect(store.nodes()).toEqual([NODE]);
    save('b', {
      ...NODE,
      peer: { ip: '192.0.2.9', port: 1 },
      sessions: 5,
      peers: 1,
      firstUs: NODE.firstUs - 1,
    });
    save('c', { ...NODE, ip: '10.0.0.1', coin: 'BTC' });
    expect(store.nodes('10.0.0.7')).toEqual([
      { ...NODE, sessions: 7, peer: { ip: '192.0.2.9', port: 1 }, firstUs: NODE.firstUs - 1 },
    ]);
    expect(store.nodes().map(({ ip }) => ip)).toEqual(['10.0.0.1', '10.0.0.7']);
    expect([...store.listVerdicts()]).toEqual([]);
    expect(store.suspects()).toEqual([]);
    store.close();
  });

  it('add up where an input goes on', () => {
    const store = openStore(':memory:');
    store.atomically(() => {
      const runId = store.beginRun({ startedUs: 1, version: '0', rulesVersion: 'r' });
      const inputId = store.live.goOn(runId, { contentId: 'live x', path: 'x', rulesVersion: 'r' });
      store.live.saveNodes(inputId, [NODE]);
      store.live.saveNodes(inputId, [{ ...NODE, sessions: 3, peers: 1, lastUs: NODE.lastUs + 5 }]);
    });
    expect(store.nodes()).toEqual([{ ...NODE, sessions: 5, lastUs: NODE.lastUs + 5 }]);
    store.close();
  });

  it('are printed apart, in both languages, nothing of them acting on a terminal', () => {
    const options = { language: 'en', color: false, width: null } as const;
    expect(formatNodes([], options)).toContain('no nodes or wallets');
    const hostile = { ...NODE, protocol: '\u001b[31mx' };
    const text = formatNodes([NODE, hostile], options);
    expect(text.split('\n')[0]).toBe('Nodes and wallets (interest in a chain, not mining)');
    expect(text).not.toContain('\u001b');
    expect(formatNodes([NODE], { ...options, language: 'zh-CN' })).toContain('并非挖矿');
    expect(nodeLine(NODE, 'en')).toBe(
      'Node or wallet of a coin (bitcoin-p2p, coin not known): 2 sessions with 2 peers, 2023-11-14T22:13:20Z to 2023-11-14T22:14:20Z; not mining',
    );
    expect(toNodeObject(hostile)).toMatchObject({
      schema: 'rigwatch.node/1',
      label: 'node-or-wallet',
      coin: null,
    });
  });
});
