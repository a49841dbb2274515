import type { PageQuery } from '../../../src/events/raw-snapshot.js';

/** present, reserved, available, in way to client, in way from client. */
export type Level = readonly [number, number, number, number, number];
export const NOTHING: Level = [0, 0, 0, 0, 0];

/** What a row says of a product's stock. */
export interface SeenItem {
  readonly product: string;
  readonly offer?: string | undefined;
  readonly stands: readonly { readonly scheme: string; readonly warehouse: string; readonly level: Level }[];
}

/** What a row of a catalogue says. */
export interface SeenProduct {
  readonly product: string;
  readonly offer?: string | undefined;
  readonly name?: string | undefined;
}

type Row = Readonly<Record<string, unknown>>;
type StockReader = (row: unknown, query: PageQuery) => SeenItem;
type CatalogueReader = (row: unknown, query: PageQuery) => SeenProduct[];

/** Thrown where a row is not what the marketplace's documents say; which words does not matter here. */
export class BadRow extends Error {}

const bad = (what: string): never => {
  throw new BadRow(what);
};

const STOCK = new Map<string, StockReader>([
  ['ozon:product-stocks', ozonItem],
  ['ozon:warehouse-stocks', ozonAtWarehouse],
  ['ozon:fbo-stocks', ozonFbo],
  ['ozon:analytics-stocks', ozonAnalytics],
  ['wildberries:wb-warehouses', wbRow],
  ['wildberries:fbs-stocks', wbFbs],
]);
const CATALOGUE = new Map<string, CatalogueReader>([
  ['ozon:product-list', ozonListed],
  ['ozon:product-info', ozonDescribed],
  ['wildberries:cards', wbCard],
]);

/** How rows of a method are read; undefined for a method that nobody knows. */
export function stockReader(source: string, method: string): StockReader | undefined {
  return STOCK.get(`${source}:${method}`);
}
export function catalogueReader(source: string, method: string): CatalogueReader | undefined {
  return CATALOGUE.get(`${source}:${method}`);
}

/** One element of /v4/product/info/stocks: several rows of a scheme are added up. */
function ozonItem(value: unknown): SeenItem {
  const row = fields(value);
  const product = positive(row.product_id);
  const sums = new Map<string, { present: number; reserved: number }>();
  if (row.stocks !== null) {
    for (const one of list(row.stocks)) {
      const stock = fields(one);
      const scheme = String(stock.type);
      if (typeof stock.type !== 'string' || !['fbo', 'fbs', 'rfbs', 'fbp'].includes(scheme)) bad('scheme');
      const sum = sums.get(scheme) ?? { present: 0, reserved: 0 };
      sum.present += pieces(stock.present);
      sum.reserved += pieces(stock.reserved ?? 0);
      sums.set(scheme, sum);
    }
  }
  const stands = [...sums].map(([scheme, { present, reserved }]) => ({
    scheme,
    warehouse: '',
    level: [pieces(present), pieces(reserved), Math.max(0, present - reserved), 0, 0] as const,
  }));
  return { product, offer: shown(row.offer_id), stands };
}

function ozonAtWarehouse(value: unknown, { scheme, warehouseId }: PageQuery): SeenItem {
  if (scheme === undefined || warehouseId === undefined) return bad('query');
  const item = ozonPlaces(value, scheme, (row) => positive(row.product_id), ozonPieces);
  if (item.stands[0]?.warehouse !== warehouseId) bad('warehouse');
  return item;
}

function ozonFbo(value: unknown, { productIds = [] }: PageQuery): SeenItem {
  const productOf = (row: Row) => {
    const product = positive(row.product_id);
    return productIds.includes(product) ? product : bad('product');
  };
  return ozonPlaces(value, 'fbo', productOf, ozonPieces);
}

function ozonAnalytics(value: unknown, { skus = [], productIds = [] }: PageQuery): SeenItem {
  const productOf = (row: Row) => productIds[skus.indexOf(positiveOr(row.sku, ''))] ?? bad('sku');
  return ozonPlaces(value, 'fbo', productOf, (row) => {
    const count = pieces(row.available_stock_count);
    return [count, 0, count];
  });
}

function ozonPieces(row: Row): [number, number, number] {
  const present = pieces(row.present);
  const reserved = pieces(row.reserved ?? 0);
  const free = row.free_stock ?? null;
  return [present, reserved, free === null ? Math.max(0, present - reserved) : pieces(free)];
}

