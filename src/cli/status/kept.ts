/** Others may be using what has failed for one: they come to their end first. Longer than any look may take. */
const GRACE_MS = 10_000;

/** Something that is opened when first used, kept, and opened anew after it has failed. */
export class Kept<T extends { close(): Promise<void> }> {
  #opened: Promise<T> | undefined;

  constructor(
    private readonly open: () => Promise<T>,
    private readonly graceMs = GRACE_MS,
  ) {}

  /** @throws what opening or the work throws */
  async use<R>(work: (one: T) => Promise<R>): Promise<R> {
    this.#opened ??= this.open();
    const opened = this.#opened;
    try {
      return await work(await opened);
    } catch (error) {
      if (this.#opened === opened) {
        this.#opened = undefined;
        setTimeout(() => void letGo(opened), this.graceMs).unref();
      }
      throw error;
    }
  }

  async close(): Promise<void> {
    const opened = this.#opened;
    this.#opened = undefined;
    if (opened !== undefined) await letGo(opened);
  }
}

/** What could not be opened needs no closing, and what breaks while it is closed is gone too. */
async function letGo(opened: Promise<{ close(): Promise<void> }>): Promise<void> {
  try {
    await (await opened).close();
  } catch {
    // Nobody can do anything about it.
  }
}
