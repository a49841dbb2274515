import { SetDigest } from '../domain/digest.js';
import { type Feed, formatFeed } from '../domain/feed.js';
import { completenessGaps, type ReceivedPages } from '../domain/snapshot.js';
import type { RowKey } from '../domain/stock-change.js';
import type { Scheme } from '../domain/stock-key.js';
import type { StockLevel } from '../domain/stock-level.js';
import type { PageChunk, SnapshotCompleted, SnapshotStarted } from '../events/raw-snapshot.js';
import type { SnapshotCounts } from '../ports/projection.js';

/** A key that waits for the end of the snapshot: its product stands elsewhere in the feed until then. */
export interface DeferredRow {
  readonly key: RowKey;
  readonly level: StockLevel;
  readonly observedAt: string;
}

/** After this long an open snapshot is given up: its poller is dead. Broker time. */
const ABANDONED_AFTER_MS = 24 * 60 * 60 * 1000;
/** For so long an incomplete snapshot may be completed by what is redriven. Broker time. */
export const MENDABLE_MS = 3 * 24 * 60 * 60 * 1000;

/** Where a row of a product lies. */
export type Place = Pick<RowKey, 'scheme' | 'warehouseId'>;

/**
 * What a snapshot has said of one product. Nearly all products have one row in a feed: it takes no list, and no text is
 * put together to tell whether it was there.
 */
export class Sighting {
  /** Named by the feed's own list, and not only by a further method. */
  listed = false;
  private first: Place | null = null;
  private more: Place[] | null = null;

  get hasRows(): boolean {
    return this.first !== null;
  }

  holds({ scheme, warehouseId }: Place): boolean {
    if (this.first === null) return false;
    if (this.first.warehouseId === warehouseId && this.first.scheme === scheme) return true;
    return this.more?.some((place) => place.warehouseId === warehouseId && place.scheme === scheme) === true;
  }

  add(place: Place): void {
    if (this.first === null) this.first = place;
    else if (this.more === null) this.more = [place];
    else this.more.push(place);
  }

  *places(): Generator<Place> {
    if (this.first !== null) yield this.first;
    if (this.more !== null) yield* this.more;
  }
}

export function rowId(key: RowKey): string {
  return `${key.productId}|${key.scheme}|${key.warehouseId}`;
}

function chunkId({ page, chunk }: PageChunk): string {
  return `${page}/${chunk}`;
}

/** The beginning of a snapshot that has none in the log: it proves nothing, and accepts whatever is decided. */
export function standInFor(feed: Feed, snapshotId: string, atMs: number): SnapshotStarted {
  return {
    type: 'snapshot-started',
    feed: formatFeed(feed),
    snapshotId,
    source: feed.source,
    account: feed.account,
    endpoint: feed.endpoint,
    startedAt: new Date(atMs).toISOString(),
    scope: { schemes: [] },
    limits: { absenceLimit: 1, absenceMin: 0 },
    acceptAbsences: true,
  };
}

/** The end of a walk, as the poller announced it. */
export interface SnapshotEnding {
  readonly event: SnapshotCompleted;
  readonly offset: number;
  /** Broker time of the record, Unix milliseconds: how things were then, whenever that is known for sure. */
  readonly timestamp: number;
}

/**
 * What is known of the one open snapshot of a feed. Held in memory only: whoever takes over reads the snapshot's
 * records again from its first offset and comes to the same.
 */
export class OpenSnapshot implements ReceivedPages {
  readonly pages = new Map<number, { chunks: number; received: Set<number> }>();
  /** Keys that the snapshot holds. */
  keys = 0;
  /** Products that the snapshot names. */
  private readonly named = new Map<string, Sighting>();
  /** One object for each place, however many rows lie there. */
  private readonly places = new Map<Scheme, Map<string, Place>>();
  /** Products that were asked for by id, where that was the way to read. */
  readonly asked = new Set<string>();
  /** Products that are gone by the catalogue's word. */
  readonly removed = new Set<string>();
  /** Products that the feed's own list names: what the marketplace's totals count. */
  products = 0;
  readonly deferred = new Map<string, DeferredRow>();
  rows = 0;
  /** Chunks with rows that could not be understood, and how many. */
  private readonly poor = new Map<string, number>();
  /** Offsets of records that could not be understood at all. */
  readonly unreadable = new Set<number>();
  /** How the walk ended, where the snapshot was found incomplete then: what is missing may still be redriven. */
  ending: SnapshotEnding | null = null;
  truncated = false;
  created = 0;
  updated = 0;
  closed = 0;
  /** Of the closed ones, those outside what the feed covers by now. */
  rescoped = 0;

