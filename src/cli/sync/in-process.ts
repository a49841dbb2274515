import { messageOf } from '../../errors.js';
import type { Installation } from '../../main.js';
import { WorkerRuntime } from '../../worker-runtime.js';
import type { InProcessReason } from './applied-wait.js';

/** Events and mail that take longer than this are left to the next run: the stock itself is applied by then. */
const DRAIN_MS = 120_000;
/** Where cron alone runs, old rows are deleted by some run of the day; a great many go in several. */
const HOUSEKEEPING_MS = 20_000;

export interface InProcessOptions {
  readonly installation: Installation;
  /** Told once, when it begins. */
  readonly onStart: (reason: InProcessReason) => void;
  /** Told once, before events and mail are brought to their end. */
  readonly onDrain: () => void;
}

/** Projector, anomaly and mailer for the length of one run, where no worker does the work. */
export class InProcessWorkers {
  #runtime: WorkerRuntime | undefined;
  #starting: Promise<void> | undefined;
  #failure: unknown;

  constructor(private readonly options: InProcessOptions) {}

  get failure(): unknown {
    return this.#failure;
  }

  get wereNeeded(): boolean {
    return this.#runtime !== undefined;
  }

  /** Begins in the background; further calls change nothing. What goes wrong is in {@link failure}. */
  begin(reason: InProcessReason): void {
    if (this.#runtime !== undefined) return;
    this.options.onStart(reason);
    this.#runtime = new WorkerRuntime(this.options.installation, { onFatal: (error) => this.#fail(error) });
    this.#starting = this.#runtime.start().catch((error: unknown) => this.#fail(error));
  }

  /** Brings what follows from the snapshots to its end, mail included, and leaves the groups. */
  async finish(signal: AbortSignal): Promise<void> {
    const runtime = this.#runtime;
    if (runtime === undefined) return;
    await this.#starting;
    try {
      if (this.#failure === undefined && !signal.aborted) await this.#drain(runtime, signal);
    } catch (error) {
      this.#leave(messageOf(error));
    } finally {
      await runtime.stop();
    }
  }

  async #drain(runtime: WorkerRuntime, signal: AbortSignal): Promise<void> {
    this.options.onDrain();
    const tooLong = AbortSignal.timeout(DRAIN_MS);
    await runtime.drained(AbortSignal.any([signal, tooLong]));
    if (this.#failure !== undefined) this.#leave(messageOf(this.#failure));
    else if (tooLong.aborted) this.#leave(`they took longer than ${DRAIN_MS / 1000} s`);
    else await runtime.keepHouse(AbortSignal.any([signal, AbortSignal.timeout(HOUSEKEEPING_MS)]));
  }

  #leave(why: string): void {
    this.options.installation.logger.warn({}, `alerts and mail are left to the next run: ${why}`);
  }

  #fail(error: unknown): void {
    this.#failure ??= error;
  }
}
