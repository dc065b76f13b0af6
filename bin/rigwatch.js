#!/usr/bin/env node
import { existsSync } from 'node:fs';

const built = new URL('../dist/app/cli/main.js', import.meta.url);
if (existsSync(built)) {
  const { main } = await import(built.href);
  await main(process.argv);
} else {
  process.stderr.write(
    'rigwatch: not built yet; run `npm start` once in this folder, it installs and builds\n',
  );
  process.exitCode = 2;
}
