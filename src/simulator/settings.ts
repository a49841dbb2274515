import type { Simulator } from './simulator.js';

/** The settings, by their names, that point an installation at a simulator in place of both marketplaces. */
export function simulatorSettings({
  url,
  credentials,
}: Pick<Simulator, 'url' | 'credentials'>): Record<string, string> {
  return {
    OZON_API_URL: url,
    OZON_CLIENT_ID: credentials.ozonClientId,
    OZON_API_KEY: credentials.ozonApiKey,
    WB_COMMON_API_URL: url,
    WB_CONTENT_API_URL: url,
    WB_MARKETPLACE_API_URL: url,
    WB_ANALYTICS_API_URL: url,
    WB_API_KEY: credentials.wbToken,
  };
}
