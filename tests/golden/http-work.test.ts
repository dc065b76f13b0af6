import { describe, expect, it } from 'vitest';
import { SAMPLES } from '../detect/inspect/stratum/sessions.js';
import { tcpSession } from '../support/frames.js';
import { type Exchange, KEPT_ALIVE, perConnection } from '../support/http-exchanges.js';
import { scanFrames } from '../support/scan-frames.js';

/** Calls and answers of one dialect over HTTP, several rounds of work and a share. */
function exchangesOf(dialect: string): Exchange[] {
  const sample = SAMPLES.find((one) => one.dialect === dialect && one.wrapper === 'http');
  const said = sample?.said ?? [];
  const exchanges: Exchange[] = [];
  for (let at = 0; at + 1 < said.length; at += 2) {
    const [call, answer] = [said[at]?.[1], said[at + 1]?.[1]];
    exchanges.push({ path: '/', call: JSON.stringify(call), answer: JSON.stringify(answer) });
  }
  return exchanges;
}

const DIALECTS = ['getwork', 'getblocktemplate', 'eth-getwork', 'monero-daemon'];

describe.each(DIALECTS)('%s over HTTP', (dialect) => {
  const exchanges = exchangesOf(dialect);
  const shares = exchanges.filter(({ call }) => /submit|"params":\["[0-9a-f]{256}"/.test(call)).length;
  const rounds = exchanges.length - shares;

  it.each(Object.entries(KEPT_ALIVE))('%s', async (_, framing) => {
    const messages = framing(exchanges);
    for (const segmentBytes of [1448, 61]) {
      const { verdicts, suspects } = await scanFrames(
        tcpSession(messages, { segmentBytes, shuffleSeed: segmentBytes, serverPort: 8080 }),
      );
      const session = suspects[0]?.sessions.find((one) => one.dialect !== null);
      expect(session).toMatchObject({
        dialect,
        wrappers: ['http'],
        roles: { poll: rounds, share: shares },
      });
      expect(verdicts[0]).toMatchObject({ ip: '10.0.0.1', level: 'confirmed' });
    }
  });

  it('HTTP/1.0, a connection a call, answers without a length', async () => {
    const frames = perConnection(exchanges, 'cpuminer/2.5.1').flatMap((messages, at) =>
      tcpSession(messages, {
        clientPort: 50_000 + at,
        serverPort: 8080,
        startUs: 1.7e15 + at * 5e6,
      }),
    );
    const { suspects, verdicts } = await scanFrames(frames);
    const found = suspects[0]?.sessions.filter((one) => one.dialect === dialect) ?? [];
    expect(found.reduce((sum, { roles }) => sum + roles.poll, 0)).toBe(rounds);
    expect(verdicts[0]).toMatchObject({ ip: '10.0.0.1', level: 'confirmed' });
  });

  it('a look at a node over a connection of its own is no mining', async () => {
    const [look] = exchanges;
    const frames = tcpSession(perConnection(look === undefined ? [] : [look], 'curl/8.5')[0] ?? []);
    expect((await scanFrames(frames)).verdicts).toEqual([]);
  });
});
