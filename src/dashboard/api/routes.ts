import type { z } from 'zod';
import type { Logger } from '../../ports/logger.js';
import {
  type BoardStanding,
  type LedgerOwner,
  type Reader,
  readStanding,
} from '../../store/board/board-standing.js';
import type { Answer, AnswerName } from './answers.js';
import { readChanges } from './changes.js';
import { healthOf, readAlerts, readSnapshots } from './events.js';
import {
  alertsQuery,
  changesQuery,
  levelsQuery,
  noQuery,
  productsQuery,
  snapshotsQuery,
} from './questions.js';
import { readLevels, readProducts } from './stock.js';

export interface RouteDeps {
  readonly db: Reader;
  readonly owner: LedgerOwner;
  /** MAX_SYNC_AGE_HOURS */
  readonly maxSyncAgeHours: number;
  /** LEDGER_RETENTION_DAYS */
  readonly ledgerDays: number;
  /** Unix milliseconds. */
  readonly now: () => number;
  readonly logger: Pick<Logger, 'error'>;
}

/** One question that the API answers. */
export interface ApiRoute {
  readonly path: string;
  readonly summary: string;
  readonly description: string;
  readonly query: z.ZodObject;
  readonly answer: AnswerName;
  /** @param query as its schema has parsed it */
  readonly read: (deps: RouteDeps, query: unknown) => Promise<unknown>;
}

interface Definition<Q extends z.ZodObject, N extends AnswerName> extends Omit<ApiRoute, 'read'> {
  readonly query: Q;
  readonly answer: N;
  readonly read: (deps: RouteDeps, query: z.infer<Q>) => Promise<Answer<N>>;
}

/** The query that reaches `read` is the one that its own schema has parsed: see {@link ApiRoute.read}. */
function route<Q extends z.ZodObject, N extends AnswerName>(definition: Definition<Q, N>): ApiRoute {
  const { read, ...rest } = definition;
  return { ...rest, read: (deps, query) => read(deps, query as z.infer<Q>) };
}

const standing = ({ db, owner }: RouteDeps): Promise<BoardStanding> => readStanding(db, owner);

export const API_ROUTES: readonly ApiRoute[] = [
  route({
    path: '/levels',
    summary: 'Stock levels',
    description:
      'One row per stock key, in the order of keys. To follow the stock without a gap: ask for changes with ' +
      'start=newest and keep `next`, read all levels, then read changes from there; take `after` of each change ' +
      'whose `seq` is greater than that of the level.',
    query: levelsQuery,
    answer: 'Levels',
    read: async (deps, query) => readLevels(deps.db, await standing(deps), query),
  }),
  route({
    path: '/changes',
    summary: 'Changes since a cursor',
    description:
      'The events of the topic stock-changes.v1 as the ledger has them. Changes of one key come in order; those of ' +
      'different keys in the order of the log within its partitions. None is passed over. A cursor is good for 30 days.',
    query: changesQuery,
    answer: 'Changes',
    read: (deps, query) => readChanges(deps, query),
  }),
  route({
    path: '/products',
    summary: 'Products with their totals',
    description: 'One row per product that is not removed, as the view inventory_data has them.',
    query: productsQuery,
    answer: 'Products',
    read: async (deps, query) => readProducts(deps.db, await standing(deps), query),
  }),
  route({
    path: '/snapshots',
    summary: 'Reads of the marketplaces',
    description: 'The newest first.',
    query: snapshotsQuery,
    answer: 'Snapshots',
    read: async (deps, query) => readSnapshots(deps.db, deps.owner.rawTopic, await standing(deps), query),
  }),
  route({
    path: '/alerts',
    summary: 'Alerts',
    description: 'The worst first, then by fingerprint; open ones before resolved ones.',
    query: alertsQuery,
    answer: 'Alerts',
    read: ({ db, logger }, query) => readAlerts(db, logger, query),
  }),
  route({
    path: '/health',
    summary: 'How fresh the data is',
    description: 'Feeds that are still read, with the time at which a complete snapshot last confirmed them.',
    query: noQuery,
    answer: 'Health',
    read: async (deps) => healthOf(await standing(deps), deps.maxSyncAgeHours),
  }),
];
