import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, type WriteStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { SETTINGS } from '../../../config/schema.js';
import { AppError } from '../../errors.js';
import { within } from '../../ops/deadline.js';
import { plainLine } from '../plain-log.js';
import type { Words } from '../words.js';

const KEPT_LINES = 200;
/** A command that was asked to end may take this long before it is ended. */
const STOP_MS = 10_000;

export interface ChildOptions {
  /** For people: "worker 1". */
  readonly name: string;
  readonly args: readonly string[];
  readonly envFile: string;
  /** What it says goes there too. */
  readonly logFile?: string | undefined;
  readonly words: Words;
  readonly onLine?: ((line: string) => void) | undefined;
}

export interface Ended {
  /** Null where a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
}

/** A command of this program, running beside the demo with the demo's settings and no others. */
export class Child {
  readonly name: string;
  readonly ended: Promise<Ended>;
  readonly #process: ChildProcess;
  readonly #lines: string[] = [];
  readonly #waiting = new Set<(line: string) => void>();
  #isStopping = false;

  constructor(private readonly options: ChildOptions) {
    this.name = options.name;
    const log = options.logFile === undefined ? undefined : logStream(options.logFile);
    this.#process = spawn(
      process.execPath,
      ['--import', LEASH, LAUNCHER, '--env-file', options.envFile, ...options.args],
      {
        // Out of reach of the terminal's Ctrl-C: the demo stops them, in the right order.
        detached: true,
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
        env: withoutSettings(process.env),
      },
    );
    const stdout: Buffer[] = [];
    this.#process.stdout?.on('data', (part: Buffer) => stdout.push(part));
    if (this.#process.stderr !== null)
      createInterface({ input: this.#process.stderr }).on('line', (line) => this.#take(line, log));
    this.ended = new Promise((resolve) => {
      this.#process.once('error', (error) => this.#take(error.message, log));
      this.#process.once('close', (code, signal) => {
        log?.end();
        resolve({ code, signal, stdout: Buffer.concat(stdout).toString('utf8') });
      });
    });
  }

  get isStopping(): boolean {
    return this.#isStopping;
  }

  /** @throws ENGINE_FAILED with what it said last where it ends before, TIMED_OUT where it takes too long */
  async says(text: string, timeoutMs: number): Promise<void> {
    let hear: (line: string) => void = () => undefined;
    const heard = new Promise<void>((resolve) => {
      hear = (line) => line.includes(text) && resolve();
    });
    this.#waiting.add(hear);
    for (const line of this.#lines) hear(line);
    const ended = this.ended.then((how) => {
      throw this.failure(`ended before its time, ${howItEnded(how)}`);
    });
    // Told here or not at all: it may end when nobody waits any more.
    ended.catch(() => undefined);
    try {
      await within(timeoutMs, Promise.race([heard, ended]), () =>
        this.failure(`was not ready after ${timeoutMs / 1000} s`, 'TIMED_OUT'),
      );
    } finally {
      this.#waiting.delete(hear);
    }
  }

  failure(what: string, code: 'ENGINE_FAILED' | 'TIMED_OUT' = 'ENGINE_FAILED'): AppError {
    const { logFile } = this.options;
    const last = this.lastLines(12);
    const remedy = logFile === undefined ? undefined : `read ${logFile}, then start the demo again`;
    return new AppError(code, `${this.name} ${what}${last === '' ? '' : `. It said last:\n${last}`}`, {
      remedy,
    });
  }

  /** What it said last, as people read it. */
  lastLines(count: number): string {
    return this.#lines
      .slice(-count)
      .map((line) => `  ${plainLine(line, this.options.words)}`)
      .join('\n');
  }

  /** Asks it to end, and insists after ten seconds. May be called twice. */
  async stop(): Promise<Ended> {
    this.#isStopping = true;
    this.#process.kill('SIGTERM');
    const insist = setTimeout(() => this.#process.kill('SIGKILL'), STOP_MS);
    try {
      return await this.ended;
    } finally {
      clearTimeout(insist);
    }
  }

  #take(line: string, log: WriteStream | undefined): void {
    log?.write(`${line}\n`);
    if (line.trim() === '') return;
    this.#lines.push(line);
    if (this.#lines.length > KEPT_LINES) this.#lines.shift();
    for (const hear of this.#waiting) hear(line);
    this.options.onLine?.(line);
  }
}

export function howItEnded({ code, signal }: Pick<Ended, 'code' | 'signal'>): string {
  return code === null ? `by ${signal}` : `with code ${code}`;
}

const LAUNCHER = fileURLToPath(new URL('../index.js', import.meta.url));
const LEASH = new URL('./leash.js', import.meta.url).href;

function logStream(path: string): WriteStream {
  const stream = createWriteStream(path, { flags: 'w', mode: 0o600 });
  // A full disk must not end the demo; what was said last is also kept in memory.
  stream.on('error', () => undefined);
  return stream;
}

/** The environment stands before the settings file: what is in it for another installation must not get into the demo. */
export function withoutSettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const ours = new Set(SETTINGS.flatMap((setting) => [setting.env, `${setting.env}_FILE`]));
  return Object.fromEntries(Object.entries(env).filter(([name]) => !ours.has(name)));
}
