import type { Scheme } from './stock-key.js';
import { NO_STOCK, type StockLevel, sameLevel } from './stock-level.js';

/** Why a key closed: gone from the answer, its product stands elsewhere now, or the settings look elsewhere. */
export type CloseReason = 'absent' | 'moved' | 'rescoped';

/** A stock key inside its feed. */
export interface RowKey {
  readonly productId: string;
  readonly scheme: Scheme;
  readonly warehouseId: string;
}

/** What is stored of one key: the prior state of the diff. */
export interface StockRow extends RowKey {
  readonly level: StockLevel;
  /** Number of the key's newest change, from 1. */
  readonly seq: number;
  /** No longer reported; the level is zero. */
  readonly closed: boolean;
  /** The snapshot in which the key last came to life, named by the offset of its first record. */
  readonly openedIn: number;
}

/** One step in the life of a key: the state it leads to, and where it came from. */
export interface Step {
  readonly op: 'c' | 'u' | 'd';
  readonly before: StockLevel | null;
  readonly row: StockRow;
  readonly reason?: CloseReason | undefined;
}

/** Nothing has changed: the key lives, with this very level. */
export function isSame(prior: StockRow, level: StockLevel): boolean {
  return !prior.closed && sameLevel(prior.level, level);
}

/**
 * The step from what is stored to what was observed, or null where nothing changed.
 * A key that had been closed and is reported again comes back as `u`: `c` happens once in a key's life.
 */
export function observe(
  prior: StockRow | undefined,
  key: RowKey,
  level: StockLevel,
  snapshot: number,
): Step | null {
  if (prior === undefined) {
    return {
      op: 'c',
      before: null,
      row: rowOf(key, level, 1, false, snapshot),
    };
  }
  if (isSame(prior, level)) return null;
  return {
    op: 'u',
    before: prior.level,
    row: rowOf(prior, level, prior.seq + 1, false, prior.closed ? snapshot : prior.openedIn),
  };
}

/** The step that ends a live key: the row and its number stay, the level is zero. */
export function close(prior: StockRow, reason: CloseReason): Step {
  return {
    op: 'd',
    before: prior.level,
    row: rowOf(prior, NO_STOCK, prior.seq + 1, true, prior.openedIn),
    reason,
  };
}

/** One fixed order of keys: products by the length of their number, then all as text. */
export function compareRowKeys(a: RowKey, b: RowKey): number {
  return (
    a.productId.length - b.productId.length ||
    compareText(a.productId, b.productId) ||
    compareText(a.scheme, b.scheme) ||
    compareText(a.warehouseId, b.warehouseId)
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Spelt out: with the key spread into it, a row takes five times as long to make. */
function rowOf(
  { productId, scheme, warehouseId }: RowKey,
  level: StockLevel,
  seq: number,
  closed: boolean,
  openedIn: number,
): StockRow {
  return { productId, scheme, warehouseId, level, seq, closed, openedIn };
}
