import { AppError } from '../../errors.js';
import { knownWarehouse } from '../catalogue/wb-goods.js';
import { count, idDigits } from './figures.js';
import { MERGED_WAREHOUSE, type PlantedRow, type StockPatch, type WbSize, type WbStock } from './types.js';

const DEFAULT_WAREHOUSE = '507';

function placed(size: Pick<WbSize, 'nmId' | 'chrtId'>, id: string, row: PlantedRow | StockPatch): WbStock {
  const known = id === MERGED_WAREHOUSE.id ? MERGED_WAREHOUSE : knownWarehouse(id);
  const { warehouseName, regionName }: Partial<PlantedRow> = 'productId' in row ? row : {};
  return {
    nmId: size.nmId,
    chrtId: size.chrtId,
    warehouseId: idDigits(id, 'warehouseId'),
    warehouseName: warehouseName ?? known?.name ?? `Склад ${id}`,
    regionName: regionName ?? known?.region ?? 'Центральный',
    quantity: count(row.present, 0, 'present'),
    inWayToClient: count(row.inWayToClient, 0, 'inWayToClient'),
    inWayFromClient: count(row.inWayFromClient, 0, 'inWayFromClient'),
  };
}

function plantedSize(row: PlantedRow): WbSize {
  const chrtId = idDigits(row.productId, 'productId');
  return {
    chrtId,
    nmId: idDigits(row.nmId ?? chrtId, 'nmId'),
    vendorCode: row.offerId ?? `A-${chrtId}`,
    name: row.name ?? `Товар ${chrtId}`,
    brand: 'Полдень',
    category: 'Товары для дома',
    subject: 'Товар',
    techSize: '0',
    barcode: '',
    hidden: false,
    demand: 0.1,
    stocks: [],
  };
}

/** Sizes out of planted rows, in the order of their first row. A row said twice is a mistake of the test. */
export function plantWildberries(rows: readonly PlantedRow[]): WbSize[] {
  const sizes = new Map<string, WbSize & { stocks: WbStock[] }>();
  for (const row of rows) {
    const size = sizes.get(row.productId) ?? { ...plantedSize(row), stocks: [] };
    const planted = placed(size, row.warehouseId || DEFAULT_WAREHOUSE, row);
    if (size.stocks.some((one) => one.warehouseId === planted.warehouseId)) {
      throw new AppError('USAGE', `simulator: row planted twice: ${row.productId} ${planted.warehouseId}`);
    }
    size.stocks.push(planted);
    sizes.set(row.productId, size);
  }
  return [...sizes.values()];
}

/** The size with one row changed, or with a new row at its end. */
export function patchWildberries(size: WbSize, patch: StockPatch): WbSize {
  const warehouseId = patch.warehouseId ?? size.stocks[0]?.warehouseId ?? DEFAULT_WAREHOUSE;
  const at = size.stocks.findIndex((row) => row.warehouseId === warehouseId);
  const old = size.stocks[at];
  if (old === undefined) {
    return { ...size, stocks: [...size.stocks, placed(size, warehouseId, patch)] };
  }
  const next: WbStock = {
    ...old,
    quantity: count(patch.present, old.quantity, 'present'),
    inWayToClient: count(patch.inWayToClient, old.inWayToClient, 'inWayToClient'),
    inWayFromClient: count(patch.inWayFromClient, old.inWayFromClient, 'inWayFromClient'),
  };
  return { ...size, stocks: size.stocks.with(at, next) };
}
