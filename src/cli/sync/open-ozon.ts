import type { LoadedConfig } from '../../../config/load.js';
import { openOzonClient } from '../../main.js';
import { ozonCatalogueReader } from '../../marketplaces/ozon/catalogue-reader.js';
import { ozonStockReader } from '../../marketplaces/ozon/stock-reader.js';
import { catalogueDue } from './catalogue-due.js';
import type { OpenSource, SourceParts } from './opened-source.js';

/** Ozon is asked one thing at a time, so that its feeds are one lane: the stock first, it cannot wait. */
export function openOzon(loaded: LoadedConfig, parts: SourceParts): OpenSource {
  const client = openOzonClient(loaded, parts);
  const { warehouseId, fboStocks } = loaded.config.ozon;
  return {
    account: client.clientId,
    warnings: [],
    retired: [],
    plan: async ({ directory, fullResync, acceptAbsences, now }) => {
      const places = { sellerWarehouses: warehouseId, fbo: fboStocks } as const;
      const stock = ozonStockReader(client, { ...places, acceptGaps: acceptAbsences });
      const catalogue = ozonCatalogueReader(client, { logger: parts.logger });
      const { watermark } = await directory.standing(catalogue.feed);
      const due = fullResync || catalogueDue(watermark, loaded.config.sync.catalogueHours, now);
      return [due ? [stock, catalogue] : [stock]];
    },
    close: () => client.close(),
  };
}
