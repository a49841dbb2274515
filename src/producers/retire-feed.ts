import type { Feed } from '../domain/feed.js';
import type { FeedRegistry } from '../ports/feed-registry.js';
import type { ProductDirectory } from '../ports/marketplace.js';
import type { RawLog } from '../ports/raw-log.js';
import { RawRecords } from './raw-records.js';

export interface RetireDeps {
  readonly registry: Pick<FeedRegistry, 'register'>;
  readonly directory: Pick<ProductDirectory, 'standing'>;
  readonly log: RawLog;
  /** Partitions of raw-snapshots.v1, and the topics' prefix. */
  readonly partitions: number;
  readonly prefix: string;
  readonly now: () => Date;
  /** An id for the record, at most 64 characters. */
  readonly newId: () => string;
}

/**
 * Says in the log that a feed is not read any more, once: a feed that was never read, or is retired already, needs no
 * words. The next complete snapshot of it takes that back.
 *
 * @returns whether there was anything to say
 */
export async function retireFeed(feed: Feed, reason: string, deps: RetireDeps): Promise<boolean> {
  // Also one that never came to a good end: the rows that it did bring stand in the tables.
  const { known, retired } = await deps.directory.standing(feed);
  if (!known || retired) return false;
  const { partition } = await deps.registry.register(feed, deps.partitions);
  const records = new RawRecords(feed, deps.newId(), deps.prefix);
  await deps.log.append(partition, [records.retired(deps.now(), reason)]);
  return true;
}
