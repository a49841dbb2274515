import { type ApiAnswer, fitted, readJson } from '../http/api-answer.js';
import { sliceJsonRows } from '../http/json-rows.js';
import { cursorPage, productsPage, roles, stocksPage, warehousesPage } from './schema.js';

/** Rows of one answer. */
export interface OzonRows {
  /** Each one a JSON text, as Ozon wrote it. */
  readonly rows: readonly string[];
  /** Unix milliseconds. */
  readonly receivedAt: number;
}

/** One answer of /v4/product/info/stocks. */
export interface OzonStocksPage extends OzonRows {
  /** Empty where there is no next page. */
  readonly cursor: string;
  readonly announcedProducts: number | undefined;
}

/** One answer of /v3/product/list; `cursor` is its `last_id`. */
export type OzonProductsPage = OzonStocksPage;

/** One answer of a method with `has_next`. */
export interface OzonCursorPage extends OzonRows {
  readonly cursor: string;
  readonly hasNext: boolean;
}

/** A warehouse of the seller, FBS or rFBS (Ozon docs, /v2/warehouse/list). */
export interface SellerWarehouse {
  /** Digits. */
  readonly id: string;
  readonly name: string;
  readonly status: string;
  readonly isRfbs: boolean;
}

export interface OzonWarehousesPage {
  readonly warehouses: readonly SellerWarehouse[];
  readonly cursor: string;
  readonly hasNext: boolean;
}

export interface OzonRoles {
  readonly expiresAt: string | undefined;
  readonly roles: readonly { readonly name: string; readonly methods: readonly string[] }[];
}

export function readStocksPage(answer: ApiAnswer): OzonStocksPage {
  const { rows, rest } = sliceJsonRows(answer, ['items']);
  const page = fitted(answer, rest, stocksPage);
  return {
    rows,
    cursor: page.cursor ?? '',
    announcedProducts: announced(rows.length, page.total_items, page.total),
    receivedAt: answer.receivedAt,
  };
}

export function readProductsPage(answer: ApiAnswer): OzonProductsPage {
  const { rows, rest } = sliceJsonRows(answer, ['result', 'items']);
  const { result } = fitted(answer, rest, productsPage);
  return {
    rows,
    cursor: result.last_id ?? '',
    announcedProducts: announced(rows.length, result.total_items, result.total),
    receivedAt: answer.receivedAt,
  };
}

/** A zero beside products is what a switched-off field looks like in protobuf's JSON: it says nothing. */
function announced(products: number, ...totals: readonly (number | null | undefined)[]): number | undefined {
  return totals.find((total) => typeof total === 'number' && (total > 0 || products === 0)) ?? undefined;
}

/** Rows of an answer that has nothing else to say. */
export function rowsReader(list: string): (answer: ApiAnswer) => OzonRows {
  return (answer) => ({ rows: sliceJsonRows(answer, [list]).rows, receivedAt: answer.receivedAt });
}

export function cursorReader(list: string): (answer: ApiAnswer) => OzonCursorPage {
  return (answer) => {
    const { rows, rest } = sliceJsonRows(answer, [list]);
    return { rows, ...place(fitted(answer, rest, cursorPage), rows.length), receivedAt: answer.receivedAt };
  };
}

export function readWarehouses(answer: ApiAnswer): OzonWarehousesPage {
  const page = readJson(answer, warehousesPage);
  const warehouses = page.warehouses.map(({ warehouse_id: id, name, status, is_rfbs: isRfbs }) => ({
    id,
    name: name ?? '',
    status: status ?? '',
    isRfbs,
  }));
  return { warehouses, ...place(page, warehouses.length) };
}

/**
 * `has_next` decides: the documents' own example carries a cursor on its last page (Ozon docs,
 * /v1/product/info/warehouse/stocks). An answer without it is asked on as long as there are rows and a cursor: one
 * request too many does no harm, one too few loses rows.
 */
function place(
  page: { cursor?: string | null | undefined; has_next?: boolean | null | undefined },
  rows: number,
) {
  const cursor = page.cursor ?? '';
  return { cursor, hasNext: page.has_next ?? (rows > 0 && cursor !== '') };
}

export function readRoles(answer: ApiAnswer): OzonRoles {
  const body = readJson(answer, roles);
  return {
    expiresAt: body.expires_at ?? undefined,
    roles: (body.roles ?? []).map(({ name, methods }) => ({ name: name ?? '', methods: methods ?? [] })),
  };
}
