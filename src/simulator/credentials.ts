import { AppError } from '../errors.js';
import { intBetween, randomFor, uuidFrom } from './random.js';
import { mintWbToken, readClaims } from './wildberries/token.js';

/** Keys the simulator accepts. They open nothing else, so they may be printed. */
export interface SimulatorCredentials {
  readonly ozonClientId: string;
  readonly ozonApiKey: string;
  /** A JWT as Wildberries issues them. */
  readonly wbToken: string;
  /** The seller's id inside the token (`sid`). */
  readonly wbSid: string;
}

/** Credentials from the seed; what the caller names is taken as it is. */
export function makeCredentials(
  seed: number,
  now: number,
  given: Partial<SimulatorCredentials> = {},
): SimulatorCredentials {
  const random = randomFor(seed, 'credentials');
  const ozonClientId = given.ozonClientId ?? String(intBetween(random, 100_000, 2_999_999));
  const ozonApiKey = given.ozonApiKey ?? uuidFrom(random);
  if (!/^[1-9]\d*$/.test(ozonClientId)) {
    throw new AppError('USAGE', 'simulator: ozonClientId must be a positive integer');
  }
  const invented = uuidFrom(random);
  if (given.wbToken === undefined) {
    const wbSid = given.wbSid ?? invented;
    return { ozonClientId, ozonApiKey, wbSid, wbToken: mintWbToken({ sid: wbSid, issuedAt: now }) };
  }
  const sid = readClaims(given.wbToken)?.sid;
  const wbSid = given.wbSid ?? (typeof sid === 'string' ? sid : invented);
  return { ozonClientId, ozonApiKey, wbSid, wbToken: given.wbToken };
}
