/**
 * The two commands of the README, `npm start` and `npm test`, on a fresh clone: installs what is missing
 * (lockfile-exact), builds what is stale, then does the job. Everything it prints goes to standard error.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const INSTALLED = join(ROOT, 'node_modules', '.rigwatch-installed');
const BUILT = join(ROOT, 'dist', '.built');

function run(command, args, options = {}) {
  const result = spawnSync(command, args, { cwd: ROOT, stdio: ['inherit', 2, 2], ...options });
  if (result.error) throw result.error;
  return result.status ?? 1;
}

function must(what, command, args, options) {
  const status = run(command, args, options);
  if (status === 0) return;
  process.stderr.write(`rigwatch: ${what} failed (exit ${status}); what it printed stands above\n`);
  process.exit(status === 1 ? 1 : 2);
}

/** Packages fit the lockfile and this Node's binary interface (better-sqlite3 is compiled against it). */
function installState() {
  const lock = readFileSync(join(ROOT, 'package-lock.json'));
  return `${createHash('sha256').update(lock).digest('hex')} abi-${process.versions.modules} ${process.platform}-${process.arch}`;
}

/** Node's own headers beside the running binary: better-sqlite3 then builds without any download. */
function addonEnvironment() {
  const home = join(dirname(process.execPath), '..');
  const headers = existsSync(join(home, 'include', 'node', 'node.h'));
  return headers && !process.env.npm_config_nodedir
    ? { ...process.env, npm_config_nodedir: home }
    : process.env;
}

function npm(args, env) {
  return run(process.platform === 'win32' ? 'npm.cmd' : 'npm', args, {
    env,
    shell: process.platform === 'win32',
  });
}

function install() {
  const state = installState();
  if (existsSync(INSTALLED) && readFileSync(INSTALLED, 'utf8') === state) return;
  process.stderr.write('rigwatch: installing packages (better-sqlite3 may compile: a minute or two) …\n');
  const env = addonEnvironment();
  const args = ['ci', '--no-audit', '--no-fund'];
  const ok = npm(args, env) === 0 || npm(args, { ...env, npm_config_build_from_source: 'true' }) === 0;
  if (!ok) {
    process.stderr.write(
      'rigwatch: packages could not be installed. Needed: npm with a reachable registry; python3, make and g++ to compile better-sqlite3.\n',
    );
    process.exit(2);
  }
  writeFileSync(INSTALLED, state);
}

function newest(path) {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}

function build() {
  const sources = [
    'src',
    'rules',
    'scripts',
    'tsconfig.json',
    'tsconfig.build.json',
    'package-lock.json',
  ].map((name) => newest(join(ROOT, name)));
  if (existsSync(BUILT) && statSync(BUILT).mtimeMs >= Math.max(...sources)) return;
  process.stderr.write('rigwatch: building …\n');
  rmSync(join(ROOT, 'dist'), { recursive: true, force: true });
  must('the build', process.execPath, [
    join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc'),
    '-p',
    'tsconfig.build.json',
  ]);
  must('the reading of the bundled rules', process.execPath, [
    join(ROOT, 'dist', 'app', 'pipeline', 'preread-rules.js'),
  ]);
  must('the bundling', process.execPath, [join(ROOT, 'scripts', 'bundle.mjs')]);
  writeFileSync(BUILT, '');
}

function rigwatch(args) {
  const result = spawnSync(process.execPath, [join(ROOT, 'bin', 'rigwatch.js'), ...args], {
    stdio: 'inherit',
  });
  return result.status ?? 1;
}

function start(args) {
  if (args.length > 0) return rigwatch(args);
  const db = join(tmpdir(), `rigwatch-demo-${process.getuid?.() ?? 0}.sqlite`);
  process.stderr.write(
    'rigwatch: scanning the bundled capture fixtures/demo/input.pcapng\n' +
      '          your own: npm start -- scan my.pcap   or   bin/rigwatch.js scan my.pcap\n\n',
  );
  for (const suffix of ['', '-wal', '-shm']) rmSync(db + suffix, { force: true });
  return rigwatch(['scan', join(ROOT, 'fixtures', 'demo', 'input.pcapng'), '--db', db]);
}

function test(args) {
  const bin = (name, file) => join(ROOT, 'node_modules', name, file);
  if (args.length === 0) {
    must('format and lint', process.execPath, [bin('@biomejs/biome', 'bin/biome'), 'check', '.']);
    must('the type check', process.execPath, [
      bin('typescript', 'bin/tsc'),
      '-p',
      'tsconfig.json',
      '--noEmit',
    ]);
  }
  const result = spawnSync(process.execPath, [bin('vitest', 'vitest.mjs'), 'run', ...args], {
    cwd: ROOT,
    stdio: 'inherit',
  });
  return result.status ?? 1;
}

const JOBS = {
  start,
  test,
  bench: ([first, ...rest]) => {
    const [name, args] = ['records', 'snap', 'benign'].includes(first)
      ? [`${first}.mjs`, rest]
      : ['bench.mjs', first ? [first, ...rest] : []];
    return (
      spawnSync(process.execPath, [join(ROOT, 'tests', 'bench', name), ...args], { stdio: 'inherit' })
        .status ?? 1
    );
  },
};

const [job = '', ...args] = process.argv.slice(2);
if (!(job in JOBS)) {
  process.stderr.write(`usage: node bin/setup.mjs ${Object.keys(JOBS).join('|')} [arguments]\n`);
  process.exit(2);
}
install();
build();
process.exitCode = JOBS[job](args);
