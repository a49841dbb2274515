import { randomUUID } from 'node:crypto';
import type { Secret } from '../../domain/secret.js';
import { messageOf } from '../../errors.js';
import type { Logger } from '../../ports/logger.js';

const PATIENCE_MS = 10_000;
const DONE = 0;
/** Another run is at it, or the marketplace asks to wait: neither well done nor failed. The watchdog's own term decides. */
const UNDECIDED: readonly number[] = [5, 75];

/**
 * Calls of a watchdog in the manner of healthchecks: `<url>/start`, `<url>` when all is well, `<url>/fail?exit=<code>`.
 * `rid` tells the calls of one run from those of another that overlaps it. Nothing here throws, and nobody has to
 * wait for it; calls of one run go out in their order.
 */
export class Pinger {
  readonly #underWay = new Set<Promise<void>>();

  /** @param url null: no watchdog, nothing is called */
  constructor(
    private readonly url: Secret | null,
    private readonly logger: Logger,
  ) {}

  /** Says that a run begins. The answer is to be called with its exit code, or with null where it was told to stop. */
  begin(job: string): (code: number | null) => void {
    const rid = randomUUID();
    const started = this.#call('/start', { rid }, job);
    return (code) => {
      if (code === null || UNDECIDED.includes(code)) return;
      const [path, facts] = code === DONE ? ['', { rid }] : ['/fail', { rid, exit: String(code) }];
      void this.#track(started.then(() => this.#call(path, facts, job)));
    };
  }

  /** Says that all is well. */
  alive(job: string): void {
    void this.#call('', {}, job);
  }

  /** Resolves when every call under way has its answer, or has been given up. */
  async idle(): Promise<void> {
    while (this.#underWay.size > 0) await Promise.all(this.#underWay);
  }

  #call(path: string, facts: Record<string, string>, job: string): Promise<void> {
    if (this.url === null) return Promise.resolve();
    const url = new URL(this.url.reveal());
    url.pathname = `${url.pathname.replace(/\/+$/, '')}${path}`;
    for (const [name, value] of Object.entries(facts)) url.searchParams.set(name, value);
    return this.#track(this.#get(url, job));
  }

  async #get(url: URL, job: string): Promise<void> {
    try {
      const answer = await fetch(url, { signal: AbortSignal.timeout(PATIENCE_MS) });
      await answer.body?.cancel();
      if (!answer.ok) this.logger.warn({ job, status: answer.status }, 'the watchdog refused a call');
    } catch (error) {
      // Whoever knows the whole address can silence the watchdog: it is not logged.
      const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
      this.logger.warn({ job, cause: messageOf(cause) }, 'the watchdog could not be called');
    }
  }

  #track(call: Promise<void>): Promise<void> {
    this.#underWay.add(call);
    return call.finally(() => this.#underWay.delete(call));
  }
}
