import { z } from 'zod';
import { SOURCES } from '../domain/stock-key.js';

/** What became of a snapshot: records of `sync-events.v1`, keyed by feed id. */
const count = z.int().nonnegative();
const beforeAfter = z.object({ before: count, after: count });
/** Reads of the feed in a row, this one included, that came to no good end. */
const failures = z.int().positive().optional();
const base = {
  feed: z.string(),
  source: z.enum(SOURCES),
  account: z.string(),
  snapshotId: z.string(),
  /** Broker time of the raw record that decided, ISO 8601 UTC. */
  at: z.iso.datetime(),
};

const product = { productId: z.string(), offerId: z.string().optional(), name: z.string().optional() };

/** A product none of whose stock is read any more: the settings, or a retired feed, have closed its last rows. */
const unreadProduct = z.object(product);
export type UnreadProduct = z.infer<typeof unreadProduct>;

/** A product whose stock over all its warehouses and schemes went from something to nothing, or back. */
export const productMovement = z.object({
  ...product,
  before: count,
  after: count,
});
export type ProductMovement = z.infer<typeof productMovement>;

const snapshotBegan = z.object({ type: z.literal('snapshot-started'), ...base });

const snapshotApplied = z.object({
  type: z.literal('snapshot-applied'),
  ...base,
  /** The feed's first complete snapshot: everything in it is new, nothing in it is news. */
  first: z.boolean(),
  rows: beforeAfter,
  products: beforeAfter,
  /** Pieces available over the whole feed; `before` as of the last applied snapshot. */
  available: beforeAfter,
  /** Changes of this snapshot by kind. */
  changes: z.object({ created: count, updated: count, closed: count }),
  /** Of the closed ones, those that the settings no longer cover: what that does to the totals is no anomaly. */
  rescoped: count.optional(),
  /** Products with stock that the snapshot no longer holds. */
  vanished: count.optional(),
  /** Raw records whose changes have not been told of before: of this partition, in this life of the topic. */
  place: z.object({ life: count, partition: count, from: count, to: count }).optional(),
  /** Only what was new was read: says nothing of the rest of the feed. */
  partial: z.boolean().optional(),
  /** Longer lists continue in further events of the same snapshot; this one is part `part` of `parts`. */
  part: z.int().positive(),
  parts: z.int().positive(),
  ranOut: z.array(productMovement),
  cameBack: z.array(productMovement),
  unread: z.array(unreadProduct).optional(),
});

/** The feed is not read any more. */
const feedDidRetire = z.object({
  type: z.literal('feed-retired'),
  ...base,
  reason: z.string(),
  /** As in an applied snapshot. */
  part: z.int().positive(),
  parts: z.int().positive(),
  unread: z.array(unreadProduct),
});

const snapshotHeld = z.object({
  type: z.literal('snapshot-held'),
  ...base,
  reason: z.string(),
  rowsBefore: count,
  rowsSeen: count,
  inStockBefore: count,
  inStockVanishing: count,
  /** Equal held snapshots in a row, an hour apart; three release it. */
  confirmations: z.int().positive(),
});

const snapshotIncomplete = z.object({
  type: z.literal('snapshot-incomplete'),
  ...base,
  gaps: z.array(z.string()),
  failures,
});

const snapshotDidFail = z.object({
  type: z.literal('snapshot-failed'),
  ...base,
  code: z.string(),
  message: z.string(),
  failures,
  /** The marketplace will not listen before this. */
  notBefore: z.iso.datetime().optional(),
});

/** What a look at a source found, apart from any read of it; `feed` says which. */
const sourceObserved = z.object({
  type: z.literal('source-observed'),
  ...base,
  /** When the feed was last confirmed by a complete snapshot; null: never. */
  lastSyncAt: z.iso.datetime().nullable().optional(),
  /** When key or token run out. */
  keyExpiresAt: z.iso.datetime().optional(),
  /** Why key or token is no good, where it is not even tried: no read begins, and so none fails. */
  keyRefused: z.string().optional(),
});

/** What a look at the pipe itself found. */
const pipelineObserved = z.object({
  type: z.literal('pipeline-observed'),
  ...base,
  /** Raw records that wait to be applied, and since when the oldest does. */
  lag: z.object({ records: count, oldestAt: z.iso.datetime().nullable() }),
  /** Of the last 24 hours. */
  deadLetters: count,
});

export const syncEvent = z.discriminatedUnion('type', [
  snapshotBegan,
  snapshotApplied,
  snapshotHeld,
  snapshotIncomplete,
  snapshotDidFail,
  feedDidRetire,
  sourceObserved,
  pipelineObserved,
]);
export type SyncEvent = z.infer<typeof syncEvent>;
