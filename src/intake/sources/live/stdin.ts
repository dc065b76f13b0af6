import { phrase } from '../../../base/phrase.js';
/** Standard input as a live source: whatever comes, until the other side closes it. */
import { openSource } from '../index.js';
import type { Source } from '../source.js';
import { deferred } from './deferred.js';
import type { LiveFigures, LiveSink, LiveSource } from './live.js';

export class StdinSource implements LiveSource {
  readonly kind = 'stdin';
  readonly where = phrase`standard input`;
  readonly url: string;
  readonly #end = deferred();
  readonly ended = this.#end.promise;
  #source: Source | null = null;
  #isOpen = false;
  #isStopped = false;
  #bytes = 0;
  #pieces = 0;

  constructor(url: string) {
    this.url = url;
  }

  async start(sink: LiveSink): Promise<void> {
    const source = await openSource('-', { sha256: false });
    this.#source = source;
    this.#isOpen = true;
    this.#pump(sink, source).then(this.#end.resolve, this.#end.reject);
  }

  async #pump(sink: LiveSink, source: Source): Promise<void> {
    const stream = sink.open(this, {
      name: '-',
      id: null,
      isCompressed: false,
      resumeAt: 0,
      head: Buffer.alloc(0),
    });
    for await (const chunk of source.chunks()) {
      if (this.#isStopped) break;
      this.#bytes += chunk.length;
      this.#pieces++;
      stream.chunk(chunk);
    }
    this.#isOpen = false;
    stream.end(!this.#isStopped, source.problems);
  }

  positions(): [] {
    return [];
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    if (this.#source === null) return;
    this.#source.stop();
    await this.#end.promise.catch(() => {});
  }

  figures(): LiveFigures {
    return {
      bytes: this.#bytes,
      pieces: this.#pieces,
      dropped: 0,
      lagBytes: 0,
      receiveBuffer: null,
      open: this.#isOpen ? 1 : 0,
      problems: this.#source?.problems ?? [],
    };
  }
}
