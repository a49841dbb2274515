import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../errors.js';
import type { Logger } from '../ports/logger.js';

/**
 * A file whose age says whether a long-lived command still gets on: `<folder>/<command>.alive`. It holds the time of the
 * last beat, and a check looks at when it was changed. What cannot be written costs nothing but a warning, once.
 */
export class Heartbeat {
  #isTold = false;

  /** @param folder HEARTBEAT_PATH; null: no file */
  constructor(
    private readonly folder: string | null,
    private readonly command: string,
    private readonly logger: Logger,
  ) {}

  /** To be called only when all is well. Never throws. */
  beat(): void {
    if (this.folder === null) return;
    const file = join(this.folder, `${this.command}.alive`);
    try {
      mkdirSync(this.folder, { recursive: true });
      writeFileSync(file, `${new Date().toISOString()}\n`, { mode: 0o640 });
      this.#isTold = false;
    } catch (error) {
      if (!this.#isTold)
        this.logger.warn({ file, cause: messageOf(error) }, 'the heartbeat cannot be written');
      this.#isTold = true;
    }
  }
}
