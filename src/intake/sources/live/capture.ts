/** Packets of an interface through the system's tcpdump or dumpcap, as one capture stream. */
import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { InputError } from '../../../base/errors.js';
import { either, type Phrase, phrase } from '../../../base/phrase.js';
import { printable } from '../../../base/text.js';
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

type Child = ChildProcessByStdio<null, Readable, Readable>;

export class CaptureSource implements LiveSource {
  readonly kind = 'interface';
  readonly url: string;
  where: Phrase;
  readonly #end = deferred();
  readonly ended = this.#end.promise;
  readonly #input: InterfaceInput;
  readonly #trouble = new Trouble();
  #child: Child | null = null;
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
    const { program, child } = await this.#launch();
    this.where = phrase`interface ${this.#input.name} through ${program.name}`;
    this.#child = child;
    let stream: StreamSink | null = null;
    child.stdout.on('data', (chunk: Buffer) => {
      this.#bytes += chunk.length;
      this.#pieces++;
      stream ??= this.#open(sink);
      stream.chunk(chunk);
    });
    const asking = this.#askForCounts(program, child);
    const started = this.#started(program, child);
    child.once('close', () => {
      clearInterval(asking);
      this.#child = null;
      stream?.end(true, []);
      // Whoever ends both of us with one signal (a service manager) ends it first at times: that is no failure.
      setTimeout(() => {
        if (this.#isStopped) this.#end.resolve();
        else this.#end.reject(this.#explain(program));
      }, CAPTURE_END_GRACE_MS);
    });
    await started;
  }

  /** The first program that is there. */
  async #launch(): Promise<{ program: CaptureProgram; child: Child }> {
    for (const program of PROGRAMS) {
      const child = spawn(program.name, program.args(this.#input), {
        stdio: ['ignore', 'pipe', 'pipe'],
        // Ctrl-C is for us; we stop the program when its packets have been handed on.
        detached: true,
      });
      child.stderr.setEncoding('utf8');
      child.stderr.on('data', (text: string) => this.#hear(program, text));
      const failure = await new Promise<Error | null>((resolve) => {
        child.once('spawn', () => resolve(null));
        child.once('error', resolve);
      });
      child.on('error', (error) =>
        this.#trouble.add('capture-failed', phrase`${program.name}: ${error.message}`),
      );
      if (failure === null) return { program, child };
      if (!('code' in failure) || failure.code !== 'ENOENT')
        throw new InputError('capture-failed', phrase`${printable(this.url)}: ${failure.message}`, {
          cause: failure,
        });
    }
    const names = either(PROGRAMS.map(({ name }) => name));
    throw new InputError(
      'capture-program-missing',
      phrase`${printable(this.url)}: needs ${names}, and neither is on the PATH; install tcpdump, or pipe a capture into rigwatch watch -`,
    );
  }

  /** Resolves once packets are taken; rejects where the program ends instead. */
  #started(program: CaptureProgram, child: Child): Promise<void> {
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
      child.stdout.once('data', done);
      child.stderr.on('data', () => {
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

  #askForCounts(program: CaptureProgram, child: Child): NodeJS.Timeout | undefined {
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
function signalAll({ pid }: Child, signal: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, signal);
  } catch {
    // It has ended already.
  }
}
