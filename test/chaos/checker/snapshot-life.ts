import type {
  PageChunk,
  RawEvent,
  SnapshotCompleted,
  SnapshotFailed,
  SnapshotStarted,
} from '../../../src/events/raw-snapshot.js';
import { accountOf, type Fact, type Fate, type FeedStanding, type Told, type World } from './world.js';

/** Where a raw record lies. */
export interface Place {
  readonly partition: number;
  readonly offset: number;
  /** Broker time, Unix milliseconds. */
  readonly timestamp: number;
  /** Sent back from the dead letters: the offset where it lay first, −1 where that was elsewhere; null for others. */
  readonly redrivenFrom: number | null;
}

const DAY = 24 * 60 * 60 * 1000;
const HOUR = DAY / 24;

/** What has come of a snapshot so far. */
export class Reading {
  readonly pages = new Map<number, { chunks: number; got: Set<number> }>();
  readonly listed = new Set<string>();
  readonly named = new Set<string>();
  readonly asked = new Set<string>();
  readonly removed = new Set<string>();
  /** Chunks with bad rows: how many. */
  readonly poor = new Map<string, number>();
  /** Offsets of records that nobody can read. */
  readonly unreadable = new Set<number>();
  rows = 0;
  /** Its end, where it was found wanting then. */
  ending: { readonly event: SnapshotCompleted; readonly place: Place } | null = null;

  constructor(
    readonly started: SnapshotStarted,
    readonly place: Place,
    readonly told: Told,
    readonly inStockBefore: number,
  ) {}

  /** False for what is here already. */
  take({ page, chunk, chunks, rows, query }: PageChunk, again: boolean): boolean {
    if (again && this.poor.delete(`${page}/${chunk}`)) return true;
    const known = this.pages.get(page) ?? { chunks, got: new Set<number>() };
    if (known.got.has(chunk)) return false;
    this.pages.set(page, known);
    known.got.add(chunk);
    this.rows += rows.length;
    for (const id of query?.productIds ?? []) {
      if (query?.removed === true) this.removed.add(id);
      else if (this.started.scope.byIds === true) this.asked.add(id);
    }
    return true;
  }

  /** Did the walk come to its end, with all of it here and all of it readable? */
  isWhole({ pages, rows, products }: SnapshotCompleted): boolean {
    if (this.unreadable.size > 0 || this.poor.size > 0 || this.rows !== rows) return false;
    if (this.pages.size > pages) return false;
    for (let page = 1; page <= pages; page += 1) {
      const known = this.pages.get(page);
      if (known === undefined || known.got.size !== known.chunks) return false;
    }
    const count = this.listed.size;
    return products === undefined || (count >= products.least && count <= products.greatest);
  }
}

/** A feed's life: its snapshots one after the other, whatever they hold (design, 4.4). */
export abstract class SnapshotLife {
  protected open: Reading | null = null;
  private wanting: Reading | null = null;
  private heldRun: { keys: string; count: number; at: number } | null = null;
  private failures = 0;
  /** `source:account`. */
  protected readonly account: string;

  constructor(
    protected readonly world: World,
    protected readonly standing: FeedStanding,
  ) {
    this.account = accountOf(standing.feed);
  }

  get feed(): string {
    return this.standing.feed;
  }

  /** A record that nobody can read. */
  unreadable(place: Place): void {
    this.passTime(place);
    if (place.redrivenFrom === null) this.open?.unreadable.add(place.offset);
  }

  /** @param read the page's rows, noted when they count; answers how many are bad */
  event(place: Place, event: RawEvent): void {
    this.passTime(place);
    if (place.redrivenFrom !== null) this.redriven(place, event, place.redrivenFrom);
    else this.ordinary(place, event);
  }

  protected abstract inStock(): number;
  /** Takes in a page's rows; answers how many of them are bad. */
  protected abstract rows(reading: Reading, place: Place, chunk: PageChunk): number;
  /** The snapshot is complete: what follows? */
  protected abstract judge(reading: Reading, place: Place, event: SnapshotCompleted): void;
  protected abstract retire(place: Place): void;

  /** Would so many be too many? Counts equal snapshots that were held back: the third is believed. */
  protected isHeldBack(
    reading: Reading,
    keysNow: () => string,
    at: number,
    facts: { seen: number; before: number; vanishing: number; inStock: number },
  ): boolean {
    const { acceptAbsences, limits } = reading.started;
    const { seen, before, vanishing, inStock } = facts;
    const tooMany = vanishing >= limits.absenceMin && vanishing > limits.absenceLimit * inStock + 1e-6;
    if (acceptAbsences || !((seen === 0 && before > 0) || tooMany)) return false;
    return this.countHeld(keysNow(), at) < 3;
  }

  protected countHeld(keys: string, at: number): number {
    const run = this.heldRun;
    if (run === null || run.keys !== keys) this.heldRun = { keys, count: 1, at };
    else if (at - run.at >= HOUR) this.heldRun = { keys, count: run.count + 1, at };
    return this.heldRun?.count ?? 0;
  }

