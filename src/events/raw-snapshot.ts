import { z } from 'zod';
import { SCHEMES, SOURCES } from '../domain/stock-key.js';
import { EVENT_TYPES, type EventType } from './envelope.js';

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

const places = z.union([z.literal('total'), z.literal('warehouses'), z.array(z.string())]);

export const snapshotStarted = z.object({
  type: z.literal('snapshot-started'),
  ...base,
  source: z.enum(SOURCES),
  account: z.string().min(1).max(64),
  endpoint: z.string().min(1).max(64),
  startedAt: time,
  /** See SnapshotScope in domain/snapshot.ts. */
  scope: z.object({
    schemes: z.array(z.enum(SCHEMES)),
    places: z.partialRecord(z.enum(SCHEMES), places).optional(),
    byIds: z.boolean().optional(),
    partial: z.boolean().optional(),
  }),
  limits: z.object({ absenceLimit: z.number().min(0).max(1), absenceMin: count }),
  /** A person has looked and says that what is missing is really gone. */
  acceptAbsences: z.boolean(),
  /** Compare with the tables themselves, whatever the owner of the partition remembers of them. */
  reconcile: z.boolean().optional(),
});
export type SnapshotStarted = z.infer<typeof snapshotStarted>;

/** What a page was asked for, where its rows do not say it. */
export const pageQuery = z.object({
  /** The method, by its endpoint's name, where it is not the one that the feed is named after. */
  endpoint: z.string().min(1).max(64).optional(),
  scheme: z.enum(SCHEMES).optional(),
  warehouseId: z.string().optional(),
  /** Products asked for by id: absence means something for these alone. */
  productIds: z.array(z.string()).optional(),
  /** The catalogue says that these products are gone: nobody was asked about them, and their rows close. */
  removed: z.boolean().optional(),
  /** The same products, in the same order, by the ids under which they had to be asked for (Ozon's skus). */
  skus: z.array(z.string()).optional(),
});
export type PageQuery = z.infer<typeof pageQuery>;

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
    query: pageQuery.optional(),
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
  /** Where the next partial read of this feed goes on, in its reader's own spelling. */
  cursor: z.string().max(255).optional(),
});
export type SnapshotCompleted = z.infer<typeof snapshotCompleted>;

export const snapshotFailed = z.object({
  type: z.literal('snapshot-failed'),
  ...base,
  failedAt: time,
  code: z.string(),
  message: z.string(),
  /** The marketplace will not listen before this. */
  notBefore: time.optional(),
});
export type SnapshotFailed = z.infer<typeof snapshotFailed>;

export const feedRetired = z.object({
  type: z.literal('feed-retired'),
  feed: base.feed,
  retiredAt: time,
  reason: z.string(),
});

/**
 * A replay has folded the feed's records up to this one into a generation of its own. The owner of the partition that
 * comes to it puts the generation's rows in the place of the live ones.
 */
export const generationReady = z.object({
  type: z.literal('generation-ready'),
  feed: base.feed,
  /** The replay's number in the database that it was made in. */
  generation: z.int().positive(),
  /** Of this announcement: another database, or an earlier try, knows another one. */
  token: z.string().regex(/^[\x21-\x7e]{1,64}$/),
  readyAt: time,
  /** Of the shrink guard, which judges the exchange like a snapshot. */
  limits: z.object({ absenceLimit: z.number().min(0).max(1), absenceMin: count }),
  /** A person has looked and says that what the replay lacks is really gone. */
  acceptAbsences: z.boolean(),
});
export type GenerationReady = z.infer<typeof generationReady>;

export const rawEvent = z.discriminatedUnion('type', [
  snapshotStarted,
  pageChunk,
  snapshotCompleted,
  snapshotFailed,
  feedRetired,
  generationReady,
]);
export type RawEvent = z.infer<typeof rawEvent>;

/**
 * {@link rawEvent} for whoever reads a great many: of a chunk's rows the contract says no more than that they are a
 * list, so they are not gone through one by one.
 */
export const rawEventReader = {
  safeParse(value: unknown): ReturnType<typeof rawEvent.safeParse> {
    const rows: unknown = (value as { rows?: unknown } | null | undefined)?.rows;
    if (!Array.isArray(rows)) return rawEvent.safeParse(value);
    const parsed = rawEvent.safeParse({ ...(value as object), rows: [] });
    if (!parsed.success || parsed.data.type !== 'page-chunk') return parsed;
    return { success: true, data: { ...parsed.data, rows } };
  },
};

const TYPES: Readonly<Record<RawEvent['type'], EventType>> = {
  'snapshot-started': EVENT_TYPES.snapshotStarted,
  'page-chunk': EVENT_TYPES.pageChunk,
  'snapshot-completed': EVENT_TYPES.snapshotCompleted,
  'snapshot-failed': EVENT_TYPES.snapshotFailed,
  'feed-retired': EVENT_TYPES.feedRetired,
  'generation-ready': EVENT_TYPES.generationReady,
};

/** The `ce_type` of a raw event. */
export function typeOfRaw({ type }: Pick<RawEvent, 'type'>): EventType {
  return TYPES[type];
}
