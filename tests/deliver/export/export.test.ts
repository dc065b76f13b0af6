import { existsSync, lstatSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { writeAtomically } from '../../../src/deliver/export/atomic-file.js';
import { writeChunks } from '../../../src/deliver/export/chunks.js';
import { guardFormula } from '../../../src/deliver/export/csv.js';
import type { ExportOptions } from '../../../src/deliver/export/exporter.js';
import { EXPORTERS, exporterByName } from '../../../src/deliver/export/index.js';
import { toVerdictObject } from '../../../src/deliver/print/verdict-json.js';
import type { VerdictObject } from '../../../src/model/verdict-object.js';
import { HOSTILE, sampleEvidence, sampleVerdict, temporaryFolder } from '../samples.js';
import { exportedText, OPTIONS, samplePool, selectionOf } from './selection.js';

/** A slow reader that remembers how much was ever waiting for it. */
class Sink extends Writable {
  text = '';
  mostWaiting = 0;
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.mostWaiting = Math.max(this.mostWaiting, this.writableLength);
    if (this.text.length < 1e6) this.text += chunk.toString();
    setImmediate(done);
  }
}

const exported = (name: string, verdicts: Iterable<VerdictObject>, options: Partial<ExportOptions> = {}) =>
  exportedText(name, selectionOf('suspects', { verdicts }), options);

const VERDICTS = [
  toVerdictObject(sampleVerdict()),
  toVerdictObject(
    sampleVerdict({ ip: '2001:db8::1', level: 'probable', miners: null, pools: [], evidence: [] }),
  ),
];

describe('exports', () => {
  it('have names of their own, and a section in the documentation each', () => {
    const page = readFileSync(new URL('../../../docs/outputs.md', import.meta.url), 'utf8');
    expect(new Set(EXPORTERS.map(({ name }) => name)).size).toBe(EXPORTERS.length);
    for (const { name } of EXPORTERS) expect(page).toMatch(new RegExp(`^## .*\`${name}\``, 'm'));
    expect(exporterByName('nonsense')).toBeNull();
  });

  it('jsonl: the whole objects', async () => {
    const lines = (await exported('jsonl', VERDICTS)).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(VERDICTS);
  });

  it('txt: addresses, with level and score if asked', async () => {
    expect(await exported('txt', VERDICTS)).toBe('10.8.3.17\n2001:db8::1\n');
    expect(await exported('txt', VERDICTS, { comments: true })).toContain('10.8.3.17 # confirmed 0.998\n');
    expect(await exported('txt', [])).toBe('');
    const pools = [
      samplePool(),
      samplePool({ port: 80, score: 0.5, level: 'probable' }),
      samplePool({ address: '203.0.113.9', held_back: 'shared' }),
    ];
    const options = { comments: true };
    expect(await exportedText('txt', selectionOf('pools', { pools }), options)).toBe(
      '198.51.100.7 # confirmed 0.998\n',
    );
  });

  it('csv: the columns of the documentation', async () => {
    const text = await exported('csv', VERDICTS, { bom: true });
    expect(text.startsWith('\ufeffip,unit_id')).toBe(true);
    expect(parse(text, { bom: true, columns: true })).toEqual([
      {
        ip: '10.8.3.17',
        unit_id: '',
        unit_name: '',
        level: 'confirmed',
        score: '0.998',
        coins: 'XMR',
        pools: 'pool.example:3333',
        first_seen: '2021-07-03T02:11:09.120Z',
        last_seen: '2021-07-03T02:12:09.120Z',
        active_hours: '0.02',
        miners_low: '1',
        miners_high: '3',
        kwh: '',
        evidence_count: '1',
        top_rule: 'stratum.cryptonote.login',
      },
      expect.objectContaining({ ip: '2001:db8::1', pools: '', miners_low: '', top_rule: '' }),
    ]);
  });

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '\n=1', '＝1'])(
    'csv: %j is no formula',
    async (text) => {
      expect(guardFormula(text)).toBe(`'${text}`);
      const verdict = sampleVerdict({
        coins: [{ ticker: text, basis: 'job', confidence: 1 }],
        pools: [{ ...sampleVerdict().pools[0]!, host: text }],
        evidence: [sampleEvidence({ rule: text })],
      });
      const [row] = parse(await exported('csv', [toVerdictObject(verdict)]), { columns: true }) as Record<
        string,
        string
      >[];
      for (const cell of Object.values(row ?? {})) expect(cell).not.toMatch(/^[=+\-@\t\r\n＝]/);
    },
  );

  it('csv: hostile text stays in its cell, and harmless text as it is', async () => {
    const pool = { ...sampleVerdict().pools[0]!, host: `a,"b"\n${HOSTILE}` };
    const text = await exported('csv', [toVerdictObject(sampleVerdict({ pools: [pool] }))]);
    expect(parse(text, { columns: true })).toHaveLength(1);
    expect(guardFormula('a=b')).toBe('a=b');
    expect(guardFormula('XMR; =1+1;-2')).toBe("XMR; '=1+1;'-2");
    expect(guardFormula(-1)).toBe(-1);
  });

  it('stream: 200,000 verdicts wait for a slow reader, not in memory', async () => {
    const [verdict] = VERDICTS;
    function* many() {
      for (let at = 0; at < 200_000; at++) yield verdict!;
    }
    for (const name of ['txt', 'csv']) {
      const sink = new Sink();
      await exporterByName(name)?.write(selectionOf('suspects', { verdicts: many() }), sink, OPTIONS);
      expect(sink.mostWaiting).toBeGreaterThan(0);
      expect(sink.mostWaiting).toBeLessThan(1_000_000);
    }
  });

  it('fail where the reader fails', async () => {
    const broken = new Writable({
      highWaterMark: 1,
      write: (_chunk, _encoding, done) => done(new Error('gone')),
    });
    broken.on('error', () => undefined);
    await expect(writeChunks(['x'.repeat(70_000), 'y'.repeat(70_000)], broken)).rejects.toThrow('gone');
  });
});

describe('writing a file whole or not at all', () => {
  const put = (text: string) => (out: Writable) => writeChunks([text], out);

  it('replaces it in the end', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'list.txt');
    writeFileSync(path, 'old');
    await writeAtomically(path, async (out) => {
      await put('new')(out);
      expect(readFileSync(path, 'utf8')).toBe('old');
    });
    expect(readFileSync(path, 'utf8')).toBe('new');
    expect(readdirSync(folder)).toEqual(['list.txt']);
  });

  it('leaves it alone when something fails', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'list.txt');
    writeFileSync(path, 'old');
    const failing = writeAtomically(path, async (out) => {
      await put('half')(out);
      throw new Error('no more');
    });
    await expect(failing).rejects.toThrow('no more');
    expect(readFileSync(path, 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['list.txt']);
  });

  it('follows a link, spares a device, and names what cannot be written', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'real'), 'old');
    symlinkSync(join(folder, 'real'), join(folder, 'link'));
    await writeAtomically(join(folder, 'link'), put('new'));
    expect(readFileSync(join(folder, 'real'), 'utf8')).toBe('new');
    expect(lstatSync(join(folder, 'link')).isSymbolicLink()).toBe(true);
    await writeAtomically('/dev/null', put('x'));
    expect(lstatSync('/dev/null').isCharacterDevice()).toBe(true);
    await expect(writeAtomically(join(folder, 'no', 'list.txt'), put('x'))).rejects.toMatchObject({
      code: 'output-unwritable',
      exitCode: 2,
    });
    expect(existsSync(join(folder, 'no'))).toBe(false);
  });
});
