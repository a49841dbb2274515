import { AppError } from '../errors.js';

/** By convention 128 + the signal's number. */
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143 } as const;
type StopSignal = 'SIGINT' | 'SIGTERM';

export interface ShutdownOptions {
  /** Milliseconds that an orderly end may take. */
  readonly graceMs: number;
  /** Told once, at the first signal. */
  readonly onSignal?: ((signal: StopSignal) => void) | undefined;
  /** `process` unless told. */
  readonly process?: Pick<NodeJS.Process, 'on' | 'off' | 'exit'> | undefined;
}

/**
 * The first SIGINT or SIGTERM asks for an orderly end, the second one ends the process at once, and so does an
 * orderly end that takes too long.
 */
export class Shutdown {
  readonly #controller = new AbortController();
  readonly #process: Pick<NodeJS.Process, 'on' | 'off' | 'exit'>;
  #received: StopSignal | null = null;
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: ShutdownOptions) {
    this.#process = options.process ?? process;
    this.#process.on('SIGINT', this.#handle).on('SIGTERM', this.#handle);
  }

  /** Fires at the first signal. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** What a process that was told to stop ends with; null where none was told. */
  get exitCode(): number | null {
    return this.#received === null ? null : EXIT_CODES[this.#received];
  }

  /** Resolves at the first signal. */
  requested(): Promise<void> {
    const { signal } = this.#controller;
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#process.off('SIGINT', this.#handle).off('SIGTERM', this.#handle);
  }

  readonly #handle = (signal: StopSignal): void => {
    if (this.#received !== null) {
      this.#process.exit(EXIT_CODES[signal]);
      return;
    }
    this.#received = signal;
    this.options.onSignal?.(signal);
    this.#timer = setTimeout(() => this.#process.exit(EXIT_CODES[signal]), this.options.graceMs);
    this.#timer.unref();
    this.#controller.abort(new AppError('TIMED_OUT', `stopped by ${signal} before the end`));
  };
}
