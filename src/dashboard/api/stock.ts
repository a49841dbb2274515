import { z } from 'zod';
import { SCHEMES } from '../../domain/stock-key.js';
import {
  type BoardLevelRow,
  type BoardProductRow,
  levelSums,
  productsAfter,
  productsOf,
} from '../../store/board/board-rows.js';
import type { BoardAccount, BoardFeed, BoardStanding, Reader } from '../../store/board/board-standing.js';
import { idsOfArticle, levelsAfter } from '../../store/board/levels-page.js';
import { sumsOf } from '../board/entry.js';
import { FeedSets } from '../board/feed-sets.js';
import { type Answer, isoOf, isoOrNull } from './answers.js';
import { decodeCursor, encodeCursor, idDigits } from './cursor.js';
import type { LevelsQuery, ProductsQuery } from './questions.js';

const levelPlace = z.object({
  feedId: z.int().nonnegative(),
  productId: idDigits,
  scheme: z.enum(SCHEMES),
  warehouseId: z.string().max(24),
});
const productPlace = z.object({ accountId: z.int().nonnegative(), productId: idDigits });

/** Levels by feed and key. */
export async function readLevels(
  db: Reader,
  { feeds, accounts }: BoardStanding,
  query: LevelsQuery,
): Promise<Answer<'Levels'>> {
  const after = query.cursor === undefined ? null : decodeCursor('levels', query.cursor, levelPlace);
  const wanted = await wantedProducts(db, query);
  const owners = new Map(accountsAsked(accounts, query).map((account) => [account.accountId, account]));
  const levels: Answer<'Levels'>['levels'] = [];
  let last: BoardFeed | undefined;
  for (const feed of feeds) {
    const owner = owners.get(feed.accountId);
    if (!feed.isStock || owner === undefined || feed.feedId < (after?.feedId ?? 0)) continue;
    if (levels.length >= query.limit) break;
    const found = await levelsAfter(db, {
      feedId: feed.feedId,
      accountId: feed.accountId,
      after: after?.feedId === feed.feedId ? after : null,
      productIds: wanted === null ? null : wanted(feed.accountId),
      withClosed: query.closed === 'true',
      limit: query.limit - levels.length,
    });
    if (found.length > 0) last = feed;
    const { source, account } = owner;
    for (const { observedAt, ...level } of found)
      levels.push({ source, account, ...level, observedAt: isoOf(observedAt) });
  }
  const end = levels.at(-1);
  if (end === undefined || last === undefined || levels.length < query.limit) return { levels, next: null };
  const { productId, scheme, warehouseId } = end;
  return { levels, next: encodeCursor('levels', { feedId: last.feedId, productId, scheme, warehouseId }) };
}

/** Products that are not removed, by account and id, with what the view `inventory_data` says of them. */
export async function readProducts(
  db: Reader,
  { feeds, accounts }: BoardStanding,
  query: ProductsQuery,
): Promise<Answer<'Products'>> {
  const after = query.cursor === undefined ? null : decodeCursor('products', query.cursor, productPlace);
  const wanted = await wantedProducts(db, query);
  const sets = new FeedSets();
  sets.update(feeds);
  const products: Answer<'Products'>['products'] = [];
  let last: BoardAccount | undefined;
  for (const account of accountsAsked(accounts, query)) {
    if (account.accountId < (after?.accountId ?? 0)) continue;
    if (products.length >= query.limit) break;
    const from = after?.accountId === account.accountId ? after.productId : null;
    const room = query.limit - products.length;
    const rows =
      wanted === null
        ? await productsAfter(db, account.accountId, from, room)
        : await someAfter(db, account.accountId, wanted(account.accountId), from, room);
    if (rows.length > 0) last = account;
    products.push(...(await described(db, account, rows, sets)));
  }
  const end = products.at(-1);
  if (end === undefined || last === undefined || products.length < query.limit)
    return { products, next: null };
  return {
    products,
    next: encodeCursor('products', { accountId: last.accountId, productId: end.productId }),
  };
}

type Wanted = (accountId: number) => readonly string[];

/** Null where all are. */
async function wantedProducts(
  db: Reader,
  { product, article }: Pick<LevelsQuery, 'product' | 'article'>,
): Promise<Wanted | null> {
  if (article === undefined) return product === undefined ? null : () => [product];
  const ids = await idsOfArticle(db, article);
  return (accountId) => {
    const found = ids.get(accountId) ?? [];
    return product === undefined ? found : found.filter((id) => id === product);
  };
}

function accountsAsked(
  accounts: readonly BoardAccount[],
  { source, account }: Pick<LevelsQuery, 'source' | 'account'>,
): BoardAccount[] {
  return accounts
    .filter((one) => source === undefined || one.source === source)
    .filter((one) => account === undefined || one.account === account)
    .sort((a, b) => a.accountId - b.accountId);
}

async function someAfter(
  db: Reader,
  accountId: number,
  ids: readonly string[],
  from: string | null,
  room: number,
): Promise<BoardProductRow[]> {
  const beyond = ids.filter((id) => from === null || BigInt(id) > BigInt(from));
  const sorted = beyond.sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1));
  const rows = sorted.length === 0 ? [] : await productsOf(db, accountId, sorted);
  const byId = new Map(rows.map((row) => [row.productId, row]));
  return sorted.flatMap((id) => byId.get(id) ?? []).slice(0, room);
}

async function described(
  db: Reader,
  { accountId, source, account }: BoardAccount,
  rows: readonly BoardProductRow[],
  sets: FeedSets,
): Promise<Answer<'Products'>['products']> {
  const ids = rows.map(({ productId }) => productId);
  const levels = new Map<string, BoardLevelRow[]>();
  const feedIds = new Map<string, number[]>();
  for (const { feedId, isRetired } of ids.length === 0 ? [] : sets.stockFeeds(accountId)) {
    if (isRetired) continue;
    for (const level of await levelSums(db, feedId, { ids })) {
      const known = feedIds.get(level.productId) ?? [];
      levels.set(level.productId, [...(levels.get(level.productId) ?? []), level]);
      feedIds.set(level.productId, known.includes(feedId) ? known : [...known, feedId]);
    }
  }
  return rows.map(({ firstSeenAt: _, barcodes, ...row }) => {
    const { changedAt, ...sums } = sumsOf(levels.get(row.productId) ?? []);
    const { confirmedAt } = sets.of(accountId, feedIds.get(row.productId) ?? []);
    const times = { changedAt: isoOrNull(changedAt), confirmedAt: isoOrNull(confirmedAt) };
    return { source, account, ...row, barcodes: [...barcodes], ...sums, ...times };
  });
}
