import type { ProductHour } from '../../domain/anomaly/finding.js';
import { saleRate } from '../../domain/anomaly/sale-rate.js';
import type { Source } from '../../domain/stock-key.js';
import type { BoardLevelRow, BoardProductRow } from '../../store/board/board-rows.js';
import type { BoardAccount } from '../../store/board/board-standing.js';
import type { BoardProduct } from './contract.js';
import type { FeedSet } from './feed-sets.js';

/** A product as it is kept. One object for its whole life on the board, so that orders of entries stay good. */
export interface Entry extends BoardProductRow {
  /** Rising in the order of arrival. */
  readonly no: number;
  readonly account: BoardAccount;
  readonly sums: Sums;
  /** Since when its sales are known, Unix milliseconds. */
  readonly since: number;
  readonly feeds: FeedSet;
  readonly reservedIn: ReservedIn;
  /** Pieces a day; null: not known. */
  rate: number | null;
  /** Its own threshold. */
  lowStock: number | null;
  /** Article, name, barcodes, SKU and product id as {@link fold} has them, each on a line. */
  readonly haystack: string;
  isGone: boolean;
  /** Its place in the order of articles, as of when that was last asked for. */
  rank: number;
}

/** Reserved pieces by feed, of feeds with some. */
export type ReservedIn = readonly (readonly [feedId: number, pieces: number])[];

export interface Sums {
  readonly present: number;
  readonly reserved: number;
  readonly available: number;
  readonly inWayToClient: number;
  readonly inWayFromClient: number;
  readonly schemes: Readonly<Record<string, number>>;
  readonly changedAt: number | null;
}

/** One spelling for what people take for the same: case, and «ё» for which most write «е». */
export function fold(text: string): string {
  return text.toLowerCase().replaceAll('ё', 'е');
}

export function haystackOf({ offerId, name, barcodes, sku, productId }: BoardProductRow): string {
  return fold(`${offerId ?? ''}\n${name ?? ''}\n${barcodes.join('\n')}\n${sku ?? ''}\n${productId}`);
}

/** Over all feeds; schemes with a live row only. */
export function sumsOf(rows: readonly BoardLevelRow[]): Sums {
  const sums = { present: 0, reserved: 0, available: 0, inWayToClient: 0, inWayFromClient: 0 };
  const schemes: Record<string, number> = {};
  let changedAt: number | null = null;
  for (const row of rows) {
    sums.present += row.present;
    sums.reserved += row.reserved;
    sums.available += row.available;
    sums.inWayToClient += row.inWayToClient;
    sums.inWayFromClient += row.inWayFromClient;
    if (row.isLive) schemes[row.scheme] = (schemes[row.scheme] ?? 0) + row.available;
    changedAt = Math.max(changedAt ?? 0, row.changedAt);
  }
  return { ...sums, schemes, changedAt };
}

/** Pieces a day, by the rule that alerts go by. @param at Unix milliseconds */
export function rateOf(
  { productId, since, available }: { productId: string; since: number; available: number },
  days: readonly ProductHour[],
  at: number,
): number | null {
  const same = { before: available, after: available };
  return saleRate({ productId, ...same, present: same, reserved: same, hours: days, since }, at);
}

/** Pieces at or below which products are low, where they have no threshold of their own; 0: never. */
export type LowStock = Readonly<Record<Source, number>>;

/** Has stock, and no more than its threshold: what is sold out is another matter, as it is to the rule of alerts. */
export function isLow({ account, lowStock, sums }: Entry, general: LowStock): boolean {
  const threshold = lowStock ?? general[account.source];
  return threshold > 0 && sums.available > 0 && sums.available <= threshold;
}

export function daysOfStock({ rate, sums }: Entry): number | null {
  return rate === null || rate <= 0 ? null : Math.max(0, sums.available) / rate;
}

export function productOf(entry: Entry, general: LowStock): BoardProduct {
  const { account, sums, feeds } = entry;
  return {
    source: account.source,
    account: account.account,
    productId: entry.productId,
    offerId: entry.offerId,
    name: entry.name,
    sku: entry.sku,
    size: entry.size,
    barcodes: entry.barcodes,
    archived: entry.archived,
    present: sums.present,
    reserved: sums.reserved,
    available: sums.available,
    inWayToClient: sums.inWayToClient,
    inWayFromClient: sums.inWayFromClient,
    schemes: sums.schemes,
    daysOfStock: daysOfStock(entry),
    low: isLow(entry, general),
    held: feeds.held,
    changedAt: sums.changedAt,
    confirmedAt: feeds.confirmedAt,
  };
}
