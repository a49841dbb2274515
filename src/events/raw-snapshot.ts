import { z } from 'zod';
import { SCHEMES, SOURCES } from '../domain/stock-key.js';

/**
 * What pollers write to `raw-snapshots.v1`: what the marketplace said, row by row and verbatim, between a
 * beginning that says what was asked and an end that says what was found. Nothing is interpreted here, and
 * whatever decides later (scope, limits, permission to accept absences) travels along, so that the state stays a
 * function of the log.
 */
const base = {
  /** `source:account:endpoint[:warehouse]`, also the record's key. */
  feed: z.string().min(1).max(190),
  /** Printable ASCII, as its column holds it. */
  snapshotId: z.string().regex(/^[\x21-\x7e]{1,64}$/),
};
/** Within what a TIMESTAMP column holds: a clock that is wrong by decades must not stop whoever applies the record. */
const time = z.iso
  .datetime({ offset: true })
  .refine((iso) => Date.parse(iso) >= 1000 && Date.parse(iso) < 2 ** 31 * 1000, {
    message: 'a time between 1970 and 2038 was expected',
  });
const count = z.int().nonnegative();

export const snapshotStarted = z.object({
  type: z.literal('snapshot-started'),
  ...base,
  source: z.enum(SOURCES),
  account: z.string().min(1).max(64),
  endpoint: z.string().min(1).max(64),
  startedAt: time,
  scope: z.object({
    schemes: z.array(z.enum(SCHEMES)),
    warehouses: z.array(z.string()).optional(),
    productIds: z.array(z.string()).optional(),
  }),
  limits: z.object({ absenceLimit: z.number().min(0).max(1), absenceMin: count }),
  /** A person has looked and says that what is missing is really gone. */
  acceptAbsences: z.boolean(),
});
export type SnapshotStarted = z.infer<typeof snapshotStarted>;

export const pageChunk = z
  .object({
    type: z.literal('page-chunk'),
    ...base,
    fetchedAt: time,
    /** From 1, in the order of the walk. */
    page: z.int().positive(),
    /** From 1; a page larger than a record is cut between rows. */
    chunk: z.int().positive(),
    chunks: z.int().positive(),
    /** Verbatim elements of the answer's list. */
    rows: z.array(z.unknown()),
  })
  .refine(({ chunk, chunks }) => chunk <= chunks, {
    message: 'there are fewer chunks than this',
    path: ['chunk'],
  });
export type PageChunk = z.infer<typeof pageChunk>;

export const snapshotCompleted = z.object({
  type: z.literal('snapshot-completed'),
  ...base,
  completedAt: time,
  pages: count,
  rows: count,
  /** The least and greatest total of products that the API named during the walk, where it names one. */
  products: z.object({ least: count, greatest: count }).optional(),
});
export type SnapshotCompleted = z.infer<typeof snapshotCompleted>;

export const snapshotFailed = z.object({
  type: z.literal('snapshot-failed'),
  ...base,
  failedAt: time,
  code: z.string(),
  message: z.string(),
});
export type SnapshotFailed = z.infer<typeof snapshotFailed>;

export const feedRetired = z.object({
  type: z.literal('feed-retired'),
  feed: base.feed,
  retiredAt: time,
  reason: z.string(),
});

export const rawEvent = z.discriminatedUnion('type', [
  snapshotStarted,
  pageChunk,
  snapshotCompleted,
  snapshotFailed,
  feedRetired,
]);
export type RawEvent = z.infer<typeof rawEvent>;
