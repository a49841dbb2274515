import { SetDigest } from '../domain/digest.js';
import { type Feed, formatFeed } from '../domain/feed.js';
import { completenessGaps, type ReceivedPages, scopeCovers } from '../domain/snapshot.js';
import type { RowKey } from '../domain/stock-change.js';
import type { StockLevel } from '../domain/stock-level.js';
import type { PageChunk, SnapshotCompleted, SnapshotStarted } from '../events/raw-snapshot.js';
import type { SnapshotCounts } from '../ports/projection.js';
import { Places } from './state/places.js';
import type { ProductIndex } from './state/product-index.js';
import { Sightings } from './state/sightings.js';

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
  /** Products that the snapshot names, and where it has seen them. */
  private readonly sightings = new Sightings();
  /** By a place's number, as far as it was asked for. */
  private readonly covered: boolean[] = [];
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
    /** As the feed numbers them. */
    private readonly places: Places = new Places(),
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

  /** Does it say anything about what lies in this place? */
  covers(place: number): boolean {
    let covers = this.covered[place];
    if (covers === undefined) {
      covers = scopeCovers(this.started.scope, this.places.at(place));
      this.covered[place] = covers;
    }
    return covers;
  }

  /**
   * Answers the number by which the snapshot knows the product.
   *
   * @param listed by the feed's own list, and not by a further method that knows only some of the products
   */
  name(productId: string, listed: boolean): number {
    return this.listed(this.sightings.products.add(productId), listed);
  }

  /** {@link name} by what another index has numbered. */
  nameLike(index: ProductIndex, product: number, listed: boolean): number {
    return this.listed(this.sightings.products.addLike(index, product), listed);
  }

  /** @param sighting the product's number here */
  see(sighting: number, place: number): void {
    if (this.sightings.add(sighting, place)) this.keys += 1;
  }

  /** The product's number here, or −1 where the snapshot does not name it. */
  sightingLike(index: ProductIndex, product: number): number {
    return this.sightings.products.findLike(index, product);
  }

  hasRows(sighting: number): boolean {
    return sighting >= 0 && this.sightings.hasPlaces(sighting);
  }

  holds(sighting: number, place: number): boolean {
    return sighting >= 0 && this.sightings.holds(sighting, place);
  }

  names(productId: string): boolean {
    return this.sightings.products.find(productId) >= 0;
  }

  /** Was everything read, and not what was asked for by id? */
  get judgesAll(): boolean {
    return this.started.scope.byIds !== true;
  }

  /** Can the snapshot say that a row of this product, which it does not hold, is gone? */
  judges(productId: string): boolean {
    return this.judgesAll || this.asked.has(productId) || this.removed.has(productId);
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
    const { products } = this.sightings;
    for (let product = 0; product < products.size; product += 1) digest.add(products.idOf(product));
    return digest.toString();
  }

  /** Which keys it holds: what decides about absences, whatever the levels do meanwhile. */
  digest(): string {
    const digest = new SetDigest();
    const { products } = this.sightings;
    for (let product = 0; product < products.size; product += 1) {
      const productId = products.idOf(product);
      for (const place of this.sightings.placesOf(product)) {
        digest.add(rowId({ productId, ...this.places.at(place) }));
      }
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

  private listed(sighting: number, listed: boolean): number {
    if (listed && this.sightings.list(sighting)) this.products += 1;
    return sighting;
  }
}