  constructor(
    readonly started: SnapshotStarted,
    /** Place in the log: names the snapshot in ledger and levels. */
    readonly firstOffset: number,
    readonly startedAtMs: number,
    readonly baseRows: number,
    readonly baseInStock: number,
  ) {}

  /** False where this chunk is here already: a producer's retry, not news. */
  receive(chunk: PageChunk): boolean {
    const page = this.pages.get(chunk.page) ?? { chunks: chunk.chunks, received: new Set<number>() };
    if (page.received.has(chunk.chunk)) return false;
    page.received.add(chunk.chunk);
    this.pages.set(chunk.page, page);
    this.rows += chunk.rows.length;
    for (const id of chunk.query?.productIds ?? []) {
      if (chunk.query?.removed === true) this.removed.add(id);
      else if (this.started.scope.byIds === true) this.asked.add(id);
    }
    return true;
  }

  /**
   * A chunk that is sent once more because it, or something in it, could not be read. Takes the place of the former
   * one; false where that was whole, and nothing is missing.
   */
  receiveAgain(chunk: PageChunk): boolean {
    if (this.poor.delete(chunkId(chunk))) return true;
    return this.receive(chunk);
  }

  /** So many of the chunk's rows could not be understood. */
  lacks(chunk: PageChunk, rows: number): void {
    if (rows > 0) this.poor.set(chunkId(chunk), rows);
  }

  /** Rows and records that could not be understood. */
  get invalid(): number {
    let rows = this.unreadable.size;
    for (const lacking of this.poor.values()) rows += lacking;
    return rows;
  }

  see(sighting: Sighting, place: Place): void {
    if (sighting.holds(place)) return;
    sighting.add(this.placeOf(place));
    this.keys += 1;
  }

  /** @param listed by the feed's own list, and not by a further method that knows only some of the products */
  name(productId: string, listed: boolean): Sighting {
    let sighting = this.named.get(productId);
    if (sighting === undefined) {
      sighting = new Sighting();
      this.named.set(productId, sighting);
    }
    if (listed && !sighting.listed) {
      sighting.listed = true;
      this.products += 1;
    }
    return sighting;
  }

  sighting(productId: string): Sighting | undefined {
    return this.named.get(productId);
  }

  names(productId: string): boolean {
    return this.named.has(productId);
  }

  /** Can the snapshot say that this row, which it does not hold, is gone? */
  judges(productId: string): boolean {
    return this.started.scope.byIds !== true || this.asked.has(productId) || this.removed.has(productId);
  }

  isStaleAt(timestampMs: number): boolean {
    return timestampMs - this.startedAtMs > ABANDONED_AFTER_MS;
  }

  /** What it lacks of what the poller says it read; empty where it is complete. */
  gaps({ pages, rows, products }: SnapshotCompleted): string[] {
    return completenessGaps(this, { pages, rows, products });
  }

  /** Is it too late to complete it? */
  isPastMendingAt(timestampMs: number): boolean {
    return this.ending !== null && timestampMs - this.ending.timestamp > MENDABLE_MS;
  }

  /** Which products it names: of a catalogue the same as {@link digest} is of stock. */
  digestOfProducts(): string {
    const digest = new SetDigest();
    for (const id of this.named.keys()) digest.add(id);
    return digest.toString();
  }

  /** Which keys it holds: what decides about absences, whatever the levels do meanwhile. */
  digest(): string {
    const digest = new SetDigest();
    for (const [productId, sighting] of this.named) {
      for (const place of sighting.places()) digest.add(rowId({ productId, ...place }));
    }
    return digest.toString();
  }

  counts(): SnapshotCounts {
    return {
      pages: this.pages.size,
      rowsRead: this.rows,
      created: this.created,
      updated: this.updated,
      closed: this.closed,
      invalid: this.invalid,
    };
  }

  private placeOf({ scheme, warehouseId }: Place): Place {
    let places = this.places.get(scheme);
    if (places === undefined) {
      places = new Map();
      this.places.set(scheme, places);
    }
    let place = places.get(warehouseId);
    if (place === undefined) {
      place = { scheme, warehouseId };
      places.set(warehouseId, place);
    }
    return place;
  }
}
