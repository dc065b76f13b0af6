/**
 * Loads the bundle (scripts/bundle.mjs) together with what V8 compiled of it in the last step of the build: to parse and
 * compile a megabyte of source anew costs a fifth of a short scan. Compiled code is found by the content of its source, so it cannot
 * be of another version, and V8 itself refuses what another V8 made; then the source is compiled as ever.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { constants, Script } from 'node:vm';

const FOLDER = fileURLToPath(new URL('../dist/bundle/cli/', import.meta.url));
const ENTRY = './main.cjs';
const COMPILED = join(FOLDER, 'compiled', `${process.version}-${process.platform}-${process.arch}`);
const [BEFORE, AFTER] = ["(function (exports, require, module, __filename) {'use strict';", '\n})'];

/**
 * V8 of Node 20 hands a function to its optimizing compiler after it ran 132 KiB of bytecode. Three times that is a tenth
 * less CPU for a scan of two million packets: what runs a few thousand times does not repay it. Not measured elsewhere.
 */
if (process.versions.v8.startsWith('11.')) setFlagsFromString('--interrupt-budget=400000');

/**
 * Node 20 warns of a constant that later versions keep, and of Buffer() in a package (seek-bzip), which it would not where
 * the package lay outside the bundle; that means nothing to those who run the command.
 */
const UNTOLD = /USE_MAIN_CONTEXT_DEFAULT_LOADER|^Buffer\(\) is deprecated/;
const { emitWarning } = process;
process.emitWarning = (warning, ...details) => {
  if (!UNTOLD.test(String(warning))) emitWarning.call(process, warning, ...details);
};

const requireOutside = createRequire(FOLDER);
const modules = new Map();
/** By the file for its compiled code. */
const scripts = new Map();
/** Files of the bundle for which there was no compiled code, or none that this V8 takes. */
export const compiledAnew = [];

export const isBuilt = () => existsSync(join(FOLDER, ENTRY));

/** Exports of the bundle's entry. */
export const load = () => requireInside(ENTRY);

/** Keeps what V8 has compiled until now, for later processes. */
export function keepCompiled() {
  mkdirSync(COMPILED, { recursive: true });
  for (const [file, script] of scripts) writeFileSync(file, script.createCachedData());
}

function requireInside(id) {
  if (!id.startsWith('./')) return requireOutside(id);
  const known = modules.get(id);
  if (known !== undefined) return known.exports;
  const filename = join(FOLDER, id);
  const source = readFileSync(filename, 'utf8');
  const file = join(COMPILED, createHash('sha256').update(source).digest('hex'));
  const script = new Script(BEFORE + source + AFTER, {
    filename,
    columnOffset: -BEFORE.length,
    cachedData: existsSync(file) ? readFileSync(file) : undefined,
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
  if (script.cachedDataRejected !== false) compiledAnew.push(id);
  scripts.set(file, script);
  const module = { exports: {} };
  modules.set(id, module);
  script.runInThisContext()(module.exports, requireInside, module, filename);
  return module.exports;
}
