#!/usr/bin/env node
import { existsSync } from 'node:fs';

const bundled = new URL('../dist/bundle/cli/main.js', import.meta.url);
if (existsSync(bundled)) {
  const { main } = await import(bundled.href);
  await main(process.argv);
} else {
  process.stderr.write(
    'rigwatch: not built yet; run `npm start` once in this folder, it installs and builds\n',
  );
  process.exitCode = 2;
}
