import type { Config } from '../../../config/schema.js';
import type { Source } from '../../domain/stock-key.js';
import { readToken } from '../../marketplaces/wildberries/token.js';
import type { Database } from '../../store/database.js';
import { createKeyExpiry } from '../../store/key-expiry.js';

const YEAR_MS = 365 * 24 * 60 * 60 * 1000;

/** `unset`: there is no key. `expiresAt` null: nobody has learned when it ends; the health check asks once a day. */
export type KeyStanding = 'unset' | { readonly expiresAt: number | null };

/** What is known of a key without asking the marketplace: pages are looked at far more often than that may be done. */
export function keyStanding(
  config: Pick<Config, 'ozon' | 'wildberries'>,
  db: Pick<Database, 'query' | 'execute'>,
): (source: Source, account: string) => Promise<KeyStanding> {
  const expiry = createKeyExpiry(db);
  return async (source, account) => {
    if (source === 'wildberries') {
      const { apiKey } = config.wildberries;
      return apiKey === null ? 'unset' : { expiresAt: endOfToken(apiKey) };
    }
    const { apiKey } = config.ozon;
    if (apiKey === null) return 'unset';
    return { expiresAt: (await expiry.known(account, apiKey, YEAR_MS))?.expiresAt ?? null };
  };
}

function endOfToken(apiKey: Parameters<typeof readToken>[0]): number | null {
  try {
    return readToken(apiKey, 0).expiresAt;
  } catch {
    // No token at all: `check` says so, and every read.
    return null;
  }
}
