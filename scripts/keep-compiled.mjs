/** Scans the demo capture, as most runs do, and keeps what V8 compiled for it beside the bundle (bin/bundle.js). */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { keepCompiled, load } from '../bin/bundle.js';

const demo = fileURLToPath(new URL('../fixtures/demo/input.pcapng', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'rigwatch-compile-'));
const { main } = load();
const argv = [process.execPath, 'rigwatch', '--quiet', '--db', join(folder, 'demo.sqlite')];
await main([...argv, 'scan', demo]);
await main([...argv, 'verdicts', '--lang', 'zh-CN']);
rmSync(folder, { recursive: true });
if (process.exitCode === 0) keepCompiled();
