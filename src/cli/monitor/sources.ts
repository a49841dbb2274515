import type { Source } from '../../domain/stock-key.js';
import { isAppError } from '../../errors.js';
import { type Installation, openOzonClient } from '../../main.js';
import { readToken } from '../../marketplaces/wildberries/token.js';
import type { Database } from '../../store/database.js';
import { createKeyExpiry, type KnownExpiry } from '../../store/key-expiry.js';
import { HASTE } from '../check/haste.js';
import { toldHere } from '../check/told-here.js';
import type { Problem } from './part.js';

const DAY_MS = 86_400_000;
/** Cron comes a little earlier on one day than on another. */
const ASK_EVERY_MS = DAY_MS - 3_600_000 / 2;

export interface KeyTold extends KnownExpiry {
  readonly trouble?: Problem | undefined;
  /** The trouble is that the key itself is no good. */
  readonly refused?: boolean | undefined;
}

/** When the key ends: Wildberries' token says so itself, Ozon is asked once a day. Never throws. */
export async function keyExpiry(
  installation: Installation,
  database: Database,
  source: Source,
  account: string,
): Promise<KeyTold> {
  const { loaded, config } = installation;
  try {
    if (source === 'ozon') return await ozonExpiry(installation, database, account);
    const { apiKey } = loaded.config.wildberries;
    return { expiresAt: apiKey === null ? null : readToken(apiKey, 0).expiresAt };
  } catch (error) {
    return {
      expiresAt: null,
      trouble: toldHere(error, config.locale),
      refused: isAppError(error) && error.code === 'API_CREDENTIALS',
    };
  }
}

async function ozonExpiry(
  installation: Installation,
  database: Database,
  account: string,
): Promise<KnownExpiry> {
  const { loaded, logger, gate } = installation;
  const { apiKey } = loaded.config.ozon;
  if (apiKey === null) return { expiresAt: null };
  const store = createKeyExpiry(database);
  const known = await store.known(account, apiKey, ASK_EVERY_MS);
  if (known !== null) return known;
  const limiter = await installation.limiter();
  const client = openOzonClient(loaded, { limiter, logger, gate, hasty: HASTE });
  try {
    const { expiresAt } = await client.roles(AbortSignal.timeout(HASTE.timeoutMs * 2));
    const at = expiresAt === undefined ? Number.NaN : Date.parse(expiresAt);
    const told = { expiresAt: Number.isNaN(at) ? null : at };
    await store.note(account, apiKey, told);
    return told;
  } finally {
    client.close();
  }
}
