import type { OzonClient, OzonRoles } from './client.js';
import { PRODUCT_STOCKS } from './limits.js';

export interface OzonKeyCheck {
  /** The key's last moment as Ozon writes it (ISO 8601), where it says. */
  readonly expiresAt: string | undefined;
  /** Methods the key may call, without repetition. */
  readonly allowed: readonly string[];
  /** May it read the stock? Undefined where the answer does not tell. */
  readonly stocksAllowed: boolean | undefined;
}

/**
 * Asks Ozon about the key: works with any key that is valid at all, whatever its roles.
 *
 * @throws AppError as every call: API_CREDENTIALS where the key is refused
 */
export async function checkOzonKey(
  client: Pick<OzonClient, 'roles'>,
  signal: AbortSignal,
): Promise<OzonKeyCheck> {
  const answer = await client.roles(signal);
  const allowed = [...new Set(answer.roles.flatMap(({ methods }) => methods))];
  return { expiresAt: answer.expiresAt, allowed, stocksAllowed: stocksAllowed(answer, allowed) };
}

function stocksAllowed({ roles }: OzonRoles, allowed: readonly string[]): boolean | undefined {
  if (allowed.includes(PRODUCT_STOCKS.path)) return true;
  // The documents' own example lists one method for "Admin", which may call all: no proof of a lack.
  const listsAll = allowed.length > 0 && !roles.some(({ name }) => /^admin/i.test(name));
  return listsAll ? false : undefined;
}
