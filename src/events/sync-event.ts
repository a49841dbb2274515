import { z } from 'zod';
import { SOURCES } from '../domain/stock-key.js';

/** What became of a snapshot: records of `sync-events.v1`, keyed by feed id. */
const count = z.int().nonnegative();
const beforeAfter = z.object({ before: count, after: count });
const base = {
  feed: z.string(),
  source: z.enum(SOURCES),
  account: z.string(),
  snapshotId: z.string(),
  /** Broker time of the raw record that decided, ISO 8601 UTC. */
  at: z.iso.datetime(),
};

/** A product whose stock over all its warehouses and schemes went from something to nothing, or back. */
export const productMovement = z.object({
  productId: z.string(),
  offerId: z.string().optional(),
  name: z.string().optional(),
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
  /** Only what was new was read: says nothing of the rest of the feed. */
  partial: z.boolean().optional(),
  /** Longer lists continue in further events of the same snapshot; this one is part `part` of `parts`. */
  part: z.int().positive(),
  parts: z.int().positive(),
  ranOut: z.array(productMovement),
  cameBack: z.array(productMovement),
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
});

const snapshotDidFail = z.object({
  type: z.literal('snapshot-failed'),
  ...base,
  code: z.string(),
  message: z.string(),
});

export const syncEvent = z.discriminatedUnion('type', [
  snapshotBegan,
  snapshotApplied,
  snapshotHeld,
  snapshotIncomplete,
  snapshotDidFail,
]);
export type SyncEvent = z.infer<typeof syncEvent>;
