import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Held, tryLock } from '../../../engines/lock.js';
import { dataFolder, enginesHome } from '../../../engines/paths.js';
import { AppError } from '../../errors.js';
import type { ShopCall } from './journal.js';

/** What one demo leaves for the next one. */
export interface DemoState {
  /** Of the run-time user that the demo makes in its own MySQL. */
  readonly dbPassword: string;
  readonly simulatorPort: number;
  readonly smtpPort: number;
  readonly dashboardPort: number;
  /** What the dashboard asks of whoever wants to steer. */
  readonly dashboardToken: string;
  /** Engines that a demo has started and not stopped yet: a pid, or null while it is starting. */
  readonly engines: Readonly<Partial<Record<EngineName, number | null>>>;
  /** What has happened in the simulated shop, by the database that was told about it. */
  readonly days: Readonly<Record<string, readonly ShopCall[]>>;
}

export type EngineName = 'Kafka' | 'MySQL';

/** `.engines/demo`: engines' data, logs, settings and what is to be remembered. Held by one demo at a time. */
export class DemoFolder {
  readonly envFile: string;
  readonly logs: string;
  #state: DemoState;

  private constructor(
    readonly dir: string,
    private readonly lock: Held,
  ) {
    this.envFile = join(dir, 'demo.env');
    this.logs = join(dir, 'logs');
    this.#state = { ...freshState(), ...readJson(this.#stateFile) };
  }

  /** @throws RUN_BUSY where another demo runs in it */
  static async open(): Promise<DemoFolder> {
    const dir = dataFolder(join(enginesHome(), 'demo'));
    const lock = await tryLock(`${dir} demo`);
    if (lock === undefined) {
      throw new AppError('RUN_BUSY', `another demo is running in ${dir}`, {
        remedy: 'stop it with Ctrl-C in its terminal, or wait until it ends, and start this one again',
      });
    }
    const folder = new DemoFolder(dir, lock);
    mkdirSync(folder.logs, { recursive: true, mode: 0o700 });
    folder.update({});
    return folder;
  }

  get state(): DemoState {
    return this.#state;
  }

  /** On the disk when it returns. */
  update(change: Partial<DemoState>): void {
    this.#state = { ...this.#state, ...change };
    writeWhole(this.#stateFile, `${JSON.stringify(this.#state)}\n`);
  }

  /** Readable by this user alone: there are passwords in it. */
  writeEnvFile(text: string): void {
    writeWhole(this.envFile, text);
  }

  close(): void {
    this.lock.release();
  }

  get #stateFile(): string {
    return join(this.dir, 'demo.json');
  }
}

function freshState(): DemoState {
  const dbPassword = randomBytes(18).toString('base64url');
  const dashboardToken = randomBytes(18).toString('base64url');
  const ports = { simulatorPort: 0, smtpPort: 0, dashboardPort: 0 };
  return { dbPassword, dashboardToken, ...ports, engines: {}, days: {} };
}

/** A file that is missing or damaged holds nothing worth keeping: the demo begins another day. */
function readJson(path: string): Partial<DemoState> {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Partial<DemoState>;
  } catch {
    return {};
  }
}

function writeWhole(path: string, text: string): void {
  const draft = `${path}.new`;
  writeFileSync(draft, text, { mode: 0o600 });
  renameSync(draft, path);
}