/** One row, or all rows of one product in one place: its skus are added up, the last word of each counts. */
function ozonPlaces(
  value: unknown,
  scheme: string,
  productOf: (row: Row) => string,
  piecesOf: (row: Row) => [number, number, number],
): SeenItem {
  const rows = Array.isArray(value) && value.length > 0 ? (value as unknown[]) : [value];
  const bySku = new Map<string, [number, number, number]>();
  let first: { product: string; warehouse: string; offer: string | undefined } | undefined;
  for (const one of rows) {
    const row = fields(one);
    const product = productOf(row);
    const warehouse = whole(row.warehouse_id);
    if (warehouse.startsWith('-')) bad('warehouse');
    first ??= { product, warehouse, offer: shown(row.offer_id) };
    if (first.product !== product || first.warehouse !== warehouse) bad('two places');
    bySku.set(positiveOr(row.sku, ''), piecesOf(row));
  }
  if (first === undefined) return bad('empty');
  const sum = (at: 0 | 1 | 2) => pieces([...bySku.values()].reduce((total, one) => total + one[at], 0));
  const stand = { scheme, warehouse: first.warehouse, level: [sum(0), sum(1), sum(2), 0, 0] as const };
  return { product: first.product, offer: first.offer, stands: [stand] };
}

function wbRow(value: unknown): SeenItem {
  const row = fields(value);
  const product = positive(row.chrtId);
  const warehouse = whole(row.warehouseId);
  const count = pieces(row.quantity);
  const level = [count, 0, count, pieces(row.inWayToClient ?? 0), pieces(row.inWayFromClient ?? 0)] as const;
  return { product, stands: [{ scheme: 'fbw', warehouse, level }] };
}

function wbFbs(value: unknown, { productIds, warehouseId }: PageQuery): SeenItem {
  const row = fields(value);
  const product = positive(row.chrtId);
  if (productIds !== undefined && !productIds.includes(product)) bad('not asked');
  const unsaid = row.warehouseId === undefined && warehouseId !== undefined;
  const warehouse = unsaid ? warehouseId : whole(row.warehouseId);
  if (warehouseId !== undefined && warehouse !== warehouseId) bad('another warehouse');
  const count = pieces(row.amount === undefined ? row.quantity : row.amount);
  return { product, stands: [{ scheme: 'fbs', warehouse, level: [count, 0, count, 0, 0] }] };
}

function ozonListed(value: unknown): SeenProduct[] {
  const row = fields(value);
  return [{ product: positive(row.product_id), offer: shown(row.offer_id) }];
}

function ozonDescribed(value: unknown, { productIds }: PageQuery): SeenProduct[] {
  const row = fields(value);
  const product = positive(row.id);
  if (productIds !== undefined && !productIds.includes(product)) bad('not asked');
  const name = shown(row.name, 1000);
  return [{ product, offer: shown(row.offer_id), name: name === '' ? undefined : name }];
}

function wbCard(value: unknown): SeenProduct[] {
  const row = fields(value);
  positive(row.nmID);
  const offer = text(row.vendorCode, 500);
  const name = text(row.title, 1000);
  const products = list(row.sizes).map((one) => {
    const size = fields(one);
    text(size.techSize, 60);
    text(size.wbSize, 60);
    const { skus = null } = size;
    if (skus !== null && !list(skus).every((sku) => typeof sku === 'string')) bad('skus');
    return positive(size.chrtID);
  });
  return [...new Set(products)].map((product) => ({ product, offer, name }));
}

function fields(value: unknown): Row {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return bad('no object');
  return value as Row;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as unknown[]) : bad('no list');
}

function pieces(value: unknown): number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : bad('no quantity');
}

/** A whole number of 64 bits, in digits. */
function whole(value: unknown): string {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
  if (typeof value !== 'string' || !/^(0|-?[1-9]\d*)$/.test(value) || value.length > 20) return bad('no id');
  return BigInt.asIntN(64, BigInt(value)) === BigInt(value) ? value : bad('no id');
}

function positive(value: unknown): string {
  const id = whole(value);
  return id === '0' || id.startsWith('-') ? bad('no id') : id;
}

function positiveOr(value: unknown, other: string): string {
  try {
    return positive(value);
  } catch {
    return other;
  }
}

/** A text that is only shown: digits will do, anything else says nothing. */
function shown(value: unknown, longest = 500): string | undefined {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? fitted(value, longest) : undefined;
}

/** A text of Wildberries: absent or blank says nothing, another type is a mistake. */
function text(value: unknown, longest: number): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') return bad('no text');
  return value.trim() === '' ? undefined : fitted(value, longest);
}

function fitted(value: string, longest: number): string {
  const whole = value.replace(/\p{Surrogate}/gu, '\ufffd');
  return whole.length <= longest ? whole : [...whole].slice(0, longest / 2).join('');
}
