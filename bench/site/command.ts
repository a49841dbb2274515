import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { peakMegabytes } from '../dashboard/meter.js';
import type { Place } from './site.js';

const PEAK_EVERY_MS = 100;

/** The real command on an installation of the bench. */
export class Command {
  private readonly began = performance.now();
  private readonly lines: string[] = [];
  private readonly gone: Promise<unknown>;
  private readonly watch: NodeJS.Timeout;
  private heard: () => void = ignore;
  /** Megabytes, as far as it was looked at. */
  peak = 0;

  private constructor(
    private readonly child: ChildProcess,
    folder: string,
  ) {
    this.watch = setInterval(() => {
      this.peak = peakMegabytes(child.pid ?? 0) ?? this.peak;
    }, PEAK_EVERY_MS);
    this.gone = once(child, 'exit').finally(() => {
      clearInterval(this.watch);
      rmSync(folder, { recursive: true, force: true });
      this.heard();
    });
    if (child.stderr === null) throw new Error('a child without output');
    createInterface({ input: child.stderr }).on('line', (line) => {
      this.lines.push(line);
      this.heard();
    });
  }

  static start({ brokers, prefix, database, mysql }: Place, args: readonly string[]): Command {
    const folder = mkdtempSync(join(tmpdir(), 'inventory-sync-bench-'));
    const envFile = join(folder, 'empty.env');
    writeFileSync(envFile, '', { mode: 0o600 });
    const launcher = join(import.meta.dirname, '..', '..', 'src', 'cli', 'index.js');
    const child = spawn(process.execPath, [launcher, '--env-file', envFile, ...args], {
      cwd: folder,
      env: {
        ...{ PATH: process.env.PATH, LOCALE: 'en', LOG_LEVEL: 'warn' },
        ...{ KAFKA_BROKERS: brokers, KAFKA_TOPIC_PREFIX: prefix },
        ...{ DB_HOST: mysql.host, DB_PORT: String(mysql.port), DB_NAME: database },
        ...{ DB_USER: mysql.adminUser, DB_PASSWORD: mysql.adminPassword },
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    return new Command(child, folder);
  }

  /** Milliseconds since its start. */
  get age(): number {
    return performance.now() - this.began;
  }

  /** Resolves when a line on stderr fits. @throws where it ends without one */
  async says(wanted: RegExp): Promise<void> {
    while (!this.lines.some((line) => wanted.test(line))) {
      if (this.child.exitCode !== null) throw new Error(this.lines.join('\n'));
      await new Promise<void>((resolve) => {
        this.heard = resolve;
      });
    }
  }

  /** Resolves when it has ended well. @throws where it failed */
  async ended(): Promise<void> {
    await this.gone;
    if (this.child.exitCode !== 0) throw new Error(this.lines.join('\n'));
  }

  async stop(): Promise<void> {
    this.child.kill('SIGTERM');
    await this.gone;
  }
}

function ignore(): void {}
