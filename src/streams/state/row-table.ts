import type { StockRow } from '../../domain/stock-change.js';
import { type StockLevel, sameLevel } from '../../domain/stock-level.js';
import type { Place, Places } from './places.js';
import { ProductIndex } from './product-index.js';
import { WordRecords } from './word-records.js';

/** Of a product: its first row plus one, or 0; and whether it is entered in `products`. */
const FIRST = 0;
const KNOWN = 1;

/** Of a row: the product's next row plus one, or 0; what is stored of it. */
const NEXT = 0;
const PLACE = 1;
const AVAILABLE = 2;
const PRESENT = 3;
const RESERVED = 4;
const TO_CLIENT = 5;
const FROM_CLIENT = 6;
const SEQ = 7;
const OPENED_LOW = 8;
/** The upper 21 bits of an offset, and three marks. */
const OPENED_HIGH = 9;
const ROW_WORDS = 10;

const HIGH_BITS = 0x1f_ffff;
const CLOSED = 0x4000_0000;
/** What it came to life in was negative: of a former life of the topic, where this log's offsets say nothing. */
const NEGATIVE = 0x2000_0000;
/** A figure does not fit into a word: the level lies apart. */
const LARGE = 0x8000_0000;
const TWO_32 = 0x1_0000_0000;

/** Sums over the live rows of a product. */
export interface ProductSums {
  readonly live: number;
  readonly available: number;
}

/** Rows of a feed by product: 40 bytes a row, and about 24 a product. Rows are numbered from 0 and never leave. */
export class RowTable {
  readonly products = new ProductIndex(2);
  private readonly rows = new WordRecords(ROW_WORDS);
  private readonly large = new Map<number, StockLevel>();
  private offerIds: (string | undefined)[] = [];

  constructor(readonly places: Places) {}

  /** Rows, closed ones included. */
  get size(): number {
    return this.rows.length;
  }

  /** The product's row in this place, or −1. */
  rowAt(product: number, place: number): number {
    for (let row = this.firstRow(product); row >= 0; row = this.nextRow(row)) {
      if (this.rows.get(row, PLACE) === place) return row;
    }
    return -1;
  }

  /** Or −1. */
  firstRow(product: number): number {
    return this.products.get(product, FIRST) - 1;
  }

  /** The next row of the same product, or −1. */
  nextRow(row: number): number {
    return this.rows.get(row, NEXT) - 1;
  }

  /** Nothing has changed: the row lives, with this very level. */
  isSame(row: number, level: StockLevel): boolean {
    const words = this.rows.pieceOf(row);
    const at = this.rows.baseOf(row);
    const marks = words[at + OPENED_HIGH] as number;
    if (marks > HIGH_BITS) return (marks & CLOSED) === 0 && sameLevel(this.levelOf(row), level);
    return (
      words[at + AVAILABLE] === level.available &&
      words[at + PRESENT] === level.present &&
      words[at + RESERVED] === level.reserved &&
      words[at + TO_CLIENT] === level.inWayToClient &&
      words[at + FROM_CLIENT] === level.inWayFromClient
    );
  }

  isClosed(row: number): boolean {
    return (this.rows.get(row, OPENED_HIGH) & CLOSED) !== 0;
  }

  openedIn(row: number): number {
    const high = this.rows.get(row, OPENED_HIGH);
    const offset = (high & HIGH_BITS) * TWO_32 + this.rows.get(row, OPENED_LOW);
    return (high & NEGATIVE) === 0 ? offset : -offset;
  }

  /** By its number in {@link places}. */
  placeOf(row: number): number {
    return this.rows.get(row, PLACE);
  }

  available(row: number): number {
    return this.isLarge(row) ? this.levelOf(row).available : this.rows.get(row, AVAILABLE);
  }

  /** Does a row of the product live that came to life elsewhere than in this snapshot? */
  livesBesides(product: number, snapshot: number): boolean {
    for (let row = this.firstRow(product); row >= 0; row = this.nextRow(row)) {
      if (!this.isClosed(row) && this.openedIn(row) !== snapshot) return true;
    }
    return false;
  }

