import type { Config } from '../config/schema.js';
import { SOURCES, type Source } from './domain/stock-key.js';
import { sellerOf } from './marketplaces/wildberries/token.js';

/** The marketplaces that the settings name, whole or in part: one of which nothing is set is not sold on. */
export function configuredSources({
  ozon,
  wildberries,
}: Pick<Config, 'ozon' | 'wildberries'>): readonly Source[] {
  const named: Readonly<Record<Source, readonly unknown[]>> = {
    ozon: [ozon.clientId, ozon.apiKey],
    wildberries: [wildberries.apiKey, wildberries.supplierId],
  };
  return SOURCES.filter((source) => named[source].some((value) => value !== null));
}

/** Whose stock the settings read there; null where they do not say. */
export function configuredAccount(
  { ozon, wildberries }: Pick<Config, 'ozon' | 'wildberries'>,
  source: Source,
): string | null {
  if (source === 'ozon') return ozon.clientId?.trim() || null;
  return wildberries.apiKey === null ? null : sellerOf(wildberries.apiKey);
}
