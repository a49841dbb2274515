import { setTimeout as delay } from 'node:timers/promises';
import type { Config } from '../config/schema.js';
import { messageOf } from './errors.js';
import type { Logger } from './ports/logger.js';
import type { Database } from './store/database.js';
import { keepHouse } from './store/housekeeping.js';

/** Once a day, by whichever process comes first. */
const EVERY_MS = 24 * 60 * 60 * 1000;
/** How often a worker looks whether the day is over. */
const LOOK_MS = 60 * 60 * 1000;
/** A worker that has just begun has something better to do. */
const FIRST_LOOK_MS = 60 * 1000;

/** Trims the tables beside the work, never in its way: what fails is told and left to the next time. */
export class Housekeeper {
  readonly #stopped = new AbortController();
  #running: Promise<void> = Promise.resolve();

  constructor(
    private readonly db: Database,
    private readonly retention: Config['retention'],
    private readonly logger: Logger,
  ) {}

  /** From now on once a day, until {@link stop}. */
  start(): void {
    this.#running = this.#loop();
  }

  /** Now, if it is due; ends early when told to. */
  async runOnce(signal: AbortSignal): Promise<void> {
    const stop = AbortSignal.any([signal, this.#stopped.signal]);
    try {
      const { ledgerDays, eventDays } = this.retention;
      const trimmed = await keepHouse(this.db, { ledgerDays, eventDays }, EVERY_MS, () => stop.aborted);
      if (trimmed !== null) this.logger.info({ ...trimmed }, 'old rows were deleted');
    } catch (error) {
      this.logger.warn({ error: messageOf(error) }, 'old rows could not be deleted: left to the next time');
    }
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#running;
  }

  async #loop(): Promise<void> {
    const { signal } = this.#stopped;
    for (let wait = FIRST_LOOK_MS; !signal.aborted; wait = LOOK_MS) {
      await delay(wait, undefined, { signal }).catch(() => undefined);
      if (!signal.aborted) await this.runOnce(signal);
    }
  }
}
