/** Packets of an interface through the system's tcpdump or dumpcap, as one capture stream. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import { InputError } from '../../../base/errors.js';
import { either, type Phrase, phrase } from '../../../base/phrase.js';
import { printable } from '../../../base/text.js';
import { type CapturePipe, openCapturePipe } from './capture-pipe.js';
import { type CaptureProgram, explainExit, PROGRAMS } from './capture-program.js';
import { deferred } from './deferred.js';
import {
  CAPTURE_COUNTS_MS,
  CAPTURE_END_GRACE_MS,
  CAPTURE_START_MS,
  CAPTURE_STOP_MS,
  MAX_CAPTURE_WORDS,
} from './limits.js';
import type { LiveFigures, LiveSink, LiveSource, StreamSink } from './live.js';
import { Trouble } from './trouble.js';
import type { InterfaceInput } from './url.js';

export class CaptureSource implements LiveSource {
  readonly kind = 'interface';
  readonly url: string;
  where: Phrase;
  readonly #end = deferred();
  readonly ended = this.#end.promise;
  readonly #input: InterfaceInput;
  readonly #trouble = new Trouble();
  #child: ChildProcess | null = null;
  #isStopped = false;
  #words = '';
  #bytes = 0;
  #pieces = 0;
  #dropped = 0;

  constructor(input: InterfaceInput) {
    this.#input = input;
    this.url = input.url;
    this.where = phrase`interface ${input.name}`;
  }

  async start(sink: LiveSink): Promise<void> {
    let stream: StreamSink | null = null;
    let onFirst = () => {};
    const pipe = await this.#openPipe((bytes) => {
      onFirst();
      this.#bytes += bytes.length;
      this.#pieces++;
      stream ??= this.#open(sink);
      stream.chunk(bytes);
    });
    const isDrained = new Promise((resolve) => pipe.reader.once('close', resolve));
    const { program, child } = await this.#launch(pipe).catch((error: unknown) => {
      pipe.reader.destroy();
      throw error;
    });
    this.where = phrase`interface ${this.#input.name} through ${program.name}`;
    this.#child = child;
    const asking = this.#askForCounts(program, child);
    const isClosed = new Promise((resolve) => child.once('close', resolve));
    Promise.all([isClosed, isDrained]).then(() => {
      clearInterval(asking);
      this.#child = null;
      stream?.end(true, []);
      // Whoever ends both of us with one signal (a service manager) ends it first at times: that is no failure.
      setTimeout(() => {
        if (this.#isStopped) this.#end.resolve();
        else this.#end.reject(this.#explain(program));
      }, CAPTURE_END_GRACE_MS);
    });
    await this.#started(program, child, new Promise((resolve) => (onFirst = resolve)));
  }

  async #openPipe(take: (bytes: Buffer) => void): Promise<CapturePipe> {
    try {
      const pipe = await openCapturePipe(take);
      pipe.reader.on('error', ({ message }) =>
        this.#trouble.add('read-failed', phrase`the pipe: ${message}`),
      );
      return pipe;
    } catch (error) {
      throw this.#failure(error);
    }
  }

  /** The first program that is there. */
  async #launch({ writeEnd }: CapturePipe): Promise<{ program: CaptureProgram; child: ChildProcess }> {
    try {
      for (const program of PROGRAMS) {
        const child = spawn(program.name, program.args(this.#input), {
          stdio: ['ignore', writeEnd, 'pipe'],
          // Ctrl-C is for us; we stop the program when its packets have been handed on.
          detached: true,
        });
        child.stderr?.setEncoding('utf8').on('data', (text: string) => this.#hear(program, text));
        const failure = await new Promise<Error | null>((resolve) => {
          child.once('spawn', () => resolve(null));
          child.once('error', resolve);
        });
        child.on('error', (error) =>
          this.#trouble.add('capture-failed', phrase`${program.name}: ${error.message}`),
        );
        if (failure === null) return { program, child };
        if (!('code' in failure) || failure.code !== 'ENOENT') throw this.#failure(failure);
      }
    } finally {
      closeSync(writeEnd);
    }
    const names = either(PROGRAMS.map(({ name }) => name));
    throw new InputError(
      'capture-program-missing',
      phrase`${printable(this.url)}: needs ${names}, and neither is on the PATH; install tcpdump, or pipe a capture into rigwatch watch -`,
    );
  }

  #failure(cause: unknown): InputError {
    const said = cause instanceof Error ? cause.message : String(cause);
    return new InputError('capture-failed', phrase`${printable(this.url)}: ${said}`, { cause });
  }

  /** Resolves once packets are taken; rejects where the program ends instead. */
  #started(program: CaptureProgram, child: ChildProcess, firstBytes: Promise<void>): Promise<void> {
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => {
        signalAll(child, 'SIGKILL');
        reject(
          new InputError(
            'capture-failed',
            phrase`${printable(this.url)}: ${program.name} did not start to capture within ${CAPTURE_START_MS / 1000} s`,
          ),
        );
      }, CAPTURE_START_MS);
      const done = () => {
        clearTimeout(late);
        resolve();
      };
      void firstBytes.then(done);
      child.stderr?.on('data', () => {
        if (program.started.test(this.#words)) done();
      });
      child.once('close', () => {
        clearTimeout(late);
        reject(this.#explain(program));
      });
    });
  }

  #open(sink: LiveSink): StreamSink {
    const { name } = this.#input;
    return sink.open(this, { name, id: null, isCompressed: false, resumeAt: 0, head: Buffer.alloc(0) });
  }

  #hear(program: CaptureProgram, text: string): void {
    this.#words = (this.#words + text).slice(-MAX_CAPTURE_WORDS);
    let dropped = 0;
    // tcpdump tells all since it began, each time it is asked; what is kept of its words ends with the newest.
    for (const match of this.#words.matchAll(program.dropped)) dropped = Number(match[1]);
    this.#dropped = Math.max(this.#dropped, dropped);
  }

  #askForCounts(program: CaptureProgram, child: ChildProcess): NodeJS.Timeout | undefined {
    if (!program.tellsWhenAsked) return undefined;
    return setInterval(() => child.kill('SIGUSR1'), CAPTURE_COUNTS_MS).unref();
  }

  #explain(program: CaptureProgram): InputError {
    const [code, message] = explainExit(program.name, this.#input.name, this.#words);
    return new InputError(code, phrase`${printable(this.url)}: ${message}`);
  }

  positions(): [] {
    return [];
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    const child = this.#child;
    if (child === null) return;
    signalAll(child, 'SIGTERM');
    const kill = setTimeout(() => signalAll(child, 'SIGKILL'), CAPTURE_STOP_MS);
    await this.ended.catch(() => {});
    clearTimeout(kill);
  }

  figures(): LiveFigures {
    return {
      bytes: this.#bytes,
      pieces: this.#pieces,
      dropped: this.#dropped,
      lagBytes: 0,
      receiveBuffer: null,
      open: this.#child === null ? 0 : 1,
      problems: this.#trouble.list(),
    };
  }
}

/** The program and what it may have started itself: it leads a process group of its own. */
function signalAll({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, signal);
  } catch {
    // It has ended already.
  }
}
