import type { Normaliser, NormaliserOf } from '../ports/marketplace.js';
import { cataloguedOzonItem, cataloguedOzonProduct } from './ozon/to-products.js';
import { normaliseOzonItem } from './ozon/to-stock-levels.js';
import {
  normaliseFboAnalyticsRow,
  normaliseFboStock,
  normaliseWarehouseStock,
} from './ozon/to-warehouse-levels.js';
import { normaliseWbFbsRow } from './wildberries/to-fbs-levels.js';
import { cataloguedCard } from './wildberries/to-products.js';
import { normaliseWbRow } from './wildberries/to-stock-levels.js';

/** By source and the endpoint's name: the feed's own, or the one that a page's query names. */
const NORMALISERS: Readonly<Record<string, Normaliser>> = {
  'ozon:product-stocks': { kind: 'stock', read: normaliseOzonItem },
  'ozon:warehouse-stocks': { kind: 'stock', read: normaliseWarehouseStock },
  'ozon:fbo-stocks': { kind: 'stock', read: normaliseFboStock },
  'ozon:analytics-stocks': { kind: 'stock', read: normaliseFboAnalyticsRow },
  'ozon:product-list': { kind: 'catalogue', read: cataloguedOzonItem },
  'ozon:product-info': { kind: 'catalogue', read: cataloguedOzonProduct },
  'wildberries:wb-warehouses': { kind: 'stock', read: normaliseWbRow, readsNoText: true },
  'wildberries:fbs-stocks': { kind: 'stock', read: normaliseWbFbsRow, readsNoText: true },
  'wildberries:cards': { kind: 'catalogue', read: cataloguedCard },
};

export const normaliserOf: NormaliserOf = (source, endpoint) => {
  const name = `${source}:${endpoint}`;
  return Object.hasOwn(NORMALISERS, name) ? NORMALISERS[name] : undefined;
};
