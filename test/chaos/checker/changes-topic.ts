import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { type StockChange, stockChange } from '../../../src/events/stock-change.js';
import { articleSum, type Books, changeSum } from './book.js';
import { Chain } from './chain.js';
import type { Level } from './rows.js';
import type { Differences } from './settings.js';
import type { World } from './world.js';

/** A record of stock-changes.v1, however it was read. */
export interface PublishedRecord {
  readonly partition: number;
  readonly offset: number;
  readonly key: string | null;
  readonly value: string | null;
  readonly id: string;
}

const PLACES = 2 ** 40;

/** stock-changes.v1 as it is in the end, held against the ledger. */
export class PublishedChanges {
  private readonly chain: Chain;
  private readonly partitions = new Map<number, number>();
  records = 0;

  constructor(
    private readonly books: Books,
    private readonly world: World,
    private readonly differences: Differences,
  ) {
    this.chain = new Chain('topic', world.keys, differences);
  }

  get states() {
    return this.chain.states;
  }

  take(record: PublishedRecord): void {
    this.records += 1;
    const where = `stock-changes ${record.partition}/${record.offset} ${record.key}`;
    const change = decoded(record);
    if (change === null) return this.differences.add('topic-unreadable', where, 'a change', record.value);
    const text = keyText(change);
    if (text !== record.key) this.differences.add('topic-wrong-key', where, text, record.key);
    const key = this.world.keys.numberOf(text);
    const home = this.partitions.get(key) ?? record.partition;
    this.partitions.set(key, home);
    if (home !== record.partition)
      this.differences.add('topic-key-in-two-partitions', where, home, record.partition);
    const found = this.books.find(record.id);
    if (found === undefined) {
      this.differences.add('published-without-a-change', where, null, record.id);
    } else {
      const { book, row } = found;
      const times = (book.published[row] ?? 0) + 1;
      book.published[row] = times;
      if (times > 1) {
        this.differences.add('published-twice', where, 1, { times, id: record.id });
        // A second copy says nothing more of versions.
        return;
      }
      book.places[row] = record.partition * PLACES + record.offset;
      if (book.fullSum(row) !== sumOf(change)) {
        this.differences.add('published-otherwise', where, book.name(row), record.value);
      }
    }
    this.chain.add({ ...links(change), key });
  }

  /** After the last record. */
  finish(): void {
    for (const book of this.books.all()) {
      for (let row = 0; row < book.length; row += 1) {
        if (book.published[row] === 0) this.differences.add('never-published', book.name(row), 1, 0);
      }
    }
  }
}

/** What the live reader saw while the faults went on, held against what stands in the topic now. */
export async function compareObserved(
  file: string,
  books: Books,
  world: World,
  differences: Differences,
): Promise<number> {
  const chain = new Chain('observed', world.keys, differences);
  let records = 0;
  for await (const line of createInterface({
    input: createReadStream(file),
    crlfDelay: Number.POSITIVE_INFINITY,
  })) {
    if (line === '') continue;
    records += 1;
    const { partition, offset, key, value, headers } = JSON.parse(line) as ObservedLine;
    const record: PublishedRecord = { partition, offset, key, value, id: headers.ce_id ?? '' };
    const where = `seen live at ${partition}/${offset} ${key}`;
    const change = decoded(record);
    const found = books.find(record.id);
    if (change === null || found === undefined) {
      differences.add('observed-without-a-change', where, null, record.id);
      continue;
    }
    const { book, row } = found;
    const times = (book.observed[row] ?? 0) + 1;
    book.observed[row] = times;
    if (times > 1) {
      differences.add('observed-twice', where, 1, { times, id: record.id });
      continue;
    }
    if (book.places[row] !== partition * PLACES + offset) {
      const place = book.places[row] ?? -1;
      differences.add(
        'observed-elsewhere',
        where,
        place < 0 ? 'not in the topic any more' : place % PLACES,
        offset,
      );
    }
    if (book.fullSum(row) !== sumOf(change))
      differences.add('observed-otherwise', where, book.name(row), value);
    chain.add({ ...links(change), key: world.keys.numberOf(keyText(change)) });
  }
  for (const book of books.all()) {
    for (let row = 0; row < book.length; row += 1) {
      if (book.published[row] !== 0 && book.observed[row] === 0) {
        differences.add('never-observed', book.name(row), 1, 0);
      }
    }
  }
  return records;
}

interface ObservedLine {
  readonly partition: number;
  readonly offset: number;
  readonly key: string | null;
  readonly value: string | null;
  readonly headers: Readonly<Record<string, string>>;
}

function decoded({ value }: PublishedRecord): StockChange | null {
  try {
    return stockChange.safeParse(JSON.parse(value ?? 'null')).data ?? null;
  } catch {
    return null;
  }
}

function keyText({ key }: StockChange): string {
  return `${key.source}:${key.account}:${key.productId}:${key.scheme}:${key.warehouseId}`;
}

function level(of: StockChange['after']): Level {
  return [of.present, of.reserved, of.available, of.inWayToClient, of.inWayFromClient];
}

function links({ op, before, after, seq, observedAt }: StockChange) {
  const at = Date.parse(observedAt);
  return { op, before: before === null ? null : level(before), after: level(after), seq, at };
}

function sumOf(change: StockChange): number {
  const { reason = '', snapshotId, offerId = null, name = null } = change;
  return articleSum(changeSum({ ...links(change), key: keyText(change), reason, snapshotId }), offerId, name);
}
