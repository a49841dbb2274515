import { isAppError } from '../../errors.js';
import type { WbSeller } from './answers.js';
import type { WildberriesClient } from './client.js';
import type { WbHost } from './limits.js';
import { supplierWarning } from './token.js';

type Client = Pick<WildberriesClient, 'token' | 'sellerInfo' | 'ping'>;

export interface WildberriesKeyCheck {
  /** The seller's name, where Wildberries says it. */
  readonly name: string | undefined;
  readonly sid: string;
  /** ISO 8601. */
  readonly expiresAt: string;
  readonly daysLeft: number;
  readonly warnings: readonly string[];
}

/**
 * What the token says about itself, confirmed by one request that any category may make and a ping of each host
 * whose methods it may call. For set-up only: Wildberries blocks those who ping by habit.
 *
 * @param supplierId WB_SUPPLIER_ID, compared and never used
 * @throws AppError as every call: API_CREDENTIALS where the token is refused
 */
export async function checkWildberriesKey(
  client: Client,
  supplierId: string | undefined,
  signal: AbortSignal,
): Promise<WildberriesKeyCheck> {
  const { token } = client;
  const warnings = [...token.warnings];
  const supplier = supplierWarning(token, supplierId);
  if (supplier !== undefined) warnings.push(supplier);
  const seller = await sellerOf(client, signal);
  if (seller.sid !== undefined && seller.sid.toLowerCase() !== token.sid.toLowerCase()) {
    warnings.push(
      `Wildberries says the token belongs to seller ${seller.sid}, the token itself says ${token.sid}.`,
    );
  }
  for (const host of hostsOf(client)) await client.ping(host, signal);
  const expiresAt = new Date(token.expiresAt).toISOString();
  return { name: seller.name, sid: token.sid, expiresAt, daysLeft: token.daysLeft, warnings };
}

/** Base tokens get this answer once a day; the pings say as much about the token itself. */
async function sellerOf(client: Client, signal: AbortSignal): Promise<WbSeller> {
  try {
    return await client.sellerInfo(signal);
  } catch (error) {
    const spent = client.token.kind === 'base' && isAppError(error) && error.code === 'API_LIMITED';
    if (spent) return { name: undefined, sid: undefined };
    throw error;
  }
}

function hostsOf({ token }: Client): readonly WbHost[] {
  return (['analytics', 'content', 'marketplace'] as const).filter((host) => token.has(host));
}
