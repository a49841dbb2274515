import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type LoadOptions, loadConfig } from '../../../config/load.js';
import type { Environment } from '../../../config/resolve.js';
import { AppError } from '../../../src/errors.js';

/** A working folder and an install folder of a test's own, so that no `.env` of this machine is read. */
export class Workshop {
  readonly root = mkdtempSync(join(tmpdir(), 'inventory-sync-config-'));
  readonly cwd = join(this.root, 'work');
  readonly installFolder = join(this.root, 'install');

  constructor() {
    mkdirSync(this.cwd);
    mkdirSync(this.installFolder);
  }

  /** Writes a file below the root and gives its path. */
  write(name: string, content: string | Buffer, mode = 0o600): string {
    const path = join(this.root, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content, { mode });
    return path;
  }

  load(env: Environment = {}, options: LoadOptions = {}) {
    return loadConfig({ env, cwd: this.cwd, installFolder: this.installFolder, ...options });
  }

  /** The error of a load that must fail. */
  refusal(env: Environment = {}, options: LoadOptions = {}): AppError {
    try {
      this.load(env, options);
    } catch (error) {
      if (error instanceof AppError) return error;
      throw error;
    }
    throw new Error('the settings were accepted');
  }

  [Symbol.dispose](): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
