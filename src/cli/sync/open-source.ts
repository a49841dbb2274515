import type { LoadedConfig } from '../../../config/load.js';
import { requireSettings } from '../../../config/require.js';
import type { Source } from '../../domain/stock-key.js';
import { type ApiParts, openOzonClient, openWildberriesClient } from '../../main.js';
import { ozonStockReader } from '../../marketplaces/ozon/stock-reader.js';
import { wbStockReader } from '../../marketplaces/wildberries/stock-reader.js';
import { supplierWarning } from '../../marketplaces/wildberries/token.js';
import type { StockReader } from '../../ports/marketplace.js';

/** A marketplace, ready to be read. */
export interface OpenSource {
  readonly account: string;
  readonly readers: readonly StockReader[];
  /** What may go wrong later, in sentences. */
  readonly warnings: readonly string[];
  close(): void;
}

/** @throws CONFIG_INVALID naming what the source lacks in settings, before anything is opened */
export function requireSource(loaded: LoadedConfig, source: Source): void {
  if (source === 'ozon') requireSettings(loaded, ['ozon.clientId', 'ozon.apiKey']);
  else requireSettings(loaded, ['wildberries.apiKey']);
}

/** @throws CONFIG_INVALID; API_CREDENTIALS where the key cannot be one */
export function openSource(loaded: LoadedConfig, source: Source, parts: ApiParts): OpenSource {
  if (source === 'ozon') {
    const client = openOzonClient(loaded, parts);
    return {
      account: client.clientId,
      readers: [ozonStockReader(client)],
      warnings: [],
      close: () => client.close(),
    };
  }
  const client = openWildberriesClient(loaded, parts);
  const supplier = supplierWarning(client.token, loaded.config.wildberries.supplierId ?? undefined);
  return {
    account: client.token.sid,
    readers: [wbStockReader(client)],
    warnings: supplier === undefined ? [] : [supplier],
    close: () => client.close(),
  };
}
