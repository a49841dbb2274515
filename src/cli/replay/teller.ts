import { tellProgress } from '../dashboard/job-progress.js';
import { isPlain } from '../manner.js';
import { LiveLines } from '../sync/progress/live-lines.js';
import type { ReplayTeller } from './run.js';
import type { ReplayWords } from './words.js';

const LINE_MS = 10_000;
const SOON_MS = 1_000;

/** One line in place on a terminal, a line now and then elsewhere. */
export class ProgressLine implements ReplayTeller {
  readonly #startedAt = performance.now();
  readonly #live: LiveLines | undefined;
  #line = '';
  #saidAt = performance.now();
  #began: number | undefined;

  constructor(
    private readonly generation: number,
    private readonly words: ReplayWords,
    private readonly say: (line: string) => void,
    stream: NodeJS.WriteStream = process.stderr,
  ) {
    if (isPlain(stream)) return;
    this.#live = new LiveLines(stream, (columns) =>
      this.#line === '' ? [] : [this.#line.slice(0, columns)],
    );
    this.#live.start();
  }

  progress(done: number, total: number): void {
    this.#began ??= done;
    const seconds = (performance.now() - this.#startedAt) / 1000;
    const rate = (done - this.#began) / Math.max(0.001, seconds);
    const left = rate > 0 && seconds * 1000 > SOON_MS ? Math.ceil((total - done) / rate) : null;
    tellProgress({ done, of: total, leftMs: left === null ? null : left * 1000 });
    const percent = total === 0 ? 100 : Math.floor((100 * done) / total);
    const eta = left === null ? '' : this.words.seconds(left);
    this.#line = this.words.progress(this.generation, percent, done, eta);
    if (this.#live !== undefined || performance.now() - this.#saidAt < LINE_MS) return;
    this.#saidAt = performance.now();
    this.say(this.#line);
  }

  announced(feeds: number): void {
    this.say(this.words.announced(feeds));
  }

  stop(): void {
    this.#live?.stop();
  }
}
