import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../../errors.js';
import type { Logger } from '../../ports/logger.js';
import type { Marks } from '../../producers/poll-schedule.js';

/**
 * What has run, kept over restarts. A file that cannot be read or written costs no run: the schedule then knows
 * nothing of the time before its start, and says so in its log once.
 */
export class MarkFile {
  readonly #path: string | null;
  #isTold = false;

  /** @param folder null: nothing is kept */
  constructor(
    folder: string | null,
    private readonly logger: Logger,
  ) {
    this.#path = folder === null ? null : join(folder, 'schedule.json');
  }

  read(): Marks {
    if (this.#path === null) return {};
    try {
      const kept: unknown = JSON.parse(readFileSync(this.#path, 'utf8'));
      if (typeof kept !== 'object' || kept === null) return {};
      return Object.fromEntries(
        Object.entries(kept).filter((entry): entry is [string, number] => Number.isSafeInteger(entry[1])),
      );
    } catch (error) {
      if (!isMissing(error)) this.#tell(error, 'what has run could not be read: beginning now');
      return {};
    }
  }

  write(marks: Marks): void {
    if (this.#path === null) return;
    const draft = `${this.#path}.new`;
    try {
      mkdirSync(join(this.#path, '..'), { recursive: true });
      writeFileSync(draft, `${JSON.stringify(marks)}\n`, { mode: 0o640 });
      renameSync(draft, this.#path);
      this.#isTold = false;
    } catch (error) {
      this.#tell(
        error,
        'what has run could not be kept: missed runs will not be made up for after a restart',
      );
    }
  }

  #tell(error: unknown, message: string): void {
    if (this.#isTold) return;
    this.#isTold = true;
    this.logger.warn({ file: this.#path, cause: messageOf(error) }, message);
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