  protected asOf(reading: Reading, place: Place): number {
    return (reading.ending?.place ?? place).timestamp;
  }

  protected applied(reading: Reading, place: Place): void {
    this.heldRun = null;
    this.failures = 0;
    this.standing.watermark = this.asOf(reading, place);
    this.standing.retired = false;
    this.end(place, 'applied');
  }

  /** A partial read that came to its end. */
  protected appliedInPart(place: Place): void {
    this.failures = 0;
    this.end(place, 'applied');
  }

  protected end(place: Place, fate: Fate): void {
    if (this.open !== null) {
      this.open.told.fate = fate;
      this.open.told.lastOffset = place.offset;
    }
    this.open = null;
  }

  protected tell(fact: Fact): void {
    this.world.facts.push(fact);
  }

  private ordinary(place: Place, event: RawEvent): void {
    switch (event.type) {
      case 'snapshot-started':
        return this.start(place, event);
      case 'page-chunk':
        return this.page(place, event);
      case 'snapshot-completed':
        return this.complete(place, event);
      case 'snapshot-failed':
        return this.fail(place, event);
      case 'feed-retired':
        this.end(place, 'abandoned');
        this.wanting = null;
        this.retire(place);
        this.standing.retired = true;
        this.heldRun = null;
        this.failures = 0;
        return;
      case 'generation-ready':
        // What a replay announces changes nothing that follows from the log.
        return;
    }
  }

  private start(place: Place, event: SnapshotStarted): void {
    this.end(place, 'abandoned');
    this.wanting = null;
    const { partition, offset } = place;
    const told: Told = {
      feed: this.feed,
      partition,
      firstOffset: offset,
      snapshotId: event.snapshotId,
      fate: 'open',
      lastOffset: null,
    };
    this.world.snapshots.push(told);
    this.open = new Reading(event, place, told, this.inStock());
  }

  private page(place: Place, chunk: PageChunk): void {
    if (!this.isOpen(chunk.snapshotId) || this.open === null || !this.open.take(chunk, false)) return;
    this.readRows(this.open, place, chunk);
  }

  private readRows(reading: Reading, place: Place, chunk: PageChunk): void {
    const bad = this.rows(reading, place, chunk);
    if (bad === 0) return;
    reading.poor.set(`${chunk.page}/${chunk.chunk}`, bad);
    this.world.dead.add(`${place.partition}/${place.offset}`);
  }

  private complete(place: Place, event: SnapshotCompleted): void {
    const { open } = this;
    if (open === null || !this.isOpen(event.snapshotId)) return;
    if (open.isWhole(event)) return this.judge(open, place, event);
    this.end(place, 'incomplete');
    open.ending = { event, place };
    this.wanting = open;
    this.failures += 1;
    const { feed, failures } = this;
    this.tell({ type: 'incomplete', feed, snapshotId: event.snapshotId, failures });
  }

  private fail(place: Place, event: SnapshotFailed): void {
    if (!this.isOpen(event.snapshotId)) return;
    this.end(place, 'failed');
    const { snapshotId, code, notBefore } = event;
    // Put off by the marketplace, or stopped by a person: nothing is wrong with the feed.
    const counts = !['API_LIMITED', 'TIMED_OUT', 'RUN_BUSY'].includes(code);
    if (counts) this.failures += 1;
    this.tell({
      type: 'failed',
      feed: this.feed,
      snapshotId,
      code,
      failures: counts ? this.failures : undefined,
      at: place.timestamp,
      notBefore: notBefore === undefined ? undefined : Date.parse(notBefore),
    });
  }

  /** Counts for the newest snapshot alone, and may be the last that it lacked. */
  private redriven(place: Place, event: RawEvent, from: number): void {
    const reading = this.open ?? this.wanting;
    if (reading === null || event.type === 'snapshot-started' || !('snapshotId' in event)) return;
    if (reading.started.snapshotId !== event.snapshotId) return;
    const missed = reading.unreadable.delete(from);
    if (event.type !== 'page-chunk') return this.ordinary(place, event);
    if (reading.take(event, true)) this.readRows(reading, place, event);
    else if (!missed) return;
    if (reading.ending === null || !reading.isWhole(reading.ending.event)) return;
    this.wanting = null;
    this.open = reading;
    this.judge(reading, place, reading.ending.event);
  }

  private isOpen(snapshotId: string): boolean {
    return this.open?.started.snapshotId === snapshotId;
  }

  /** By the broker's clock: a day for a snapshot to end, three more to mend it. */
  private passTime(place: Place): void {
    if (this.open !== null && place.timestamp - this.open.place.timestamp > DAY) this.end(place, 'abandoned');
    const ending = this.wanting?.ending ?? null;
    if (ending !== null && place.timestamp - ending.place.timestamp > 3 * DAY) this.wanting = null;
  }
}
