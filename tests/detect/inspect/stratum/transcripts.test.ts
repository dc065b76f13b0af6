/** The sample sessions of the reference material, where it is present: what index.csv says must be readable. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { PROBE_LIMIT, type WrapperHints } from '../../../../src/detect/inspect/inspector.js';
import { stratum } from '../../../../src/detect/inspect/stratum/index.js';
import { HAS_SHARED, readTranscript, SHARED } from '../../../support/transcripts.js';
import { hintsOf, type Line, run } from './harness.js';

const FOLDER = join(SHARED, 'reference/transcripts');
const list = (folder: string) =>
  HAS_SHARED ? readdirSync(folder).filter((name) => name.endsWith('.jsonl')) : [];
interface Row {
  file: string;
  miner_agent: string;
  expected_account_or_wallet: string;
  expected_workers: string;
}
const rows: Row[] = HAS_SHARED
  ? parse(readFileSync(join(FOLDER, 'index.csv'), 'utf8'), { columns: true })
  : [];

/** By the beginning of the file's name. */
const DIALECT_OF: readonly (readonly [RegExp, string])[] = [
  [/^btc-btcagent/, 'btcagent'],
  [/^btc-cgminer-gbt-http/, 'getwork'],
  [/^(?:btc|ltc|rtm|vtc|http-connect)-/, 'stratum-v1'],
  [/^aleo-/, 'aleo'],
  [/^alph-/, 'alephium'],
  [/^beam-/, 'beam'],
  [/^btm-/, 'bytom'],
  [/^erg-/, 'ergo'],
  [/^etc-ethminer-getwork/, 'eth-getwork'],
  [/-es1-nicehash|-phoenixminer/, 'ethereumstratum-1'],
  [/^(?:etc|eth|zano)-/, 'ethproxy'],
  [/^grin-/, 'grin'],
  [/^hns-/, 'handshake'],
  [/^iron-/, 'ironfish'],
  [/^kas-/, 'kaspa'],
  [/^kda-/, 'kadena'],
  [/^rvn-/, 'stratum-v1-kawpow'],
  [/^sc-/, 'sia'],
  [/^ws-coinhive/, 'browser-coinhive'],
  [/^ws-webminerpool/, 'browser-webminerpool'],
  [/^xmr-xmrig-daemon/, 'monero-daemon'],
  [/^(?:xmr|qpow|socks5)-/, 'cryptonote'],
  [/^zec-/, 'zip-301'],
];
const dialectOf = (file: string) => DIALECT_OF.find(([pattern]) => pattern.test(file))?.[1];

/** Enough of the wrappers to get at what is inside; the real ones have tests of their own. */
function unwrap(file: string, lines: readonly Line[]): { lines: Line[]; hints: Partial<WrapperHints> } {
  if (file.startsWith('socks5-')) return { lines: lines.slice(4), hints: { wrappers: ['socks5'] } };
  if (file.startsWith('http-connect')) return { lines: lines.slice(2), hints: { wrappers: ['connect'] } };
  if (file.startsWith('ws-')) {
    return {
      lines: lines
        .slice(2)
        .map((line) => ({ ...line, bytes: Buffer.concat([frameText(line.bytes), Buffer.from('\n')]) })),
      hints: { wrappers: ['websocket'] },
    };
  }
  const heads = lines.filter((line) => /^(?:POST|GET|HTTP)/.test(line.bytes.toString('latin1', 0, 8)));
  if (heads.length === 0) return { lines: [...lines], hints: {} };
  const text = heads.map((line) => line.bytes.toString('latin1')).join('\n');
  const bodies = lines.map((line) => ({
    ...line,
    bytes: Buffer.from(`${bodyOf(line.bytes.toString('utf8'))}\n`),
  }));
  return {
    lines: bodies,
    hints: {
      wrappers: ['http'],
      agents: [...new Set([...text.matchAll(/User-Agent: (.*)\r/gi)].map((match) => match[1] ?? ''))],
      marks: new Set([...text.matchAll(/^(X-[\w-]+):/gim)].map((match) => (match[1] ?? '').toLowerCase())),
      logins: [...text.matchAll(/Basic (\S+)/g)].map(
        (match) =>
          Buffer.from(match[1] ?? '', 'base64')
            .toString('utf8')
            .split(':')[0] ?? '',
      ),
      path: /(?:POST|GET) (\S+)/.exec(text)?.[1] ?? null,
    },
  };
}

