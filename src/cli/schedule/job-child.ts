import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** The program itself, as it is started again for every job. */
export const LAUNCHER = fileURLToPath(new URL('../index.js', import.meta.url));
/** Ends a job whose scheduler was killed. */
const LEASH = new URL('../demo/leash.js', import.meta.url).href;

/** Set for children: the scheduler tells the watchdog of them, also of those that crash. */
export const SCHEDULED = 'INVENTORY_SYNC_SCHEDULED';

const FAILED = 1;

export interface JobChildOptions {
  /** Arguments of `inventory-sync`. */
  readonly args: readonly string[];
  readonly envFile: string | null;
  /** A line of the job's output, of either kind. */
  readonly onLine: (line: string) => void;
  /** What the job tells of itself over the channel between us. */
  readonly onMessage?: ((message: unknown) => void) | undefined;
  /** Instead of what this process has. */
  readonly env?: Readonly<Record<string, string>> | undefined;
}

export interface Ended {
  /** The exit code; of a job ended by a signal 128 + its number is not known here, so 1. */
  readonly code: number;
  readonly signal: NodeJS.Signals | null;
}

/** One run of one job, as a process of its own: whatever becomes of it, the scheduler goes on. */
export class JobChild {
  readonly ended: Promise<Ended>;
  readonly #process: ChildProcess;

  constructor({ args, envFile, onLine, onMessage, env }: JobChildOptions) {
    const settings = envFile === null ? [] : ['--env-file', envFile];
    this.#process = spawn(process.execPath, ['--import', LEASH, LAUNCHER, ...settings, ...args], {
      // Out of reach of the terminal's Ctrl-C: the scheduler tells them to stop, once.
      detached: true,
      env: { ...process.env, ...env, [SCHEDULED]: '1' },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    for (const output of [this.#process.stdout, this.#process.stderr])
      if (output !== null) createInterface({ input: output }).on('line', onLine);
    if (onMessage !== undefined) this.#process.on('message', onMessage);
    this.ended = new Promise((resolve) => {
      this.#process.once('error', (error) => {
        onLine(error.message);
        // Where it could not even be started, nothing is closed either.
        if (this.#process.pid === undefined) resolve({ code: FAILED, signal: null });
      });
      this.#process.once('close', (code, signal) => resolve({ code: code ?? FAILED, signal }));
    });
  }

  /** Asks for an orderly end, or, with SIGKILL, ends it. */
  stop(signal: 'SIGTERM' | 'SIGKILL'): void {
    this.#process.kill(signal);
  }
}

/** In a job: how to tell the scheduler something; undefined where none has started this process. */
export function toScheduler(): ((message: object, done: () => void) => void) | undefined {
  if (process.env[SCHEDULED] === undefined || process.send === undefined) return undefined;
  // It may have gone meanwhile: then nobody listens, and the job has other worries.
  return (message, done) => void process.send?.(message, undefined, undefined, () => done());
}
