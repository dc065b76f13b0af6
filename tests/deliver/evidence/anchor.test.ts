import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { anchorLine, parseAnchors, putAnchor } from '../../../src/deliver/evidence/anchor.js';
import { openKey } from '../../../src/deliver/evidence/key.js';
import type { LogHead } from '../../../src/model/evidence-log.js';
import { sampleLog, TIME } from './samples.js';

function sample() {
  const { path, heads } = sampleLog('10.0.0.1');
  const head = heads[1] as LogHead;
  return { path, head, line: anchorLine(head, TIME, openKey(`${path}.key`)) };
}

/** Answers with this status, and keeps what it was sent. */
async function server(status: number) {
  const got: { body: string; authorization: string | undefined }[] = [];
  const http = createServer((request, answer) => {
    const { authorization } = request.headers;
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      got.push({ body, authorization });
      answer.writeHead(status).end();
    });
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  onTestFinished(() => void http.close());
  return { got, at: `127.0.0.1:${(http.address() as AddressInfo).port}` };
}

it('adds an anchor to a file', async () => {
  const { path, head, line } = sample();
  await putAnchor(`${path}.anchors`, line);
  await putAnchor(`file:${path}.anchors`, line);
  expect(parseAnchors(readFileSync(`${path}.anchors`))).toMatchObject([head, head]);
  await expect(putAnchor(`${path}/no/folder`, line)).rejects.toThrow(
    /cannot be written \(a part of the path is no folder\)/,
  );
});

it('posts an anchor, with the password of the address as Basic authorization', async () => {
  const { line } = sample();
  const { got, at } = await server(204);
  await putAnchor(`http://${at}/a`, line);
  await putAnchor(`http://office:p%40ss@${at}/a`, line);
  const authorization = `Basic ${Buffer.from('office:p@ss').toString('base64')}`;
  expect(got).toEqual([
    { body: line, authorization: undefined },
    { body: line, authorization },
  ]);
});

it('says so where it does not arrive, without the password', async () => {
  const { line } = sample();
  const { at } = await server(500);
  await expect(putAnchor(`http://office:secret@${at}/`, line)).rejects.toThrow(
    `anchor http://${at}: answered 500`,
  );
  await expect(putAnchor('http://127.0.0.1:1/', line)).rejects.toThrow(/anchor http:\/\/127\.0\.0\.1:1: /);
  await expect(putAnchor('http://[', line)).rejects.toMatchObject({ code: 'anchor-invalid' });
});
