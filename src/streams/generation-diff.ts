import {
  type CloseReason,
  close,
  compareRowKeys,
  observe,
  type Step,
  type StockRow,
} from '../domain/stock-change.js';
import type { ProductPatch, StoredProduct } from '../ports/projection.js';
import type { GenerationProduct } from '../ports/replay.js';
import { rowId } from './open-snapshot.js';

export interface ProductDifference {
  readonly steps: readonly Step[];
  /** Rows that need no step, yet came to life on the other side of the open snapshot's beginning. */
  readonly reopened: readonly StockRow[];
  /** The product had stock, and the generation has no row of it. */
  readonly vanishes: boolean;
}

/**
 * Steps that lead from a product's live rows to those of a generation, in the order of their keys.
 *
 * @param openAt first offset of the snapshot that is open in the feed, or null
 */
export function productDifference(
  live: readonly StockRow[],
  shadow: readonly StockRow[],
  openAt: number | null,
): ProductDifference {
  const prior = new Map(live.map((row) => [rowId(row), row]));
  const target = new Map(shadow.filter((row) => !row.closed).map((row) => [rowId(row), row]));
  const reason: CloseReason = target.size > 0 ? 'moved' : 'absent';
  const steps: Step[] = [];
  const reopened: StockRow[] = [];
  for (const row of target.values()) {
    const now = prior.get(rowId(row));
    const step = observe(now, row, row.level, row.openedIn);
    // Both name snapshots by the same log: which of them a row came to life in is the generation's to say.
    if (step !== null) steps.push({ ...step, row: { ...step.row, openedIn: row.openedIn } });
    else if (now !== undefined && (now.openedIn === openAt) !== (row.openedIn === openAt)) {
      reopened.push({ ...now, openedIn: row.openedIn });
    }
  }
  const open = live.filter((row) => !row.closed);
  for (const row of open) if (!target.has(rowId(row))) steps.push(close(row, reason));
  steps.sort((a, b) => compareRowKeys(a.row, b.row));
  const vanishes = target.size === 0 && open.some(({ level }) => level.available > 0);
  return { steps, reopened, vanishes };
}

export interface GenerationDifference {
  readonly steps: readonly Step[];
  readonly reopened: readonly StockRow[];
  readonly facts: {
    readonly rowsBefore: number;
    readonly rowsSeen: number;
    readonly inStockBefore: number;
    readonly inStockVanishing: number;
  };
}

type Rows = AsyncIterable<readonly StockRow[]>;

/** Compares a feed's live rows with those of a generation; both come in the order of their products. */
export async function generationDifference(
  live: Rows,
  shadow: Rows,
  openAt: number | null,
): Promise<GenerationDifference> {
  const steps: Step[] = [];
  const reopened: StockRow[] = [];
  let [rowsBefore, rowsSeen, inStockBefore, inStockVanishing] = [0, 0, 0, 0];
  for await (const { left, right } of sideBySide(live, shadow)) {
    const difference = productDifference(left, right, openAt);
    for (const step of difference.steps) steps.push(step);
    for (const row of difference.reopened) reopened.push(row);
    const open = left.filter((row) => !row.closed);
    rowsBefore += open.length;
    rowsSeen += right.filter((row) => !row.closed).length;
    if (open.some(({ level }) => level.available > 0)) inStockBefore += 1;
    if (difference.vanishes) inStockVanishing += 1;
  }
  return { steps, reopened, facts: { rowsBefore, rowsSeen, inStockBefore, inStockVanishing } };
}

interface Both {
  readonly left: readonly StockRow[];
  readonly right: readonly StockRow[];
}

async function* sideBySide(live: Rows, shadow: Rows): AsyncGenerator<Both> {
  const [a, b] = [byProduct(live), byProduct(shadow)];
  try {
    let [left, right] = [await a.next(), await b.next()];
    while (left.done !== true || right.done !== true) {
      const order = left.done === true ? 1 : right.done === true ? -1 : inNumber(left.value, right.value);
      yield {
        left: order <= 0 ? (left.value as StockRow[]) : [],
        right: order >= 0 ? (right.value as StockRow[]) : [],
      };
      if (order <= 0) left = await a.next();
      if (order >= 0) right = await b.next();
    }
  } finally {
    await a.return(undefined);
    await b.return(undefined);
  }
}

function inNumber([a]: readonly StockRow[], [b]: readonly StockRow[]): number {
  const [one, other] = [BigInt(a?.productId ?? 0), BigInt(b?.productId ?? 0)];
  return one < other ? -1 : one > other ? 1 : 0;
}

/** A product's rows are never cut in two by a chunk's end. */
async function* byProduct(chunks: Rows): AsyncGenerator<StockRow[]> {
  for await (const rows of chunks) {
    for (let start = 0; start < rows.length; ) {
      const { productId } = rows[start] as StockRow;
      let end = start;
      while (rows[end]?.productId === productId) end += 1;
      yield rows.slice(start, end);
      start = end;
    }
  }
}

const TEXTS = ['offerId', 'name', 'sku', 'cardId', 'size'] as const;

/**
 * What has to be said of a product so that it is known as the generation knows it; null where it is.
 *
 * @param whole a catalogue's word counts; a feed of stock only fills in what is not known
 */
export function productDifferenceOf(
  feedId: number,
  live: StoredProduct | undefined,
  shadow: GenerationProduct,
  whole: boolean,
): ProductPatch | null {
  const { productId, barcodes, archived, removed, removedAt, firstSeenMs } = shadow;
  const says: Record<string, unknown> = {};
  for (const name of TEXTS) {
    const known = live?.[name] ?? null;
    if (shadow[name] !== null && shadow[name] !== known && (whole || known === null))
      says[name] = shadow[name];
  }
  if (whole) {
    if (barcodes !== null && JSON.stringify(barcodes) !== JSON.stringify(live?.barcodes ?? null)) {
      says.barcodes = barcodes;
    }
    if (archived !== (live?.archived ?? false)) says.archived = archived;
    if (removed !== (live?.removed ?? false)) says.removedAt = removed ? removedAt : null;
  }
  if (live !== undefined && Object.keys(says).length === 0) return null;
  return { ...says, feedId, productId, seenAt: firstSeenMs };
}
