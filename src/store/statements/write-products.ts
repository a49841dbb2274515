import type { ProductPatch } from '../../ports/projection.js';
import type { SqlTransaction } from '../database.js';
import { cut, truncated } from '../text.js';
import { chunked, compareIds, sqlId, sqlText, sqlTimeOf } from './sql-text.js';

/**
 * Enters products at first sight, by the time of the record that names them. What a patch does not say stays as it
 * is known, and a patch that says nothing new changes nothing, `updated_at` included.
 */
export async function writeProducts(sql: SqlTransaction, patches: readonly ProductPatch[]): Promise<void> {
  const byFeed = new Map<number, ProductPatch[]>();
  for (const patch of patches) {
    const known = byFeed.get(patch.feedId);
    if (known === undefined) byFeed.set(patch.feedId, [patch]);
    else known.push(patch);
  }
  for (const [feedId, ofFeed] of [...byFeed].sort(([a], [b]) => a - b)) {
    const [feed] = await sql.query('SELECT account_id FROM feeds WHERE feed_id = ?', [feedId]);
    await sql.executeAll(productStatements(Number(feed?.account_id), ofFeed));
  }
}

function* productStatements(accountId: number, patches: readonly ProductPatch[]): Generator<string> {
  const products = mergedByProduct(patches);
  for (const archived of [false, true]) {
    for (const removed of [false, true]) {
      const alike = products.filter(
        (patch) => (patch.archived !== undefined) === archived && (patch.removedAt !== undefined) === removed,
      );
      for (const chunk of chunked(alike)) yield upsert(accountId, chunk, archived, removed);
    }
  }
}

/** One patch a product, in the order of the keys: what two of them say counts as the later one says it. */
function mergedByProduct(patches: readonly ProductPatch[]): readonly ProductPatch[] {
  if (patches.every((patch, at) => at === 0 || compareProducts(patches[at - 1], patch) < 0)) return patches;
  const merged = new Map<string, ProductPatch>();
  for (const patch of patches) {
    const earlier = merged.get(patch.productId);
    if (earlier === undefined) {
      merged.set(patch.productId, patch);
      continue;
    }
    const said = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));
    merged.set(patch.productId, { ...earlier, ...said, seenAt: earlier.seenAt });
  }
  return [...merged.values()].sort(compareProducts);
}

function compareProducts(a: ProductPatch | undefined, b: ProductPatch | undefined): number {
  return a === undefined || b === undefined ? 0 : compareIds(a.productId, b.productId);
}

interface OptionalColumn {
  readonly column: string;
  isSaid(patch: ProductPatch): boolean;
  value(patch: ProductPatch): string;
}

/** In the list of an INSERT, NULL can say "nothing was said" of these. A statement in which no row says anything leaves the column out. */
const KEPT_UNLESS_SAID: readonly OptionalColumn[] = [
  {
    column: 'offer_id',
    isSaid: ({ offerId }) => offerId !== undefined,
    value: ({ offerId }) => sqlText(offerId === undefined ? null : truncated(offerId, OFFER_ID_LENGTH)),
  },
  {
    column: 'name',
    isSaid: ({ name }) => name !== undefined,
    value: ({ name }) => sqlText(name === undefined ? null : cut(name, NAME_LENGTH)),
  },
  {
    column: 'sku',
    isSaid: ({ sku }) => sku !== undefined,
    value: ({ sku }) => (sku === undefined ? 'NULL' : sqlId(sku)),
  },
  {
    column: 'card_id',
    isSaid: ({ cardId }) => cardId !== undefined,
    value: ({ cardId }) => (cardId === undefined ? 'NULL' : sqlId(cardId)),
  },
  {
    column: 'size',
    isSaid: ({ size }) => size !== undefined,
    value: ({ size }) => sqlText(size === undefined ? null : cut(size, 64)),
  },
  {
    column: 'barcodes',
    isSaid: ({ barcodes }) => barcodes !== undefined,
    value: ({ barcodes }) => sqlText(barcodes === undefined ? null : jsonList(barcodes)),
  },
];

/**
 * `removed_at` has a NULL of its own and `archived` has none: what says nothing of them goes in statements that leave
 * the column alone.
 */
function upsert(
  accountId: number,
  patches: readonly ProductPatch[],
  archived: boolean,
  removed: boolean,
): string {
  const said = KEPT_UNLESS_SAID.filter(({ isSaid }) => patches.some(isSaid));
  const columns = [...said.map(({ column }) => column), ...(archived ? ['archived'] : [])];
  if (removed) columns.push('removed_at');
  const rows = patches.map((patch) => {
    const values = said.map(({ value }) => `,${value(patch)}`).join('');
    const isArchived = archived ? `,${patch.archived === true ? 1 : 0}` : '';
    const removedAt = removed ? `,${timeOrNull(patch.removedAt)}` : '';
    return `(${accountId},${sqlId(patch.productId)},${patch.feedId},${sqlTimeOf(patch.seenAt)}${values}${isArchived}${removedAt})`;
  });
  const updates = [
    // Partitions are worked off at their own pace: who names it first need not be the first to say so.
    'first_seen_at = LEAST(products.first_seen_at, VALUES(first_seen_at))',
    ...said.map(({ column }) => `${column} = COALESCE(VALUES(${column}), products.${column})`),
    ...(archived ? ['archived = VALUES(archived)'] : []),
    ...(removed ? ['removed_at = VALUES(removed_at)'] : []),
  ];
  return `INSERT INTO products (${['account_id', 'product_id', 'feed_id', 'first_seen_at', ...columns].join(', ')})
       VALUES ${rows.join(',')}
       ON DUPLICATE KEY UPDATE ${updates.join(', ')}`;
}

function timeOrNull(unixMs: number | null | undefined): string {
  return unixMs === null || unixMs === undefined ? 'NULL' : sqlTimeOf(unixMs);
}

/** Characters of these columns, here and in the ledger. */
export const OFFER_ID_LENGTH = 512;
export const NAME_LENGTH = 1024;
/** Bytes of a TEXT column, less a little. */
const LIST_BYTES = 65_000;

/** As many of the texts as the column holds. */
function jsonList(texts: readonly string[]): string {
  const fitting: string[] = [];
  let bytes = 2;
  for (const text of texts) {
    bytes += Buffer.byteLength(JSON.stringify(text)) + 1;
    if (bytes > LIST_BYTES) break;
    fitting.push(text);
  }
  return JSON.stringify(fitting);
}
