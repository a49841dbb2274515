import { byKind, sumOf } from './ozon-places.js';
import type { CatalogueRow, OzonProduct, OzonScheme, OzonStock, TruthOptions, TruthRow } from './types.js';

/** `free_stock` of rows that lie together. */
function freeStock(rows: readonly OzonStock[]): number {
  return rows.reduce((sum, row) => sum + (row.free ?? Math.max(0, row.present - row.reserved)), 0);
}

/** Rows of a product on one warehouse, all packages together. */
interface PlacedStock {
  readonly warehouseId: string;
  readonly present: number;
  readonly reserved: number;
  readonly free: number;
}

/** A product's stock in these schemes, warehouse by warehouse. */
export function byWarehouse(product: OzonProduct, schemes: readonly OzonScheme[]): PlacedStock[] {
  const rows = product.stocks.filter((row) => schemes.includes(row.type));
  return [...new Set(rows.map((row) => row.warehouseId))].map((warehouseId) => {
    const here = rows.filter((row) => row.warehouseId === warehouseId);
    return {
      warehouseId,
      present: sumOf(here, 'present'),
      reserved: sumOf(here, 'reserved'),
      free: freeStock(here),
    };
  });
}

/** The rows of /v4/product/info/stocks. */
export function schemeRows(
  product: OzonProduct,
): (OzonStock & { readonly warehouseIds: readonly string[] })[] {
  return byKind(product.stocks).flatMap((rows) => {
    const [first] = rows;
    const warehouseIds = first?.type === 'fbo' ? [] : rows.map((row) => row.warehouseId);
    return first === undefined
      ? []
      : [{ ...first, present: sumOf(rows, 'present'), reserved: sumOf(rows, 'reserved'), warehouseIds }];
  });
}

function level(
  product: OzonProduct,
  scheme: string,
  figures: Pick<TruthRow, 'warehouseId' | 'present' | 'reserved' | 'available'>,
): TruthRow {
  return { productId: product.productId, scheme, ...figures, inWayToClient: 0, inWayFromClient: 0 };
}

function schemeTotal(product: OzonProduct, scheme: OzonScheme): TruthRow {
  const rows = product.stocks.filter((row) => row.type === scheme);
  const present = sumOf(rows, 'present');
  const reserved = sumOf(rows, 'reserved');
  const available = present > reserved ? present - reserved : 0;
  return level(product, scheme, { warehouseId: '', present, reserved, available });
}

function ofScheme(product: OzonProduct, scheme: OzonScheme, how: TruthOptions): TruthRow[] {
  const seller = scheme === 'fbs' || scheme === 'rfbs' ? (how.sellerWarehouses ?? null) : null;
  if (seller !== null) {
    return byWarehouse(product, [scheme])
      .filter(({ warehouseId }) => seller === 'all' || seller.includes(warehouseId))
      .map(({ free, ...row }) => level(product, scheme, { ...row, available: free }));
  }
  if (scheme !== 'fbo' || (how.fbo ?? 'total') === 'total') {
    return [schemeTotal(product, scheme)];
  }
  return byWarehouse(product, ['fbo']).map(({ warehouseId, present, reserved }) => {
    const available = Math.max(0, present - reserved);
    const analytics = how.fbo === 'analytics';
    const figures = analytics ? { present: available, reserved: 0 } : { present, reserved };
    return level(product, scheme, { warehouseId, ...figures, available });
  });
}

/** What reading must come to; archived products are not part of it. */
export function ozonTruth(products: readonly OzonProduct[], how: TruthOptions): TruthRow[] {
  const rows: TruthRow[] = [];
  for (const product of products) {
    for (const scheme of product.archived ? [] : new Set(product.stocks.map((row) => row.type))) {
      rows.push(...ofScheme(product, scheme, how));
    }
  }
  return rows;
}

export function ozonCatalogue(products: readonly OzonProduct[]): CatalogueRow[] {
  return products.map(({ productId, offerId, name, sku, barcodes, archived }) => ({
    productId,
    offerId,
    name,
    sku,
    barcodes,
    archived,
  }));
}
