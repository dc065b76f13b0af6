import { createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { formatMetrics } from '../../../src/deliver/health/metrics.js';
import { serveHealth } from '../../../src/deliver/health/server.js';

const HOSTILE = 'a"b\\c\nd';

async function serve(complaints: { health: string[]; readiness: string[] }) {
  const server = await serveHealth('127.0.0.1', 0, {
    health: () => complaints.health,
    readiness: () => complaints.readiness,
    metrics: () => [
      { name: 'a_total', help: 'A.', kind: 'counter', samples: [{ labels: { of: HOSTILE }, value: 3 }] },
      { name: 'b', help: 'B.', kind: 'gauge', samples: [{ labels: {}, value: -1.5 }] },
    ],
  });
  onTestFinished(() => server.close());
  const url = `http://127.0.0.1:${server.address.port}`;
  return async (path: string, method = 'GET') => {
    const answer = await fetch(url + path, { method });
    return { status: answer.status, text: await answer.text(), type: answer.headers.get('content-type') };
  };
}

describe('the health server', () => {
  it('says whether it is well, ready, and what it measured', async () => {
    const complaints = { health: [] as string[], readiness: ['udp://x: has ended'] };
    const get = await serve(complaints);
    expect(await get('/healthz')).toMatchObject({ status: 200, text: 'ok\n' });
    expect(await get('/readyz')).toMatchObject({ status: 503, text: 'udp://x: has ended\n' });
    const { status, text, type } = await get('/metrics?x=1');
    expect(status).toBe(200);
    expect(type).toContain('version=0.0.4');
    expect(text).toContain('# TYPE a_total counter\na_total{of="a\\"b\\\\c\\nd"} 3');
    expect(text).toContain('# TYPE b gauge\nb -1.5');
  });

  it('answers when the database cannot be asked, and goes on', async () => {
    let isBroken = true;
    const ask = () => {
      if (isBroken) throw new Error('database x: it cannot be read');
      return [];
    };
    const server = await serveHealth('127.0.0.1', 0, { health: ask, readiness: ask, metrics: ask });
    onTestFinished(() => server.close());
    const url = `http://127.0.0.1:${server.address.port}`;
    for (const path of ['/healthz', '/readyz', '/metrics']) {
      const answer = await fetch(url + path);
      expect([answer.status, await answer.text()]).toEqual([500, 'database x: it cannot be read\n']);
    }
    isBroken = false;
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
  });

  it('changes nothing for anybody', async () => {
    const get = await serve({ health: [], readiness: [] });
    expect((await get('/metrics', 'POST')).status).toBe(405);
    expect((await get('/')).status).toBe(404);
  });

  it('says which port is taken, and what to do', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => taken.once('listening', resolve));
    onTestFinished(() => {
      taken.close();
    });
    const { port } = taken.address() as { port: number };
    await expect(
      serveHealth('127.0.0.1', port, { health: () => [], readiness: () => [], metrics: () => [] }),
    ).rejects.toMatchObject({
      code: 'health-unavailable',
      exitCode: 2,
      message: expect.stringContaining('taken'),
    });
  });

  it('says nothing of what is not there', async () => {
    const text = await formatMetrics([{ name: 'c', help: 'C.', kind: 'gauge', samples: [] }]);
    expect(text.trim()).toBe('');
  });
});
