#!/usr/bin/env node
import { isBuilt, load } from './bundle.js';

if (isBuilt()) {
  await load().main(process.argv);
} else {
  process.stderr.write(
    'rigwatch: not built yet; run `npm start` once in this folder, it installs and builds\n',
  );
  process.exitCode = 2;
}
