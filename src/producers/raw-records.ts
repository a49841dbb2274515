import { type Feed, formatFeed } from '../domain/feed.js';
import type { Places, SnapshotScope } from '../domain/snapshot.js';
import { EVENT_TYPES, type EventType, envelope } from '../events/envelope.js';
import type { RawEvent, SnapshotCompleted, SnapshotFailed, SnapshotStarted } from '../events/raw-snapshot.js';
import type { FetchedPage } from '../ports/marketplace.js';
import type { RawRecord } from '../ports/raw-log.js';
import { cutChunks } from './cut-chunks.js';

/** Bytes of UTF-8 that no record value exceeds: brokers refuse batches above 1 MiB unless told otherwise. */
const LARGEST_VALUE = 900_000;

type Ending = Omit<SnapshotCompleted, 'feed' | 'snapshotId'> | Omit<SnapshotFailed, 'feed' | 'snapshotId'>;

/** Writes the records of one snapshot, numbered in the order in which they are made: `ce_id` is `<snapshot>/<number>`. */
export class RawRecords {
  readonly #feed: string;
  #number = 0;

  constructor(
    feed: Feed,
    readonly snapshotId: string,
    private readonly prefix: string,
  ) {
    this.#feed = formatFeed(feed);
  }

  started(event: Omit<SnapshotStarted, 'feed' | 'snapshotId'>): RawRecord {
    return this.#event(
      { ...this.#named(event.type), ...event },
      EVENT_TYPES.snapshotStarted,
      event.startedAt,
    );
  }

  ended(event: Ending): RawRecord {
    return event.type === 'snapshot-completed'
      ? this.#event(
          { ...this.#named(event.type), ...event },
          EVENT_TYPES.snapshotCompleted,
          event.completedAt,
        )
      : this.#event({ ...this.#named(event.type), ...event }, EVENT_TYPES.snapshotFailed, event.failedAt);
  }

  /** Nobody reads this feed any more: what it holds closes. */
  retired(at: Date, reason: string): RawRecord {
    const time = at.toISOString();
    const event = { type: 'feed-retired', feed: this.#feed, retiredAt: time, reason } as const;
    return this.#event(event, EVENT_TYPES.feedRetired, time);
  }

  /**
   * The chunks of a page, each made when it is asked for, so that a large page is never in memory twice. Each one
   * says what the page was asked for, as each is read by itself.
   *
   * @param page number of the page, from 1
   * @throws AppError API_BAD_ANSWER before the first chunk where a row fits into none
   */
  *chunks(page: number, fetched: FetchedPage, batchSize: number): Generator<RawRecord> {
    const head = JSON.stringify({ ...this.#named('page-chunk'), fetchedAt: fetched.fetchedAt, page }).slice(
      0,
      -1,
    );
    const query = fetched.query === undefined ? '' : `"query":${JSON.stringify(fetched.query)},`;
    const open = (chunk: number, chunks: number) =>
      `${head},"chunk":${chunk},"chunks":${chunks},${query}"rows":[`;
    const longest = Buffer.byteLength(open(fetched.rows.length, fetched.rows.length)) + ']}'.length;
    const ranges = cutChunks(fetched.rows, { rows: batchSize, bytes: LARGEST_VALUE - longest - 1 });
    for (const [index, { from, to }] of ranges.entries()) {
      const value = `${open(index + 1, ranges.length)}${fetched.rows.slice(from, to).join(',')}]}`;
      yield this.#record(value, EVENT_TYPES.pageChunk, fetched.fetchedAt);
    }
  }

  /** The fields that every record opens with. */
  #named<T extends RawEvent['type']>(type: T): { type: T; feed: string; snapshotId: string } {
    return { type, feed: this.#feed, snapshotId: this.snapshotId };
  }

  #event(event: RawEvent, type: EventType, time: string): RawRecord {
    return this.#record(JSON.stringify(event), type, time);
  }

  #record(value: string, type: EventType, time: string): RawRecord {
    this.#number += 1;
    const id = `${this.snapshotId}/${this.#number}`;
    return { key: this.#feed, value, headers: envelope({ id, type, prefix: this.prefix, time }) };
  }
}

/** A copy of the scope with mutable lists, as the event's type has it. */
export function plainScope({ schemes, places, byIds, partial }: SnapshotScope): SnapshotStarted['scope'] {
  return {
    schemes: [...schemes],
    ...(places && { places: Object.fromEntries(Object.entries(places).map(plainPlaces)) }),
    ...(byIds === true && { byIds }),
    ...(partial === true && { partial }),
  };
}

function plainPlaces([scheme, places]: [string, Places]): [string, 'total' | 'warehouses' | string[]] {
  return [scheme, typeof places === 'string' ? places : [...places]];
}
