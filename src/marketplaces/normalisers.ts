import type { Normaliser, NormaliserOf } from '../ports/marketplace.js';
import { PRODUCT_STOCKS } from './ozon/limits.js';
import { normaliseOzonItem } from './ozon/to-stock-levels.js';
import { WB_WAREHOUSES } from './wildberries/limits.js';
import { normaliseWbRow } from './wildberries/to-stock-levels.js';

const NORMALISERS: Readonly<Record<string, Normaliser>> = {
  [`ozon:${PRODUCT_STOCKS.endpoint}`]: normaliseOzonItem,
  [`wildberries:${WB_WAREHOUSES.endpoint}`]: normaliseWbRow,
};

/** Every stock feed's reader of rows, by source and endpoint. */
export const normaliserOf: NormaliserOf = (source, endpoint) => {
  const name = `${source}:${endpoint}`;
  return Object.hasOwn(NORMALISERS, name) ? NORMALISERS[name] : undefined;
};
