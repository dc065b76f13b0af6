import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { UsageError } from '../../base/errors.js';
import { phrase } from '../../base/phrase.js';
import { formatMetrics, METRICS_TYPE, type Metric } from './metrics.js';

/** An answer to "is it well?": null, or why not, one line each. */
export type Complaints = readonly string[];

/** What is asked of the process, each time somebody asks. */
export interface HealthSource {
  /** Not well: restart it. */
  health(): Complaints;
  /** Not ready: it does not take in what it should. */
  readiness(): Complaints;
  metrics(): readonly Metric[];
}

export interface HealthServer {
  /** With the port that was given, where 0 was asked for. */
  readonly address: { readonly host: string; readonly port: number };
  close(): Promise<void>;
}

const MAX_CONNECTIONS = 64;
const REQUEST_TIMEOUT_MS = 5000;

/** Serves /healthz, /readyz and /metrics. Nothing of it can change anything. */
export async function serveHealth(host: string, port: number, source: HealthSource): Promise<HealthServer> {
  const server = createServer((request, response) => void respond(request, response, source));
  server.maxConnections = MAX_CONNECTIONS;
  server.requestTimeout = REQUEST_TIMEOUT_MS;
  server.headersTimeout = REQUEST_TIMEOUT_MS;
  await listen(server, host, port);
  const { address, port: given } = server.address() as AddressInfo;
  return {
    address: { host: address, port: given },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Whatever cannot be told (a database that refuses to be read) is an answer, too, and ends nothing. */
async function respond(
  { url = '', method }: IncomingMessage,
  response: ServerResponse,
  source: HealthSource,
): Promise<void> {
  try {
    const path = url.split('?')[0];
    if (method !== 'GET' && method !== 'HEAD') answer(response, 405, 'only GET\n');
    else if (path === '/healthz') answerComplaints(response, source.health());
    else if (path === '/readyz') answerComplaints(response, source.readiness());
    else if (path === '/metrics') answer(response, 200, await formatMetrics(source.metrics()), METRICS_TYPE);
    else answer(response, 404, 'expected /healthz, /readyz or /metrics\n');
  } catch (error) {
    answer(response, 500, `${error instanceof Error ? error.message : String(error)}\n`);
  }
}

function answerComplaints(response: ServerResponse, complaints: Complaints): void {
  if (complaints.length === 0) answer(response, 200, 'ok\n');
  else answer(response, 503, complaints.map((line) => `${line}\n`).join(''));
}

function answer(
  response: ServerResponse,
  status: number,
  body: string,
  type = 'text/plain; charset=utf-8',
): void {
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.end(body);
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const advice =
        error.code === 'EADDRINUSE'
          ? phrase`the port is taken: name another one, or stop what listens there`
          : phrase`name an address of this machine and a free port`;
      reject(
        new UsageError(
          'health-unavailable',
          phrase`--health ${host}:${port}: ${error.code ?? error.message}; ${advice}`,
        ),
      );
    });
    server.listen(port, host, () => resolve());
  });
}
