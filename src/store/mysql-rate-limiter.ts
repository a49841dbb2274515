import type { Bucket, RateLimiter } from '../ports/rate-limiter.js';
import type { Database, Row, Sql } from './database.js';

/** A marketplace never says so long; a clock gone wrong might. */
const LONGEST_HOLD_MS = 30 * 24 * 60 * 60 * 1000;

/** Token buckets shared by all processes that use one database, by the database's clock. */
export function createMysqlRateLimiter(db: Database): RateLimiter {
  return {
    take: (bucket) =>
      db.transaction(async (tx) => {
        const state = await lockBucket(tx, bucket);
        if (state.heldMs > 0) return Math.ceil(state.heldMs);
        const tokens = Math.min(bucket.burst, state.tokens + state.sinceMs / Math.max(1, bucket.intervalMs));
        // Sums of fractions may fall short of a whole token by less than that.
        if (tokens < 1 - 1e-6) return Math.ceil((1 - tokens) * bucket.intervalMs);
        await tx.execute(
          'UPDATE rate_limits SET tokens = ?, refilled_at = NOW(3), not_before = NULL WHERE bucket = ?',
          [Math.max(0, tokens - 1), bucket.key],
        );
        return 0;
      }),

    async holdOff(bucket, notBefore) {
      // Told by this process's clock, kept by the database's: what is handed over is how long.
      const ms = Math.min(LONGEST_HOLD_MS, notBefore - Date.now());
      if (!(ms > 0)) return;
      await db.transaction(async (tx) => {
        const { heldMs } = await lockBucket(tx, bucket);
        if (heldMs >= ms) return;
        // The bucket was empty, whatever we had counted: then one may go, and the rest comes at the usual pace.
        await tx.execute(
          `UPDATE rate_limits SET not_before = NOW(3) + INTERVAL ? MICROSECOND, tokens = 1,
                  refilled_at = NOW(3) + INTERVAL ? MICROSECOND WHERE bucket = ?`,
          [Math.ceil(ms * 1000), Math.ceil(ms * 1000), bucket.key],
        );
      });
    },
  };
}

interface BucketState {
  readonly tokens: number;
  /** Milliseconds since the tokens were counted; never negative. */
  readonly sinceMs: number;
  /** Milliseconds until anybody may ask; 0 or less where it is free. */
  readonly heldMs: number;
}

/**
 * The insert takes the row's lock, whether the row is new or not; the read begins only then, so that its NOW is
 * not older than what the last holder wrote.
 */
async function lockBucket(tx: Sql, bucket: Bucket): Promise<BucketState> {
  await tx.execute(
    `INSERT INTO rate_limits (bucket, tokens, refilled_at) VALUES (?, ?, NOW(3))
     ON DUPLICATE KEY UPDATE bucket = rate_limits.bucket`,
    [bucket.key, bucket.burst],
  );
  const [row] = await tx.query<Row>(
    `SELECT tokens, TIMESTAMPDIFF(MICROSECOND, refilled_at, NOW(3)) / 1000 AS since,
            TIMESTAMPDIFF(MICROSECOND, NOW(3), not_before) / 1000 AS held
       FROM rate_limits WHERE bucket = ? FOR UPDATE`,
    [bucket.key],
  );
  return {
    tokens: Number(row?.tokens),
    sinceMs: Math.max(0, Number(row?.since)),
    heldMs: row?.held == null ? 0 : Number(row.held),
  };
}
