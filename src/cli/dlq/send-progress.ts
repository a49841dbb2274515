import { tellProgress } from '../dashboard/job-progress.js';
import { isPlain } from '../manner.js';
import { LiveLines } from '../sync/progress/live-lines.js';

const LINE_MS = 10_000;

/** How many letters are on their way: a line in place on a terminal, a line now and then elsewhere. */
export class SendProgress {
  #done = 0;
  #saidAt = performance.now();
  readonly #live: LiveLines | undefined;

  constructor(
    private readonly of: number,
    private readonly line: (done: string, of: string) => string,
    private readonly say: (line: string) => void,
    stream: NodeJS.WriteStream = process.stderr,
  ) {
    this.#tell();
    if (isPlain(stream)) return;
    this.#live = new LiveLines(stream, () => [this.#line]);
    this.#live.start();
  }

  sent(): void {
    this.#done += 1;
    this.#tell();
    if (this.#live !== undefined || performance.now() - this.#saidAt < LINE_MS) return;
    this.#saidAt = performance.now();
    this.say(this.#line);
  }

  stop(): void {
    this.#live?.stop();
  }

  get #line(): string {
    return this.line(String(this.#done), String(this.of));
  }

  #tell(): void {
    tellProgress({ done: this.#done, of: this.of, leftMs: null });
  }
}
