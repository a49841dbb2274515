import type { Config } from '../../../config/schema.js';
import { AppError } from '../../errors.js';
import type { OzonClient } from '../../marketplaces/ozon/client.js';
import { checkOzonKey } from '../../marketplaces/ozon/key-check.js';
import type { OzonMethod } from '../../marketplaces/ozon/limits.js';
import { neededOzonMethods } from '../../marketplaces/ozon/stock-reader.js';
import { type CheckWords, keyExpired, methodsMissing } from './check-words.js';
import { expiryLine, expiryOf, PATIENCE_MS } from './haste.js';

/** Without these the stock is right and the products have no names. */
const USEFUL: readonly OzonMethod[] = ['product-list', 'product-info'];

type Client = Pick<OzonClient, 'roles' | 'stocks' | 'paths'>;

/**
 * Is the key good for what the settings ask? What it may do is not always told: then the stock is asked for, one page.
 *
 * @param warn told of a key that ends soon, in place of a line
 * @returns lines for people
 * @throws AppError API_CREDENTIALS where the key is refused, has expired, or lacks methods; and as every call
 */
export async function checkOzon(
  client: Client,
  { ozon }: Pick<Config, 'ozon'>,
  words: CheckWords,
  now = Date.now(),
  warn?: (line: string) => void,
): Promise<readonly string[]> {
  const signal = AbortSignal.timeout(PATIENCE_MS);
  const methods = neededOzonMethods({ sellerWarehouses: ozon.warehouseId, fbo: ozon.fboStocks });
  const pathsOf = (names: readonly OzonMethod[]) => names.map((name) => client.paths[name]);
  const useful = pathsOf(USEFUL);
  const { expiresAt, ...told } = await checkOzonKey(client, [...pathsOf(methods), ...useful], signal);
  const needed = told.needed.filter(({ path }) => !useful.includes(path));
  const missing = told.missing.filter((path) => !useful.includes(path));
  const lacking = told.missing.filter((path) => useful.includes(path));
  const expiry = expiryOf(expiresAt, now);
  if (expiry !== undefined && expiry.daysLeft < 0) throw unfit(keyExpired(expiry.day));
  if (missing.length > 0) throw unfit(methodsMissing(missing));
  const isTold = needed.every(({ allowed }) => allowed === true);
  if (!isTold) await client.stocks('', signal);
  return [
    isTold ? words.methodsAllowed(needed.length) : words.methodsUnknown,
    ...(lacking.length > 0 ? [words.namesMissing(lacking)] : []),
    ...expiryLine(expiry, words.keyUntil, words.soon, warn),
  ];
}

function unfit(advice: ReturnType<typeof methodsMissing>): AppError {
  return new AppError('API_CREDENTIALS', advice.en.what, { advice });
}
