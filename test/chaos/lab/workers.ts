import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { Failpoint } from './failpoints.js';
import type { Installation } from './installation.js';

const KEPT_LINES = 400;

export interface WorkerOptions {
  readonly failpoint?: Failpoint | undefined;
  readonly only?: string;
  readonly env?: Readonly<Record<string, string>>;
}

interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** One `inventory-sync worker` of the lab. */
export class Worker {
  /** The last lines of its log. */
  readonly lines: string[] = [];
  readonly ended: Promise<Ending>;
  /** Undefined while it lives. */
  ending: Ending | undefined;
  /** The end that it came to was wished for. */
  dismissed = false;
  #ready = false;

  constructor(
    readonly child: ChildProcess,
    secrets: readonly string[],
    /** Told of each line in which a secret stands. */
    leaked: (line: string) => void,
  ) {
    let rest = '';
    const read = (part: Buffer): void => {
      const lines = (rest + part.toString()).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        if (line.includes('worker ready')) this.#ready = true;
        if (secrets.some((secret) => line.includes(secret))) leaked(line);
        this.lines.push(line);
        if (this.lines.length > KEPT_LINES) this.lines.shift();
      }
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    this.ended = new Promise((resolve) => {
      child.once('close', (code, signal) => {
        this.ending = { code, signal };
        resolve(this.ending);
      });
    });
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  /** Resolves when it has joined its groups, or has ended. */
  async ready(): Promise<void> {
    while (!this.#ready && this.ending === undefined) await delay(20);
  }

  signal(name: NodeJS.Signals): void {
    if (this.ending === undefined) this.child.kill(name);
  }

  async kill(): Promise<void> {
    this.dismissed = true;
    this.signal('SIGKILL');
    await this.ended;
  }

  /** SIGTERM, and the end that follows from it. */
  async leave(): Promise<Ending> {
    this.dismissed = true;
    this.signal('SIGTERM');
    return this.ended;
  }

  /** Has it been stopped, by itself or by us? */
  get frozen(): boolean {
    if (this.ending !== undefined) return false;
    try {
      const stat = readFileSync(`/proc/${this.pid}/stat`, 'utf8');
      return stat.slice(stat.lastIndexOf(')') + 2).startsWith('T');
    } catch {
      return false;
    }
  }
}

/** The workers of an installation, started and counted. */
export class Workers {
  readonly #all: Worker[] = [];
  readonly leaks: string[] = [];

  /** @param entry the bundled worker */
  constructor(
    private readonly installation: Installation,
    private readonly entry: string,
  ) {}

  start(options: WorkerOptions = {}): Worker {
    const { installation } = this;
    const args = [
      ...[this.entry, JSON.stringify(options.failpoint ?? null), installation.name],
      ...['--env-file', installation.envFile, 'worker'],
      ...(options.only === undefined ? [] : ['--only', options.only]),
    ];
    const child = spawn(process.execPath, args, {
      env: { ...installation.env(), ...options.env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const worker = new Worker(child, installation.secrets, (line) => this.leaks.push(line));
    this.#all.push(worker);
    return worker;
  }

  /** Started, and in their groups. */
  async startReady(count: number, options: WorkerOptions = {}): Promise<Worker[]> {
    const started = Array.from({ length: count }, () => this.start(options));
    await Promise.all(started.map((worker) => worker.ready()));
    return started;
  }

  get alive(): readonly Worker[] {
    return this.#all.filter((worker) => worker.ending === undefined);
  }

  /** Workers that ended although nobody wanted them to, by a failure of their own. */
  failed(): readonly Worker[] {
    return this.#all.filter(
      ({ ending, dismissed }) => !dismissed && ending !== undefined && ending.signal === null,
    );
  }

  /** The last lines that the workers of this round wrote, for a report. */
  lastLines(count: number): string[] {
    return this.#all.flatMap((worker) => worker.lines.slice(-count).map((line) => `[${worker.pid}] ${line}`));
  }

  /** All end at once, the frozen too. */
  async killAll(): Promise<void> {
    await Promise.all(this.alive.map((worker) => worker.kill()));
  }

  forget(): void {
    this.#all.length = 0;
    this.leaks.length = 0;
  }
}
