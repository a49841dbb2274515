import type { WildberriesClient } from './client.js';
import { supplierWarning } from './token.js';

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
 * What the token says about itself, confirmed by one request that any category may make.
 *
 * @param supplierId WB_SUPPLIER_ID, compared and never used
 * @throws AppError as every call: API_CREDENTIALS where the token is refused
 */
export async function checkWildberriesKey(
  client: Pick<WildberriesClient, 'token' | 'sellerInfo'>,
  supplierId: string | undefined,
  signal: AbortSignal,
): Promise<WildberriesKeyCheck> {
  const { token } = client;
  const seller = await client.sellerInfo(signal);
  const warnings = [...token.warnings];
  const supplier = supplierWarning(token, supplierId);
  if (supplier !== undefined) warnings.push(supplier);
  if (seller.sid !== undefined && seller.sid.toLowerCase() !== token.sid.toLowerCase()) {
    warnings.push(
      `Wildberries says the token belongs to seller ${seller.sid}, the token itself says ${token.sid}.`,
    );
  }
  const expiresAt = new Date(token.expiresAt).toISOString();
  return { name: seller.name, sid: token.sid, expiresAt, daysLeft: token.daysLeft, warnings };
}
