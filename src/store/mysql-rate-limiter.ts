import {
  type BucketState,
  charged,
  countedAgain,
  heldOff,
  lowered,
  slowed,
  takeFrom,
} from '../domain/token-bucket.js';
import { AppError } from '../errors.js';
import type { Bucket, RateLimiter } from '../ports/rate-limiter.js';
import type { Database, Row, Sql } from './database.js';
import { sqlTimeOf } from './statements/sql-text.js';

/** A marketplace never says so long; a clock gone wrong might. */
const LONGEST_MS = 30 * 24 * 60 * 60 * 1000;

/** Token buckets shared by all processes that use one database, by the database's clock. */
export function createMysqlRateLimiter(db: Database): RateLimiter {
  const change = (bucket: Bucket, rule: (state: BucketState, now: number) => BucketState): Promise<void> =>
    db.transaction(async (tx) => {
      const { state, now } = await lockBucket(tx, bucket);
      const changed = rule(state, now);
      if (changed !== state) await writeBucket(tx, bucket, changed);
    });

  return {
    take: (bucket) =>
      db.transaction(async (tx) => {
        const { state, now } = await lockBucket(tx, bucket);
        const taken = takeFrom(bucket, state, now);
        if (taken.wait > 0) return Math.ceil(taken.wait);
        await writeBucket(tx, bucket, taken.state);
        return 0;
      }),

    async holdOff(bucket, notBefore) {
      // Told by this process's clock, kept by the database's: what is handed over is how long.
      const ms = Math.ceil(Math.min(LONGEST_MS, notBefore - Date.now()));
      if (ms > 0) await change(bucket, (state, now) => heldOff(state, now, now + ms));
    },

    async charge(bucket, tokens) {
      if (tokens > 0) await change(bucket, (state, now) => charged(bucket, state, now, tokens));
    },

    async lower(bucket, tokens) {
      if (!(tokens < bucket.burst)) return;
      // Asked with each answer of a marketplace that counts aloud, and mostly there is nothing to lower: one look
      // without a lock finds that out.
      const known = await readBucket(db, bucket);
      if (known !== null && countedAgain(bucket, known.state, known.now).tokens <= tokens) return;
      await change(bucket, (state, now) => lowered(bucket, state, now, Math.max(0, tokens)));
    },

    async slow(bucket, intervalMs, forMs) {
      const ms = Math.ceil(Math.min(LONGEST_MS, forMs));
      if (!(ms > 0 && intervalMs > 0)) return;
      await change(bucket, (state, now) => slowed(bucket, state, now, { intervalMs, forMs: ms }));
    },
  };
}

interface KnownBucket {
  readonly state: BucketState;
  /** The database's clock, Unix milliseconds. */
  readonly now: number;
}

/**
 * The insert takes the row's lock, whether the row is new or not; the read begins only then, so that its NOW is
 * not older than what the last holder wrote.
 */
async function lockBucket(tx: Sql, bucket: Bucket): Promise<KnownBucket> {
  await tx.execute(
    `INSERT INTO rate_limits (bucket, tokens, refilled_at) VALUES (?, ?, NOW(3))
     ON DUPLICATE KEY UPDATE bucket = rate_limits.bucket`,
    [bucket.key, bucket.burst],
  );
  const known = await readBucket(tx, bucket, 'FOR UPDATE');
  if (known === null) throw new AppError('INVARIANT', `the bucket ${bucket.key} is not there, though locked`);
  return known;
}

async function readBucket(
  sql: Pick<Sql, 'query'>,
  bucket: Bucket,
  lock: 'FOR UPDATE' | '' = '',
): Promise<KnownBucket | null> {
  const [row] = await sql.query<Row>(
    `SELECT tokens, refilled_at, not_before, interval_ms, slow_until, NOW(3) AS now_at
       FROM rate_limits WHERE bucket = ? ${lock}`,
    [bucket.key],
  );
  if (row === undefined) return null;
  const state = {
    tokens: Number(row.tokens),
    countedAt: unixMs(row.refilled_at),
    notBefore: unixMs(row.not_before),
    slowInterval: Number(row.interval_ms ?? 0),
    slowUntil: unixMs(row.slow_until),
  };
  return { state, now: unixMs(row.now_at) };
}

async function writeBucket(tx: Sql, { key }: Bucket, state: BucketState): Promise<void> {
  await tx.execute(
    `UPDATE rate_limits SET tokens = ?, refilled_at = ${time(state.countedAt)}, not_before = ${time(state.notBefore)},
            interval_ms = ?, slow_until = ${time(state.slowUntil)} WHERE bucket = ?`,
    [state.tokens, state.slowInterval || null, key],
  );
}

/** 0 is never. */
function unixMs(value: unknown): number {
  return value instanceof Date ? value.getTime() : 0;
}

function time(ms: number): string {
  return ms > 0 ? sqlTimeOf(ms) : 'NULL';
}
