import { parseExactJson } from '../domain/json.js';
import { AppError } from '../errors.js';
import { EVENT_TYPES } from '../events/envelope.js';
import { generationReady } from '../events/raw-snapshot.js';
import type { LogRecord } from '../ports/log-records.js';
import type { NormaliserOf } from '../ports/marketplace.js';
import type { PartitionPlace, PartitionProcessor } from '../ports/partition-processor.js';
import type { ShadowStore } from '../ports/replay.js';
import { createProjectorApp } from './projector.js';

export interface ShadowOptions {
  readonly prefix: string;
  readonly normaliserOf: NormaliserOf;
  /** Rows that may be held in memory of this feed. */
  readonly stateRows: number;
}

/**
 * One feed of a replay: the very fold of the live projector over the same records, into tables of its own. Comes to a
 * standstill at the feed's announcement.
 */
export class ShadowFeed {
  /** Records before this offset have been read in this process. */
  private readTo: number;

  private constructor(
    private readonly store: ShadowStore,
    private readonly processor: PartitionProcessor,
  ) {
    this.readTo = this.readFrom;
  }

  /** @param place the partition with its present bounds; where to go on is the store's to say */
  static async open(
    store: ShadowStore,
    place: Omit<PartitionPlace, 'checkpoint'>,
    options: ShadowOptions,
  ): Promise<ShadowFeed> {
    if (store.readyOffset === null && store.nextOffset < place.logStart) {
      throw new AppError(
        'TOPIC_DIVERGED',
        `the log of partition ${place.partition} begins at ${place.logStart}, the replay had come to ${store.nextOffset}`,
        { remedy: 'discard this replay, and begin another one' },
      );
    }
    const app = createProjectorApp({ ...options, store });
    return new ShadowFeed(store, await app.open({ ...place, checkpoint: store.nextOffset }));
  }

  get key(): string {
    return this.store.key;
  }

  get partition(): number {
    return this.store.partition;
  }

  get isFrozen(): boolean {
    return this.store.readyOffset !== null;
  }

  /** Has a whole snapshot been applied? Without one the feed keeps its live rows. */
  get counts(): boolean {
    return this.store.folded.applied !== null;
  }

  get isAnnounced(): boolean {
    return this.store.token !== null;
  }

  /** Where the partition has to be read from for this feed. */
  get readFrom(): number {
    return this.isFrozen ? Number.POSITIVE_INFINITY : this.processor.rewindTo;
  }

  announce(token: string): Promise<void> {
    return this.store.announce(token);
  }

  /** Records of the partition, in order; what was read before, and what is another feed's, is passed over. */
  async take(records: readonly LogRecord[], heartbeat: () => Promise<void>): Promise<void> {
    if (this.isFrozen) return;
    const ours = records.filter(({ key, offset }) => key === this.key && offset >= this.readTo);
    const known = ours.filter(({ offset }) => offset < this.store.nextOffset);
    if (known.length > 0) await this.processor.recall(known);
    const fresh = ours.slice(known.length);
    const end = fresh.findIndex((record) => this.isAnnouncement(record));
    const announcement = fresh[end];
    await this.fold(announcement === undefined ? fresh : fresh.slice(0, end), heartbeat);
    // The owner may have given it up before we came here.
    if (announcement !== undefined && !(await this.store.freeze(announcement.offset))) {
      await this.fold(fresh.slice(end), heartbeat);
    }
    this.readTo = Math.max(this.readTo, (ours.at(-1)?.offset ?? -1) + 1);
  }

  private async fold(records: readonly LogRecord[], heartbeat: () => Promise<void>): Promise<void> {
    for (let rest = records; rest.length > 0; ) {
      const step = rest.slice(0, this.processor.take(rest));
      rest = rest.slice(step.length);
      const next = (step.at(-1)?.offset ?? 0) + 1;
      const work = await this.processor.fold(step);
      await this.store.advance(next, (tx) => work.write(tx));
      this.processor.settled?.();
      this.readTo = next;
      await heartbeat();
    }
  }

  private isAnnouncement({ headers, value }: LogRecord): boolean {
    if (headers.ce_type !== EVENT_TYPES.generationReady || this.store.token === null) return false;
    try {
      const event = generationReady.safeParse(parseExactJson(String(value)));
      return event.success && event.data.token === this.store.token;
    } catch {
      return false;
    }
  }
}
