import type { LoadedConfig } from '../../../config/load.js';
import { configuredAccount } from '../../configured-shops.js';
import type { Source } from '../../domain/stock-key.js';
import { readToken } from '../../marketplaces/wildberries/token.js';
import { requireSource } from './open-source.js';

/** What the settings need of each marketplace. */
export const SOURCE_SETTINGS: Readonly<Record<Source, string>> = {
  ozon: 'OZON_CLIENT_ID, OZON_API_KEY',
  wildberries: 'WB_API_KEY',
};

export interface Shop {
  /** Null where neither the settings nor what was read before tell it. */
  readonly account: string | null;
  /** Why these settings cannot read anything: CONFIG_INVALID, or API_CREDENTIALS. Undefined: nothing is wrong so far. */
  readonly trouble?: unknown;
}

/**
 * Whose stock it is, however unfit key or token may be.
 *
 * @param lastAccount the account that was read last, for a token that does not even say whose it is
 */
export async function shopOf(
  loaded: LoadedConfig,
  source: Source,
  lastAccount: (source: Source) => Promise<string | null>,
): Promise<Shop> {
  const trouble = troubleOf(loaded, source);
  const account = configuredAccount(loaded.config, source) ?? (await lastAccount(source));
  return trouble === undefined ? { account } : { account, trouble };
}

function troubleOf(loaded: LoadedConfig, source: Source): unknown {
  const { apiKey } = loaded.config.wildberries;
  try {
    requireSource(loaded, source);
    // As of the beginning of time: that a token has ended is told as the end of it.
    if (source === 'wildberries' && apiKey !== null) readToken(apiKey, 0);
    return undefined;
  } catch (error) {
    return error;
  }
}
