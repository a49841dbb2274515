import type { Config } from '../../../config/schema.js';
import { AppError } from '../../errors.js';
import type { WildberriesClient } from '../../marketplaces/wildberries/client.js';
import { checkWildberriesKey } from '../../marketplaces/wildberries/key-check.js';
import { supplierWarning, type WbCategory } from '../../marketplaces/wildberries/token.js';
import { fbsMethod, leftOut } from '../sync/wb-feeds.js';
import type { Locale } from '../words.js';
import { CATEGORIES_MISSING, CHECK_WORDS } from './check-words.js';
import { expiryLine, expiryOf, PATIENCE_MS } from './haste.js';

type Client = Pick<WildberriesClient, 'token' | 'sellerInfo' | 'ping'>;

/**
 * Is the token good for what the settings ask? Opening the client has refused one that is expired, a test token, or
 * without Analytics.
 *
 * @param warn told of a key that ends soon, in place of a line
 * @returns lines for people
 * @throws AppError API_CREDENTIALS where the token is refused or lacks a category that is asked for; and as every call
 */
export async function checkWildberries(
  client: Client,
  { wildberries }: Pick<Config, 'wildberries'>,
  locale: Locale,
  now = Date.now(),
  warn?: (line: string) => void,
): Promise<readonly string[]> {
  const { token } = client;
  const fbs = fbsMethod(wildberries.fbsStocks, (category) => token.has(category));
  if (wildberries.fbsStocks === 'marketplace' && fbs === null) {
    throw new AppError('API_CREDENTIALS', CATEGORIES_MISSING.en.what, { advice: CATEGORIES_MISSING });
  }
  const used = (category: WbCategory) => category !== 'marketplace' || fbs === 'marketplace';
  const supplierId = wildberries.supplierId ?? undefined;
  const checked = await checkWildberriesKey(
    onHostsInUse(client, used),
    supplierId,
    AbortSignal.timeout(PATIENCE_MS),
  );

  const words = CHECK_WORDS[locale];
  const supplier = supplierWarning(token, supplierId);
  const known = [...token.warnings, supplier];
  return [
    words.seller(checked.name === undefined ? checked.sid : `${checked.name} (${checked.sid})`),
    ...expiryLine(expiryOf(checked.expiresAt, now), words.tokenUntil, words.soon, warn),
    ...(token.kind === 'base' ? [words.baseToken] : []),
    ...leftOut({ cards: token.has('content'), fbs }, wildberries.fbsStocks, locale),
    ...(supplier === undefined ? [] : [words.otherSupplier(supplierId ?? '', token.sid)]),
    ...checked.warnings.filter((warning) => !known.includes(warning)),
  ];
}

/** The same seller, asked only on the hosts whose methods the settings want. */
function onHostsInUse(client: Client, used: (category: WbCategory) => boolean): Client {
  return {
    token: { ...client.token, has: (category) => used(category) && client.token.has(category) },
    sellerInfo: (signal) => client.sellerInfo(signal),
    ping: (host, signal) => client.ping(host, signal),
  };
}
