import { setTimeout as delay } from 'node:timers/promises';
import type { Source } from '../../domain/stock-key.js';
import { AppError, EXIT } from '../../errors.js';
import { within } from '../../ops/deadline.js';
import type { Words } from '../words.js';
import { Child, howItEnded } from './child.js';
import type { Closers } from './closers.js';

/** What `sync --json` prints, as far as it matters here. */
export interface SyncDocument {
  readonly exitCode: number;
  readonly durationMs: number;
  readonly sources: readonly SyncedSource[];
  readonly error: Complaint | null;
}

export interface SyncedSource {
  readonly source: Source;
  readonly status: string;
  readonly rows: number;
  readonly changes: { readonly created: number; readonly updated: number; readonly closed: number } | null;
  readonly snapshots: readonly { readonly snapshotId: string | null }[];
  readonly error: Complaint | null;
}

interface Complaint {
  readonly code: string;
  readonly message: string;
  readonly remedy: string | null;
}

export interface SyncRunOptions {
  readonly envFile: string;
  readonly words: Words;
  readonly onLine?: ((line: string) => void) | undefined;
  /** A killed run has left its lease, which ends by itself. */
  readonly onBusy: () => void;
}

/** A hanging marketplace or worker is the program's to deal with: it gives up long before this. */
const LONGEST_MS = 7 * 60_000;
/** Leases of killed runs last a minute. */
const BUSY_TRIES = 15;
const BUSY_PAUSE_MS = 5_000;

/** `sync --source=all` as a command of its own. At most one at a time. */
export class SyncRunner {
  /** Says nothing of what sync says while it works. */
  isQuiet = false;
  #running: Child | undefined;

  constructor(
    private readonly options: SyncRunOptions,
    closers: Closers,
  ) {
    closers.add(async () => {
      await this.#running?.stop();
    });
  }

  /** @throws ENGINE_FAILED where it says nothing that can be read, TIMED_OUT */
  async run(signal: AbortSignal): Promise<SyncDocument> {
    for (let attempt = 1; ; attempt += 1) {
      const document = await this.#once();
      const isBusy = document.sources.some(({ error }) => error?.code === 'RUN_BUSY');
      if (!isBusy || attempt === BUSY_TRIES) return document;
      if (attempt === 1) this.options.onBusy();
      await delay(BUSY_PAUSE_MS, undefined, { signal });
    }
  }

  async #once(): Promise<SyncDocument> {
    const { envFile, words } = this.options;
    const child = new Child({
      name: 'sync',
      args: ['sync', '--source=all', '--json'],
      ...{ envFile, words, onLine: (line) => this.#pass(line) },
    });
    this.#running = child;
    try {
      const ended = await within(LONGEST_MS, child.ended, () =>
        child.failure(`has not ended in ${LONGEST_MS / 60_000} minutes`, 'TIMED_OUT'),
      );
      return parse(ended.stdout) ?? fail(child.failure(`ended ${howItEnded(ended)} and said nothing of use`));
    } finally {
      if (child === this.#running) this.#running = undefined;
      await child.stop();
    }
  }

  /** What went wrong is in the document, and told from there. */
  #pass(line: string): void {
    const { error, remedy } = this.options.words;
    const isComplaint = line.startsWith(`${error}:`) || line.startsWith(`${remedy}:`);
    if (!this.isQuiet && !isComplaint) this.options.onLine?.(line);
  }
}

/** @throws ENGINE_FAILED where it was not a success, with what it said and its remedy */
export function requireSuccess(document: SyncDocument): SyncDocument {
  if (document.exitCode === EXIT.ok) return document;
  const complaint = document.error ?? document.sources.find(({ error }) => error !== null)?.error;
  throw new AppError(
    'ENGINE_FAILED',
    `sync ended with code ${document.exitCode}: ${complaint?.message ?? 'no reason was given'}`,
    { remedy: complaint?.remedy ?? undefined },
  );
}

function parse(text: string): SyncDocument | undefined {
  try {
    return JSON.parse(text) as SyncDocument;
  } catch {
    return undefined;
  }
}

function fail(error: AppError): never {
  throw error;
}
