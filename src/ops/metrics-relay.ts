import { AppError } from '../errors.js';
import type { Counters, Metrics, Timings } from '../ports/instruments.js';
import { within } from './deadline.js';
import { COUNTERS, TIMINGS } from './metric-names.js';

/** What a job of the scheduler's has counted and timed since it last told. */
interface Told {
  readonly inventorySyncMetrics: {
    readonly counts: readonly Entry[];
    readonly times: readonly Entry[];
  };
}

type Entry = readonly [name: string, labels: Readonly<Record<string, string>>, value: number];

const EVERY_MS = 1_000;
/** Timings kept until they are told; more are left out, counts never. */
const MOST_TIMES = 10_000;
const LAST_MS = 1_000;

/** Sends a message to the parent process; calls back when it is on its way, or never will be. */
export type SendUp = (message: object, done: () => void) => void;

/**
 * Jobs live for minutes and nobody scrapes them: what they measure goes to the scheduler, which shows it as its own.
 */
export class MetricsRelay implements Metrics {
  readonly #counts = new Map<string, [string, Readonly<Record<string, string>>, number]>();
  #times: Entry[] = [];
  readonly #timer: NodeJS.Timeout;

  constructor(private readonly send: SendUp) {
    this.#timer = setInterval(() => void this.#tell(), EVERY_MS);
    this.#timer.unref();
  }

  count<N extends keyof Counters>(name: N, labels: Counters[N], by = 1): void {
    const key = JSON.stringify([name, ...Object.values(labels)]);
    const known = this.#counts.get(key);
    if (known === undefined) this.#counts.set(key, [name, labels, by]);
    else known[2] += by;
  }

  time<N extends keyof Timings>(name: N, labels: Timings[N], seconds: number): void {
    if (this.#times.length < MOST_TIMES) this.#times.push([name, labels, seconds]);
  }

  /** Tells the rest. Never throws, and waits no longer than a second. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await within(LAST_MS, this.#tell(), tooSlow).catch(() => undefined);
  }

  #tell(): Promise<void> {
    if (this.#counts.size === 0 && this.#times.length === 0) return Promise.resolve();
    const counts = [...this.#counts.values()];
    const message: Told = { inventorySyncMetrics: { counts, times: this.#times } };
    this.#counts.clear();
    this.#times = [];
    return new Promise((resolve) => this.send(message, resolve));
  }
}

const tooSlow = () => new AppError('TIMED_OUT', 'the scheduler does not listen');

/** Enters what a job has told; anything else is no business of ours. */
export function replayMetrics(message: unknown, metrics: Metrics): void {
  if (!isTold(message)) return;
  const { counts, times } = message.inventorySyncMetrics;
  for (const [name, labels, value] of counts.filter(([name]) => name in COUNTERS))
    metrics.count(name as keyof Counters, labels as Counters[keyof Counters], value);
  for (const [name, labels, value] of times.filter(([name]) => name in TIMINGS))
    metrics.time(name as keyof Timings, labels as Timings[keyof Timings], value);
}

function isTold(message: unknown): message is Told {
  return typeof message === 'object' && message !== null && 'inventorySyncMetrics' in message;
}
