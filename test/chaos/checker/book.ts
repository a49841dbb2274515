import { crc32 } from 'node:zlib';
import type { Keys } from './keys.js';
import type { Level } from './rows.js';

/** What is compared of a change, wherever it stands. */
export interface ChangeText {
  readonly key: string;
  readonly op: string;
  readonly before: Level | null;
  readonly after: Level;
  readonly reason: string;
  readonly seq: number;
  readonly snapshotId: string;
  /** Unix milliseconds. */
  readonly at: number;
}

export function changeSum({ key, op, before, after, reason, seq, snapshotId, at }: ChangeText): number {
  const levels = `${before === null ? '-' : before.join(',')}|${after.join(',')}`;
  return crc32(`${key}|${op}|${levels}|${reason}|${seq}|${snapshotId}|${at}`);
}

/** The same with what is known of the product's article. */
export function articleSum(sum: number, offer: string | null, name: string | null): number {
  return crc32(`${offer ?? '\0'}|${name ?? '\0'}`, sum);
}

/** The ledger of one partition in one life of the topic, in the order of its key: some 60 bytes a change. */
export class Book {
  private readonly offsets: number[] = [];
  private readonly indexes: number[] = [];
  private readonly keys: number[] = [];
  private readonly sums: number[] = [];
  private readonly fullSums: number[] = [];
  /** Found among what must be: 1. */
  readonly matched: number[] = [];
  /** How often it was published. */
  readonly published: number[] = [];
  /** Where: partition × 2^40 + offset of stock-changes. */
  readonly places: number[] = [];
  /** How often the live reader saw it. */
  readonly observed: number[] = [];

  constructor(
    readonly life: number,
    readonly partition: number,
    private readonly texts: Keys,
  ) {}

  add(offset: number, index: number, key: number, sum: number, fullSum: number): void {
    this.offsets.push(offset);
    this.indexes.push(index);
    this.keys.push(key);
    this.sums.push(sum);
    this.fullSums.push(fullSum);
    this.matched.push(0);
    this.published.push(0);
    this.places.push(-1);
    this.observed.push(0);
  }

  get length(): number {
    return this.offsets.length;
  }

  /** The row numbers of an offset: from, up to and not with. */
  rowsAt(offset: number): readonly [number, number] {
    const from = this.lowerBound(offset);
    let to = from;
    while (this.offsets[to] === offset) to += 1;
    return [from, to];
  }

  rowAt(offset: number, index: number): number | undefined {
    // Numbers grow with the rows, with gaps where other events of the record stand.
    let row = Math.min(this.lowerBound(offset) + index, this.offsets.length - 1);
    while (
      row >= 0 &&
      (this.offset(row) > offset || (this.offset(row) === offset && this.index(row) > index))
    ) {
      row -= 1;
    }
    return this.offset(row) === offset && this.index(row) === index ? row : undefined;
  }

  offset(row: number): number {
    return this.offsets[row] ?? -1;
  }
  index(row: number): number {
    return this.indexes[row] ?? -1;
  }
  key(row: number): number {
    return this.keys[row] ?? -1;
  }
  sum(row: number): number {
    return this.sums[row] ?? 0;
  }
  fullSum(row: number): number {
    return this.fullSums[row] ?? 0;
  }

  /** For reports. */
  name(row: number): string {
    return `${this.texts.textOf(this.key(row))} (life ${this.life}, raw ${this.partition}/${this.offset(row)}, number ${this.index(row)})`;
  }

  private lowerBound(offset: number): number {
    let low = 0;
    let high = this.offsets.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.offsets[middle] ?? 0) < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

export class Books {
  private readonly books = new Map<string, Book>();

  constructor(private readonly keys: Keys) {}

  of(life: number, partition: number): Book {
    const name = `${life}/${partition}`;
    const book = this.books.get(name) ?? new Book(life, partition, this.keys);
    this.books.set(name, book);
    return book;
  }

  all(): Book[] {
    return [...this.books.values()];
  }

  /** The change that a `ce_id` names: `topic/life/partition/offset/index`. */
  find(id: string): { readonly book: Book; readonly row: number } | undefined {
    const [index, offset, partition, life] = id.split('/').reverse();
    const book = this.books.get(`${life}/${partition}`);
    const row = book?.rowAt(Number(offset), Number(index));
    return book === undefined || row === undefined ? undefined : { book, row };
  }
}
