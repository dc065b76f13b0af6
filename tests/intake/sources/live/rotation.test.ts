import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { FollowSource } from '../../../../src/intake/sources/live/follow.js';
import { FOLLOW_TIMING } from '../../../../src/intake/sources/live/limits.js';
import type { StreamPosition } from '../../../../src/intake/sources/live/live.js';
import { randomFrom } from '../../../support/random.js';
import { Keeper, pause, saved, until } from './support.js';

const root = mkdtempSync(join(tmpdir(), 'rigwatch-rotation-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** The transitions that take a minute in the field, in tenths of a second. */
const TIMING = { ...FOLLOW_TIMING, lingerMs: 250, movingMs: 100, settledMs: 60, sleepyMs: 500 };
const POLL_MS = 10;

/** How often each thing happens in a script, in proportion. */
interface Chances {
  readonly append: number;
  readonly rename: number;
  readonly copyTruncate: number;
  readonly recreate: number;
  readonly gzip: number;
  readonly shift: number;
  readonly stop: number;
  readonly kill: number;
}

/** A writer, a log rotator and a rigwatch that is stopped and killed, all by one seed. */
class Scene {
  readonly written: string[] = [];
  /** What is safe: facts and positions are saved in one step. */
  readonly kept: string[] = [];
  readonly path: string;
  readonly #followed: string;
  readonly #random: () => number;
  readonly #fromStart: boolean;
  #positions: StreamPosition[] = [];
  #source: FollowSource | null = null;
  #sink = new Keeper();
  #serial = 0;
  #unfinished = '';

  constructor(seed: number, mode: 'file' | 'folder' | 'glob') {
    const folder = mkdtempSync(join(root, `${mode}-${seed}-`));
    this.path = join(folder, 'eve.json');
    this.#followed = mode === 'file' ? this.path : mode === 'folder' ? folder : join(folder, 'eve*');
    this.#random = randomFrom(seed);
    this.#fromStart = seed % 3 === 0;
  }

  chance = (of: number) => Math.floor(this.#random() * of);

  async start(): Promise<void> {
    this.#sink = new Keeper(this.#fromStart);
    const input = { kind: 'file', url: this.#followed, path: this.#followed, pollMs: POLL_MS } as const;
    this.#source = new FollowSource(input, TIMING);
    await this.#source.start(this.#sink, this.#positions);
  }

  save(): void {
    if (this.#source === null) return;
    this.kept.push(...this.#sink.lines);
    for (const stream of this.#sink.streams) stream.lines.length = 0;
    this.#positions = saved(this.#source);
  }

  async stop(): Promise<void> {
    await this.#source?.stop();
    this.save();
    this.#source = null;
  }

  /** What came since the last save is gone. */
  async kill(): Promise<void> {
    for (const stream of this.#sink.streams) stream.lines.length = 0;
    const source = this.#source;
    this.#source = null;
    await source?.stop();
  }

  append(): void {
    const lines = Array.from({ length: 1 + this.chance(8) }, () => {
      const number = this.written.length;
      const line = `{"n":${number},"pad":"${'.'.repeat(this.chance(300))}"}`;
      this.written.push(line);
      return `${line}\n`;
    });
    const text = lines.join('');
    // The last line may stay unfinished until the next time.
    const cut = this.chance(2) === 0 ? text.length : text.length - 1 - this.chance(lines.at(-1)?.length ?? 0);
    appendFileSync(this.path, this.#unfinished + text.slice(0, cut));
    this.#unfinished = text.slice(cut);
  }

  /** Rotators meet whole lines; halves of them would be nobody's. */
  finishLine(): void {
    if (this.#unfinished !== '') appendFileSync(this.path, this.#unfinished);
    this.#unfinished = '';
  }

  /**
   * One path alone cannot lead to what stood there so shortly that no poll saw it: then the rotator waits until it was
   * opened. Below a folder it need not.
   */
  async #isToRotate(): Promise<boolean> {
    if (!existsSync(this.path)) return false;
    this.finishLine();
    if (this.#followed !== this.path) return true;
    const [first = ''] = readFileSync(this.path, 'utf8').split('\n');
    if (first === '') return false;
    await until(() => this.kept.includes(first) || this.#sink.lines.includes(first), `${first} to be seen`);
    this.append();
    this.finishLine();
    return true;
  }

  async rename(): Promise<void> {
    if (await this.#isToRotate()) renameSync(this.path, `${this.path}.${++this.#serial}`);
  }

  async copyTruncate(): Promise<void> {
    if (!(await this.#isToRotate())) return;
    copyFileSync(this.path, `${this.path}.${++this.#serial}`);
    truncateSync(this.path, 0);
  }

  async recreate(): Promise<void> {
    if (!existsSync(this.path) || this.#source === null) return;
    this.finishLine();
    // What is deleted before it was opened is lost, whoever follows.
    await until(
      () => this.kept.length + this.#sink.lines.length === this.written.length,
      'all read before a deletion',
    );
    this.save();
    unlinkSync(this.path);
  }

  gzip(): void {
    const path = `${this.path}.${1 + this.chance(this.#serial)}`;
    if (!existsSync(path) || existsSync(`${path}.gz`)) return;
    writeFileSync(`${path}.gz`, gzipSync(readFileSync(path)));
    unlinkSync(path);
  }

  /** As logrotate numbers compressed files: each moves on by one, and the next takes its name. */
  shift(): void {
    const packed = Array.from({ length: this.#serial }, (_, at) => `${this.path}.${at + 1}.gz`).filter(
      (path) => existsSync(path),
    );
    const last = packed.at(-1);
    if (last !== undefined) renameSync(last, `${this.path}.${++this.#serial}.gz`);
    for (let at = packed.length - 2; at >= 0; at--) renameSync(packed[at] ?? '', packed[at + 1] ?? '');
  }

  get seen(): number {
    return this.kept.length + this.#sink.lines.length;
  }

  get isRunning(): boolean {
    return this.#source !== null;
  }
}

async function play(seed: number, mode: 'file' | 'folder' | 'glob', chances: Chances): Promise<Scene> {
  const scene = new Scene(seed, mode);
  const names = (Object.keys(chances) as (keyof Chances)[]).flatMap((name) =>
    Array.from({ length: chances[name] }, () => name),
  );
  await scene.start();
  for (let step = 0; step < 60; step++) {
    switch (names[scene.chance(names.length)]) {
      case 'rename':
        await scene.rename();
        break;
      case 'copyTruncate':
        await scene.copyTruncate();
        break;
      case 'recreate':
        await scene.recreate();
        break;
      case 'gzip':
        scene.gzip();
        break;
      case 'shift':
        scene.shift();
        break;
      case 'stop':
        if (scene.isRunning) await scene.stop();
        else await scene.start();
        break;
      case 'kill':
        if (scene.isRunning) await scene.kill();
        else await scene.start();
        break;
      default:
        scene.append();
    }
    if (scene.chance(3) === 0) scene.save();
    await pause(scene.chance(60));
  }
  if (!scene.isRunning) await scene.start();
  scene.append();
  scene.finishLine();
  await until(() => scene.seen >= scene.written.length, `${mode} ${seed}: all lines`, 20_000);
  // What is doubled comes late: a copy, when its original has ended.
  await pause(1500);
  await scene.stop();
  return scene;
}

function expectOnce(scene: Scene): void {
  const number = (line: string) => Number(/\d+/.exec(line)?.[0]);
  const sorted = [...scene.kept].sort((a, b) => number(a) - number(b));
  expect(sorted).toEqual(scene.written);
}

const SEEDS = Number(process.env.RIGWATCH_ROTATION_SEEDS ?? 6);
const seeds = Array.from({ length: SEEDS }, (_, at) => at + 1);

describe('every line once, whatever rotates and whenever rigwatch is stopped or killed', () => {
  it.each(['folder', 'glob'] as const)('in a %s', async (mode) => {
    const chances = {
      append: 12,
      rename: 2,
      copyTruncate: 2,
      recreate: 1,
      gzip: 3,
      shift: 1,
      stop: 2,
      kill: 2,
    };
    for (const scene of await Promise.all(seeds.map((seed) => play(seed, mode, chances)))) expectOnce(scene);
  });

  it('in one file that is rotated by renaming or copying while it is followed', async () => {
    const chances = {
      append: 12,
      rename: 3,
      copyTruncate: 3,
      recreate: 1,
      gzip: 0,
      shift: 0,
      stop: 0,
      kill: 0,
    };
    for (const scene of await Promise.all(seeds.map((seed) => play(seed, 'file', chances))))
      expectOnce(scene);
  });

  it('in one file over stops and kills', async () => {
    const chances = {
      append: 12,
      rename: 0,
      copyTruncate: 0,
      recreate: 1,
      gzip: 0,
      shift: 0,
      stop: 3,
      kill: 3,
    };
    for (const scene of await Promise.all(seeds.map((seed) => play(seed, 'file', chances))))
      expectOnce(scene);
  });
});