function bodyOf(message: string): string {
  if (!/^(?:POST|GET|HTTP)/.test(message)) return message;
  return message.split('\r\n\r\n').slice(1).join('');
}

/** The payload of one unfragmented frame of less than 64 KiB. */
function frameText(frame: Buffer): Buffer {
  const masked = (frame[1]! & 0x80) !== 0;
  const start = (frame[1]! & 0x7f) === 126 ? 4 : 2;
  const body = Buffer.from(frame.subarray(start + (masked ? 4 : 0)));
  if (masked) for (let at = 0; at < body.length; at++) body[at]! ^= frame[start + (at % 4)]!;
  return body;
}

describe.skipIf(!HAS_SHARED)('sample sessions', () => {
  const files = list(FOLDER).filter((file) => !file.startsWith('sv2-'));

  it.each(files)('%s', (file) => {
    const { lines, hints } = unwrap(file, readTranscript(join(FOLDER, file)));
    const row = rows.find((entry) => entry.file === file)!;
    const parts = run(lines, { hints }).stratum;
    const told = parts.at(-1);
    expect(parts.length).toBe(1 + Math.floor(lines.at(-1)!.atSeconds / 600));
    expect(told?.dialect).toBe(dialectOf(file));
    const login = row.expected_account_or_wallet;
    if (login !== '')
      expect(told!.logins.some((text) => text.startsWith(login) || text.includes(login))).toBe(true);
    expect(told!.workers).toEqual(
      expect.arrayContaining(row.expected_workers.split(';').filter((name) => name !== '')),
    );
    const agent = /^[\w.-]+[/ ]v?\d[\w.]*/.exec(row.miner_agent)?.[0];
    const shown = lines.map((line) => line.bytes.toString('latin1')).join('');
    if (agent !== undefined && shown.includes(agent))
      expect(told!.agents.some((text) => text.startsWith(agent))).toBe(true);
    const roles = told!.rolesSoFar;
    if (hints.wrappers?.[0] === 'http') expect(roles.poll).toBeGreaterThanOrEqual(2);
    else expect([roles.job > 0, roles.share > 0, roles.shareLinked > 0]).toEqual([true, true, true]);
  });

  it.each(files.filter((file) => !/http|^ws-|^socks5/.test(file)))('%s, begun late', (file) => {
    const lines = readTranscript(join(FOLDER, file));
    for (const from of [8, Math.floor(lines.length / 2)]) {
      const told = run(lines.slice(from), { orientedBy: 'port' }).stratum[0];
      expect(told?.dialect).toBe(dialectOf(file));
      expect(told!.roles.job + told!.roles.share).toBeGreaterThanOrEqual(2);
    }
  });

  it.each(files.filter((file) => !/http|^ws-|^socks5/.test(file)))('%s is worth a look at once', (file) => {
    const [first] = readTranscript(join(FOLDER, file));
    const empty = Buffer.alloc(0);
    const sides = first!.direction === 'to-server' ? [first!.bytes, empty] : [empty, first!.bytes];
    const answer = stratum.probe(sides[0]!, sides[1]!, hintsOf());
    expect(answer).toBe(file === 'btc-midstream.jsonl' ? 'more' : 'yes');
  });
});

/** Whether the inspector asks for the session by its first bytes. */
function isOffered(lines: readonly Line[]): boolean {
  const begin = (direction: Line['direction']) =>
    Buffer.concat(lines.filter((line) => line.direction === direction).map((line) => line.bytes)).subarray(
      0,
      PROBE_LIMIT,
    );
  return stratum.probe(begin('to-server'), begin('to-client'), hintsOf()) === 'yes';
}

describe.skipIf(!HAS_SHARED)('sample sessions of other things', () => {
  it.each(list(join(FOLDER, 'negatives')))('%s', (file) => {
    const raw = readTranscript(join(FOLDER, 'negatives', file));
    const isWebSocket = raw.some((line) => /Upgrade: websocket/i.test(line.bytes.toString('latin1')));
    const { lines, hints } = unwrap(isWebSocket ? `ws-${basename(file)}` : file, raw);
    const bare = isOffered(raw) ? [run(raw), run(raw, { orientedBy: 'port' })] : [];
    for (const outcome of [run(lines, { hints }), ...bare]) {
      for (const told of outcome.stratum) {
        expect(file).toBe('scanner-stratum-probe.jsonl');
        expect(told.roles).toMatchObject({ loginAccepted: 0, job: 0, share: 0, poll: 0 });
      }
    }
  });
});
