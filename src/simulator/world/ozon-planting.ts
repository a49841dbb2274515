import { AppError } from '../../errors.js';
import { count, idDigits } from './figures.js';
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

function newRow(type: OzonScheme, shipmentType: ShipmentType, figures: PlantedRow | StockPatch): OzonStock {
  const present = count(figures.present, 0, 'present');
  return { type, shipmentType, present, reserved: count(figures.reserved, 0, 'reserved'), warehouseIds: [] };
}

function plantedProduct(row: PlantedRow): OzonProduct {
  const productId = idDigits(row.productId, 'productId');
  return {
    productId,
    sku: productId,
    offerId: row.offerId ?? `A-${productId}`,
    name: row.name ?? `Товар ${productId}`,
    brand: 'Полдень',
    category: 'Товары для дома',
    barcode: '',
    archived: false,
    hidden: false,
    demand: 0.1,
    stocks: [],
  };
}

/** Products out of planted rows, in the order of their first row. A row said twice is a mistake of the test. */
export function plantOzon(rows: readonly PlantedRow[]): OzonProduct[] {
  const products = new Map<string, OzonProduct>();
  for (const row of rows) {
    const product = products.get(row.productId) ?? plantedProduct(row);
    const stocks = [...product.stocks];
    if (row.scheme !== undefined) {
      const planted = newRow(
        asScheme(row.scheme),
        asShipmentType(row.shipmentType ?? 'SHIPMENT_TYPE_GENERAL'),
        row,
      );
      if (stocks.some((one) => one.type === planted.type && one.shipmentType === planted.shipmentType)) {
        throw new AppError('USAGE', `simulator: row planted twice: ${row.productId} ${row.scheme}`);
      }
      stocks.push(planted);
    }
    products.set(row.productId, { ...product, stocks });
  }
  return [...products.values()];
}

/** The product with one row changed, or with a new row at its end. */
export function patchOzon(product: OzonProduct, patch: StockPatch): OzonProduct {
  const type = asScheme(patch.scheme ?? product.stocks[0]?.type ?? 'fbo');
  const firstOfType = product.stocks.find((row) => row.type === type);
  const shipmentType = asShipmentType(
    patch.shipmentType ?? firstOfType?.shipmentType ?? 'SHIPMENT_TYPE_GENERAL',
  );
  const at = product.stocks.findIndex((row) => row.type === type && row.shipmentType === shipmentType);
  const old = product.stocks[at];
  if (old === undefined) {
    return { ...product, stocks: [...product.stocks, newRow(type, shipmentType, patch)] };
  }
  const next: OzonStock = {
    ...old,
    present: count(patch.present, old.present, 'present'),
    reserved: count(patch.reserved, old.reserved, 'reserved'),
  };
  return { ...product, stocks: product.stocks.with(at, next) };
}
