import { AppError } from '../../errors.js';
import { knownWarehouse } from '../catalogue/wb-goods.js';
import { count, idDigits } from './figures.js';
import {
  MERGED_WAREHOUSE,
  type PlantedRow,
  type StockPatch,
  type WbAmount,
  type WbSize,
  type WbStock,
} from './types.js';
import { USUAL_WB_PLACE } from './wb-places.js';

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
    barcodes: [],
    hidden: false,
    demand: 0.1,
    stocks: [],
    amounts: [],
  };
}

/** Is it the seller's own stock? @throws AppError USAGE for a scheme of another marketplace */
function isOwn(scheme: string | undefined): boolean {
  if (scheme !== undefined && scheme !== 'fbw' && scheme !== 'fbs') {
    throw new AppError('USAGE', `simulator: Wildberries has no scheme "${scheme}" (fbw, fbs)`);
  }
  return scheme === 'fbs';
}

/** Sizes out of planted rows, in the order of their first row. A row said twice is a mistake of the test. */
export function plantWildberries(rows: readonly PlantedRow[]): WbSize[] {
  const sizes = new Map<string, WbSize & { stocks: WbStock[]; amounts: WbAmount[] }>();
  for (const row of rows) {
    const size = sizes.get(row.productId) ?? { ...plantedSize(row), stocks: [], amounts: [] };
    const own = isOwn(row.scheme);
    const warehouseId = row.warehouseId || (own ? USUAL_WB_PLACE : DEFAULT_WAREHOUSE);
    const rows: readonly { readonly warehouseId: string }[] = own ? size.amounts : size.stocks;
    if (rows.some((one) => one.warehouseId === warehouseId)) {
      throw new AppError('USAGE', `simulator: row planted twice: ${row.productId} ${warehouseId}`);
    }
    if (own) {
      size.amounts.push(amountOf(warehouseId, row));
    } else {
      size.stocks.push(placed(size, warehouseId, row));
    }
    sizes.set(row.productId, size);
  }
  return [...sizes.values()];
}

function amountOf(warehouseId: string, row: PlantedRow | StockPatch, otherwise = 0): WbAmount {
  return {
    warehouseId: idDigits(warehouseId, 'warehouseId'),
    amount: count(row.present, otherwise, 'present'),
  };
}

/** The size with one row changed, or with a new row at its end. */
export function patchWildberries(size: WbSize, patch: StockPatch): WbSize {
  if (isOwn(patch.scheme)) {
    return patchAmount(size, patch);
  }
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

function patchAmount(size: WbSize, patch: StockPatch): WbSize {
  const warehouseId = patch.warehouseId ?? size.amounts[0]?.warehouseId ?? USUAL_WB_PLACE;
  const at = size.amounts.findIndex((row) => row.warehouseId === warehouseId);
  const next = amountOf(warehouseId, patch, size.amounts[at]?.amount);
  return { ...size, amounts: at < 0 ? [...size.amounts, next] : size.amounts.with(at, next) };
}