  sums(product: number): ProductSums {
    let live = 0;
    let available = 0;
    for (let row = this.firstRow(product); row >= 0; row = this.nextRow(row)) {
      if (this.isClosed(row)) continue;
      live += 1;
      available += this.available(row);
    }
    return { live, available };
  }

  stockRow(product: number, row: number): StockRow {
    return this.spelled(this.products.idOf(product), row);
  }

  rowsOf(product: number): StockRow[] {
    const id = this.products.idOf(product);
    const rows: StockRow[] = [];
    for (let row = this.firstRow(product); row >= 0; row = this.nextRow(row))
      rows.push(this.spelled(id, row));
    return rows;
  }

  /** Enters the row, or puts it in the place of what is stored of its key. */
  put(stock: StockRow): void {
    const product = this.products.add(stock.productId);
    const place = this.places.numberOf(stock);
    const known = this.rowAt(product, place);
    this.write(known >= 0 ? known : this.append(product, place), stock);
  }

  isKnown(product: number): boolean {
    return this.products.get(product, KNOWN) === 1;
  }

  setKnown(product: number, isKnown: boolean): void {
    this.products.set(product, KNOWN, isKnown ? 1 : 0);
  }

  /** The article as the feed's own rows told it last; undefined where they have not, or do not. */
  offerId(product: number): string | undefined {
    return this.offerIds[product];
  }

  setOfferId(product: number, offerId: string): void {
    // A list with a gap behind its end would become a dictionary.
    while (this.offerIds.length < product) this.offerIds.push(undefined);
    this.offerIds[product] = offerId;
  }

  clear(): void {
    this.products.clear();
    this.rows.clear();
    this.large.clear();
    this.offerIds = [];
  }

  private append(product: number, place: number): number {
    const added = this.rows.add();
    this.rows.set(added, PLACE, place);
    let last = this.firstRow(product);
    if (last < 0) {
      this.products.set(product, FIRST, added + 1);
      return added;
    }
    for (let next = this.nextRow(last); next >= 0; next = this.nextRow(last)) last = next;
    this.rows.set(last, NEXT, added + 1);
    return added;
  }

  private write(row: number, { level, seq, closed, openedIn }: StockRow): void {
    const words = this.rows.pieceOf(row);
    const at = this.rows.baseOf(row);
    const isLarge = !fits(level);
    if (isLarge) this.large.set(row, level);
    else this.large.delete(row);
    words[at + AVAILABLE] = level.available;
    words[at + PRESENT] = level.present;
    words[at + RESERVED] = level.reserved;
    words[at + TO_CLIENT] = level.inWayToClient;
    words[at + FROM_CLIENT] = level.inWayFromClient;
    words[at + SEQ] = seq;
    const offset = Math.abs(openedIn);
    const marks = (closed ? CLOSED : 0) | (isLarge ? LARGE : 0) | (openedIn < 0 ? NEGATIVE : 0);
    words[at + OPENED_LOW] = offset;
    words[at + OPENED_HIGH] = Math.floor(offset / TWO_32) | marks;
  }

  private spelled(productId: string, row: number): StockRow {
    const { scheme, warehouseId }: Place = this.places.at(this.placeOf(row));
    return {
      productId,
      scheme,
      warehouseId,
      level: this.levelOf(row),
      seq: this.rows.get(row, SEQ),
      closed: this.isClosed(row),
      openedIn: this.openedIn(row),
    };
  }

  private levelOf(row: number): StockLevel {
    if (this.isLarge(row)) return this.large.get(row) as StockLevel;
    const words = this.rows.pieceOf(row);
    const at = this.rows.baseOf(row);
    return {
      present: words[at + PRESENT] as number,
      reserved: words[at + RESERVED] as number,
      available: words[at + AVAILABLE] as number,
      inWayToClient: words[at + TO_CLIENT] as number,
      inWayFromClient: words[at + FROM_CLIENT] as number,
    };
  }

  private isLarge(row: number): boolean {
    return (this.rows.get(row, OPENED_HIGH) & LARGE) !== 0;
  }
}

function fits({ present, reserved, available, inWayToClient, inWayFromClient }: StockLevel): boolean {
  return Math.max(present, reserved, available, inWayToClient, inWayFromClient) < TWO_32;
}
