import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scratchFolder, testEngines } from './engines.js';
import type { Pipeline } from './pipeline.js';

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program of ours that runs beside the test, from its sources. */
export class Beside {
  readonly ended: Promise<Ended>;
  private readonly listeners = new Set<() => void>();
  private stdout = '';
  private stderr = '';

  constructor(readonly child: ChildProcess) {
    child.stdout?.on('data', (part: Buffer) => {
      this.stdout += part.toString();
      for (const told of this.listeners) told();
    });
    child.stderr?.on('data', (part: Buffer) => {
      this.stderr += part.toString();
      for (const told of this.listeners) told();
    });
    this.ended = new Promise((resolve) => {
      child.once('close', (code, signal) =>
        resolve({ code, signal, stdout: this.stdout, stderr: this.stderr }),
      );
    });
  }

  /** Resolves when it has said this, or has ended. */
  async says(text: RegExp): Promise<void> {
    const said = new Promise<void>((resolve) => {
      const look = () => {
        if (text.test(this.stdout + this.stderr)) resolve();
      };
      this.listeners.add(look);
      look();
    });
    await Promise.race([said, this.ended]);
  }

  async kill(): Promise<Ended> {
    this.child.kill('SIGKILL');
    return this.ended;
  }
}

export function startScript(script: string, ...args: readonly string[]): Beside {
  return besides([join(import.meta.dirname, '..', '..', script), ...args], process.env);
}

/** `inventory-sync …` with the settings of a test's pipe. */
export function startCommand(pipe: Pipeline, ...args: readonly string[]): Beside {
  const { host, port, database, user, password } = pipe.database;
  const envFile = join(scratchFolder('command'), 'empty.env');
  writeFileSync(envFile, '', { mode: 0o600 });
  const launcher = join(import.meta.dirname, '..', '..', 'src', 'cli', 'index.ts');
  return besides([launcher, '--env-file', envFile, ...args], {
    PATH: process.env.PATH,
    LOCALE: 'en',
    KAFKA_BROKERS: testEngines().kafka.brokers,
    KAFKA_TOPIC_PREFIX: pipe.prefix,
    KAFKA_SESSION_TIMEOUT: '6',
    DB_HOST: host,
    DB_PORT: String(port),
    DB_NAME: database,
    DB_USER: user,
    DB_PASSWORD: password,
  });
}

function besides(args: readonly string[], env: NodeJS.ProcessEnv): Beside {
  return new Beside(
    spawn(process.execPath, ['--import', 'tsx', ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] }),
  );
}
