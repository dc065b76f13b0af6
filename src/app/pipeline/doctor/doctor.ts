import { constants, existsSync } from 'node:fs';
import { access, readFile, statfs } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { RigwatchError, RuleError } from '../../../base/errors.js';
import type { Phrase } from '../../../base/phrase.js';
import type { DoctorMessageKey } from '../../../deliver/print/messages/doctor-messages.js';
import { openDatabase, SCHEMA_VERSION } from '../../../deliver/store/open.js';
import type { RuleSet } from '../../../detect/rules/index.js';
import { PROGRAMS } from '../../../intake/sources/live/capture-program.js';
import { RECEIVE_BUFFER_BYTES } from '../../../intake/sources/live/limits.js';
import { loadRules } from '../load-rules.js';

export type FindingState = 'ok' | 'warning' | 'problem';

/** One thing that was looked at: what was found, and in its message what to do about it. */
/** What is looked at. */
export type Check =
  | 'node'
  | 'database'
  | 'disk'
  | 'rules'
  | 'receive-buffer'
  | 'capture'
  | 'source'
  | 'exporter';

export interface Finding {
  readonly check: Check;
  readonly state: FindingState;
  readonly key: DoctorMessageKey;
  readonly values: Readonly<Record<string, string | number | Phrase>>;
}

/** Node.js before this gets no security fixes any more. */
const LEAST_SUPPORTED_NODE = 22;
const WARN_FREE_BYTES = 1024 ** 3;
const LEAST_FREE_BYTES = 100 * 1024 ** 2;
const RMEM_MAX = '/proc/sys/net/core/rmem_max';

export interface Machine {
  readonly nodeVersion: string;
  readonly path: string;
}

/** Whether this machine can do what rigwatch needs. Changes nothing. The rules are null where they are bad. */
export async function checkMachine(
  machine: Machine,
  db: string,
  ruleDirs: readonly string[],
): Promise<{ readonly findings: Finding[]; readonly rules: RuleSet | null }> {
  const { finding, rules } = await checkRules(ruleDirs);
  const findings = [
    checkNode(machine.nodeVersion),
    await checkDatabase(db),
    ...(await checkDisk(db)),
    finding,
    ...(await checkReceiveBuffer()),
    await checkCapture(machine.path),
  ];
  return { findings, rules };
}

export function checkNode(version: string): Finding {
  const isOld = Number(/^v?(\d+)/.exec(version)?.[1]) < LEAST_SUPPORTED_NODE;
  return found('node', isOld ? 'warning' : 'ok', isOld ? 'node.old' : 'node.ok', { version });
}

export async function checkDatabase(path: string): Promise<Finding> {
  const folder = dirname(path);
  if (!existsSync(folder)) return found('database', 'problem', 'database.no-folder', { path });
  if (!(await isWritable(folder)) || (existsSync(path) && !(await isWritable(path))))
    return found('database', 'problem', 'database.unwritable', { path });
  if (!existsSync(path)) return found('database', 'ok', 'database.none', { path });
  try {
    openDatabase(path, { readOnly: true }).close();
    return found('database', 'ok', 'database.ok', { path, schema: SCHEMA_VERSION });
  } catch (error) {
    if (!(error instanceof RigwatchError)) throw error;
    if (error.code === 'store-older') return found('database', 'ok', 'database.older', { path });
    return found('database', 'problem', 'database.bad', { reason: error.phrase });
  }
}

/** Nothing where the folder cannot be asked: the database's finding says why. */
async function checkDisk(db: string): Promise<Finding[]> {
  const path = dirname(db);
  try {
    const { bavail, bsize } = await statfs(path);
    const free = bavail * bsize;
    const state = free < LEAST_FREE_BYTES ? 'problem' : free < WARN_FREE_BYTES ? 'warning' : 'ok';
    const text = `${(free / 1024 ** 3).toFixed(1)} GiB`;
    return [found('disk', state, state === 'ok' ? 'disk.ok' : 'disk.low', { path, free: text })];
  } catch {
    return [];
  }
}

async function checkRules(dirs: readonly string[]): Promise<{ finding: Finding; rules: RuleSet | null }> {
  try {
    const rules = await loadRules(dirs);
    const values = { rules: rules.rules.length, pools: rules.pools.rows.length, version: rules.version };
    return { finding: found('rules', 'ok', 'rules.ok', values), rules };
  } catch (error) {
    if (!(error instanceof RigwatchError)) throw error;
    const faults = error instanceof RuleError ? error.faults.length : 1;
    return { finding: found('rules', 'problem', 'rules.bad', { faults, reason: error.phrase }), rules: null };
  }
}

/** Linux says how large a socket's buffer may be; elsewhere nothing is known, and nothing said. */
async function checkReceiveBuffer(): Promise<Finding[]> {
  try {
    const granted = Number(await readFile(RMEM_MAX, 'utf8'));
    const asked = RECEIVE_BUFFER_BYTES;
    const isSmall = granted < asked;
    return [
      found(
        'receive-buffer',
        isSmall ? 'warning' : 'ok',
        isSmall ? 'receive-buffer.small' : 'receive-buffer.ok',
        {
          granted,
          asked,
        },
      ),
    ];
  } catch {
    return [];
  }
}

async function checkCapture(path: string): Promise<Finding> {
  for (const { name } of PROGRAMS)
    for (const folder of path.split(delimiter))
      if (folder !== '' && (await isExecutable(join(folder, name))))
        return found('capture', 'ok', 'capture.ok', { program: join(folder, name) });
  return found('capture', 'warning', 'capture.none', {});
}

export function found(
  check: Check,
  state: FindingState,
  key: DoctorMessageKey,
  values: Finding['values'],
): Finding {
  return { check, state, key, values };
}

async function isWritable(path: string): Promise<boolean> {
  return await can(path, constants.W_OK);
}

async function isExecutable(path: string): Promise<boolean> {
  return await can(path, constants.X_OK);
}

async function can(path: string, mode: number): Promise<boolean> {
  try {
    await access(path, mode);
    return true;
  } catch {
    return false;
  }
}
