import { AppError } from '../../errors.js';
import { count, idDigits } from './figures.js';
import { settle, sumOf, usualPlace } from './ozon-places.js';
import {
  OZON_SCHEMES,
  type OzonProduct,
  type OzonScheme,
  type OzonStock,
  type PlantedRow,
  SHIPMENT_TYPES,
  type ShipmentType,
  type StockPatch,
} from './types.js';

function asScheme(value: string): OzonScheme {
  if (!OZON_SCHEMES.includes(value)) {
    throw new AppError('USAGE', `simulator: Ozon has no scheme "${value}" (${OZON_SCHEMES.join(', ')})`);
  }
  return value as OzonScheme;
}

function asShipmentType(value: string): ShipmentType {
  if (!SHIPMENT_TYPES.includes(value)) {
    throw new AppError('USAGE', `simulator: no shipment type "${value}" (${SHIPMENT_TYPES.join(', ')})`);
  }
  return value as ShipmentType;
}

type Place = Pick<OzonStock, 'type' | 'shipmentType' | 'warehouseId'>;

function newRow(place: Place, figures: PlantedRow | StockPatch): OzonStock {
  return {
    ...place,
    present: count(figures.present, 0, 'present'),
    reserved: count(figures.reserved, 0, 'reserved'),
    ...(figures.free === undefined ? {} : { free: count(figures.free, 0, 'free') }),
  };
}

function at(rows: readonly OzonStock[], place: Place): number {
  const { type, shipmentType, warehouseId } = place;
  return rows.findIndex(
    (row) => row.type === type && row.shipmentType === shipmentType && row.warehouseId === warehouseId,
  );
}

function plantedProduct(row: PlantedRow, now: number): OzonProduct {
  const productId = idDigits(row.productId, 'productId');
  return {
    productId,
    sku: productId,
    offerId: row.offerId ?? `A-${productId}`,
    name: row.name ?? `Товар ${productId}`,
    brand: 'Полдень',
    category: 'Товары для дома',
    barcodes: [],
    archived: false,
    hidden: false,
    demand: 0.1,
    stocks: [],
    createdAt: now,
    updatedAt: now,
    stockedAt: now,
  };
}

function placeOf(type: OzonScheme, row: PlantedRow | StockPatch): Place {
  return {
    type,
    shipmentType: asShipmentType(row.shipmentType ?? 'SHIPMENT_TYPE_GENERAL'),
    warehouseId: idDigits(row.warehouseId || usualPlace(type), 'warehouseId'),
  };
}

/** Products out of planted rows, in the order of their first row. A row said twice is a mistake of the test. */
export function plantOzon(rows: readonly PlantedRow[], now: number): OzonProduct[] {
  const products = new Map<string, OzonProduct & { stocks: OzonStock[] }>();
  for (const row of rows) {
    const product = products.get(row.productId) ?? { ...plantedProduct(row, now), stocks: [] };
    products.set(row.productId, product);
    if (row.scheme === undefined) {
      continue;
    }
    const place = placeOf(asScheme(row.scheme), row);
    if (at(product.stocks, place) >= 0) {
      throw new AppError('USAGE', `simulator: row planted twice: ${row.productId} ${row.scheme}`);
    }
    product.stocks.push(newRow(place, row));
  }
  return [...products.values()];
}

/** One row, or a new one at the end, with the patch's figures. */
function patchPlace(stocks: readonly OzonStock[], place: Place, patch: StockPatch): OzonStock[] {
  const index = at(stocks, place);
  const old = stocks[index];
  if (old === undefined) {
    return [...stocks, newRow(place, patch)];
  }
  const next: OzonStock = {
    ...old,
    present: count(patch.present, old.present, 'present'),
    reserved: count(patch.reserved, old.reserved, 'reserved'),
    ...(patch.free === undefined ? {} : { free: count(patch.free, 0, 'free') }),
  };
  return stocks.with(index, next);
}

/** The product with one row changed, or with a new row at its end. */
export function patchOzon(product: OzonProduct, patch: StockPatch): OzonProduct {
  const { stocks } = product;
  const type = asScheme(patch.scheme ?? stocks[0]?.type ?? 'fbo');
  const firstOfType = stocks.find((row) => row.type === type);
  const shipmentType = asShipmentType(
    patch.shipmentType ?? firstOfType?.shipmentType ?? 'SHIPMENT_TYPE_GENERAL',
  );
  const rows = stocks.filter((row) => row.type === type && row.shipmentType === shipmentType);
  if (patch.warehouseId !== undefined || rows.length < 2) {
    const warehouseId = patch.warehouseId ?? rows[0]?.warehouseId ?? '';
    const place = placeOf(type, { ...patch, shipmentType, warehouseId });
    return { ...product, stocks: patchPlace(stocks, place, patch) };
  }
  const settled = settle(
    rows,
    count(patch.present, sumOf(rows, 'present'), 'present'),
    count(patch.reserved, sumOf(rows, 'reserved'), 'reserved'),
  );
  return { ...product, stocks: stocks.map((row) => settled[rows.indexOf(row)] ?? row) };
}
