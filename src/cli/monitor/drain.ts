import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../../errors.js';
import type { Installation } from '../../main.js';
import { WorkerRuntime } from '../../worker-runtime.js';

/** How long a verdict may wait for the rules. */
const JUDGE_MS = 20_000;
/** For rules and mail together; what takes longer is left to the next run. */
const DRAIN_MS = 60_000;
/** A group whose last member has just left says so a moment later. */
const TICK_MS = 50;

/** Rules and mail, brought to their end in this process where no worker of the kind lives. Nothing here throws. */
export class Drain {
  readonly #runtime: WorkerRuntime | undefined;
  readonly #over: AbortSignal;
  readonly #tooLong = AbortSignal.timeout(DRAIN_MS);
  readonly #ready: Promise<void> = Promise.resolve();
  #failure: unknown;

  /** @param members live ones of projector, anomaly and mailer */
  constructor(
    private readonly installation: Installation,
    [, anomaly, mailer]: readonly [number, number, number],
    signal: AbortSignal,
  ) {
    this.#over = AbortSignal.any([signal, this.#tooLong]);
    const only = [
      ...(anomaly === 0 ? (['anomaly'] as const) : []),
      ...(mailer === 0 ? (['mailer'] as const) : []),
    ];
    if (only.length === 0 || signal.aborted) return;
    this.#runtime = new WorkerRuntime(installation, { only, onFatal: (error) => this.#fail(error) });
    this.#ready = this.#read(this.#runtime);
  }

  /** Resolves when the rules have judged all that was published, or when a verdict should wait no longer. */
  async judged(): Promise<void> {
    const patience = new AbortController();
    await Promise.race([
      this.#ready,
      delay(JUDGE_MS, undefined, { signal: patience.signal }).catch(() => undefined),
    ]);
    patience.abort();
  }

  /** Sends what is due, however slow the mail server is, and leaves the groups. */
  async finish(): Promise<void> {
    const runtime = this.#runtime;
    if (runtime === undefined) return;
    await this.#ready;
    if (!this.#over.aborted && this.#failure === undefined)
      await runtime.flushed().catch((error: unknown) => this.#fail(error));
    await runtime.stop().catch((error: unknown) => this.#fail(error));
    if (this.#tooLong.aborted) this.#fail(new Error(`they took longer than ${DRAIN_MS / 1000} s`));
    if (this.#failure !== undefined)
      this.installation.logger.warn(
        {},
        `alerts and mail are left to the next run: ${messageOf(this.#failure)}`,
      );
  }

  async #read(runtime: WorkerRuntime): Promise<void> {
    const started = new AbortController();
    try {
      await Promise.race([runtime.start(), this.#end(started.signal)]);
      if (!this.#over.aborted && this.#failure === undefined) await runtime.caughtUp(this.#over);
    } catch (error) {
      this.#fail(error);
    } finally {
      started.abort();
    }
  }

  async #end(started: AbortSignal): Promise<void> {
    while (!this.#over.aborted && !started.aborted && this.#failure === undefined) await delay(TICK_MS);
  }

  #fail(error: unknown): void {
    this.#failure ??= error;
  }
}
