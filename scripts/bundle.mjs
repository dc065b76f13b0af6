/**
 * The last step of the build: the compiled modules and the packages that they import, in a few files under
 * dist/bundle/cli, from where bin/rigwatch.js starts. Finding and reading hundreds of small files took a third of a
 * second at each start. Paths relative to import.meta.url stay right: the files lie as deep as those of dist/app/cli.
 * They are scripts, not modules, because Node.js keeps compiled code for scripts only (bin/bundle.js).
 */
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** Files that are started: by bin/rigwatch.js, as a thread or as a process of its own. */
const ENTRIES = { main: here('../dist/app/cli/main.js') };

/** Native code, and what is asked for by require(). */
const LEFT_OUTSIDE = /^(better-sqlite3|yaml|string-width)\b/;

const folder = here('../dist/bundle/cli');
rmSync(folder, { recursive: true, force: true });
const bundle = await rolldown({ input: ENTRIES, platform: 'node', external: LEFT_OUTSIDE });
await bundle.write({
  dir: folder,
  format: 'cjs',
  entryFileNames: '[name].cjs',
  chunkFileNames: '[name].cjs',
  // Names stay: a fault report must tell where it happened.
  minify: { compress: false, mangle: false, codegen: { removeWhitespace: true } },
});
await bundle.close();

const { status } = spawnSync(process.execPath, [here('keep-compiled.mjs')], {
  stdio: ['ignore', 'ignore', 'inherit'],
});
if (status !== 0)
  process.stderr.write('rigwatch: compiled code was not kept; all works, but starts take longer\n');
