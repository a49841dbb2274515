import { type Answer, Refusal } from '../http/answer.js';
import { listing, listPage } from '../http/listing.js';
import { compareIds } from '../world/figures.js';
import { ozonInvalid } from './errors.js';

/** A row of a list by warehouse, with what a cursor remembers of it. */
export interface PlacedRow {
  readonly productId: string;
  readonly warehouseId: string;
  json(): string;
}

type Place = Pick<PlacedRow, 'productId' | 'warehouseId'>;

function compare(left: Place, right: Place): number {
  return compareIds(left.productId, right.productId) || compareIds(left.warehouseId, right.warehouseId);
}

function cursorOf({ productId, warehouseId }: PlacedRow): string {
  return Buffer.from(`row:${productId}:${warehouseId}`).toString('base64');
}

/** @throws Refusal 400 for a cursor that none of our answers gave */
function behindRow(rows: readonly PlacedRow[], cursor: string): readonly PlacedRow[] {
  if (cursor === '') {
    return rows;
  }
  const place = /^row:(\d+):(-?\d+)$/.exec(Buffer.from(cursor, 'base64').toString('latin1'));
  const [, productId, warehouseId] = place ?? [];
  if (productId === undefined || warehouseId === undefined) {
    throw new Refusal(ozonInvalid('invalid cursor'));
  }
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const row = rows[middle];
    if (row !== undefined && compare(row, { productId, warehouseId }) <= 0) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return rows.slice(low);
}

export function sortRows(rows: readonly PlacedRow[]): PlacedRow[] {
  return [...rows].sort(compare);
}

/**
 * A page of rows that are sorted, as `{<list>: […], cursor, has_next}`. The last page has a cursor too (Ozon docs,
 * the example of /v1/product/info/warehouse/stocks): `has_next` alone tells the end.
 */
export function rowPage(list: string, all: readonly PlacedRow[], asked: string, limit: number): Answer {
  const rest = behindRow(all, asked);
  const shown = rest.slice(0, limit);
  const last = shown.at(-1);
  const next = last === undefined ? '' : cursorOf(last);
  const end = (cursor: string, hasNext: boolean): string =>
    `],"cursor":${JSON.stringify(cursor)},"has_next":${hasNext}}`;
  return listing(
    listPage({
      rows: shown.map((row) => row.json()),
      isFirst: asked === '',
      head: `{"${list}":[`,
      tail: (state) =>
        state === 'page'
          ? end(next, rest.length > limit)
          : state === 'loop'
            ? end(asked || next, true)
            : end('', false),
    }),
  );
}
