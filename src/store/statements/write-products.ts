import type { ProductPatch } from '../../ports/projection.js';
import type { Sql } from '../database.js';
import { cut, truncated } from '../text.js';
import { chunked, sqlId, sqlText, sqlTimeOf } from './sql-text.js';

/**
 * Enters products at first sight, by the time of the record that names them. What a patch does not say stays as it
 * is known, and a patch that says nothing new changes nothing, `updated_at` included.
 */
export async function writeProducts(sql: Sql, patches: readonly ProductPatch[]): Promise<void> {
  const byFeed = new Map<number, ProductPatch[]>();
  for (const patch of patches) {
    const known = byFeed.get(patch.feedId);
    if (known === undefined) byFeed.set(patch.feedId, [patch]);
    else known.push(patch);
  }
  for (const [feedId, ofFeed] of [...byFeed].sort(([a], [b]) => a - b)) {
    const [feed] = await sql.query('SELECT account_id FROM feeds WHERE feed_id = ?', [feedId]);
    const products = mergedByProduct(ofFeed);
    for (const { said, columns } of WAYS) {
      const accountId = Number(feed?.account_id);
      await upsert(sql, accountId, products.filter(said), columns);
    }
  }
}

/** One patch a product, in the order of the keys: what two of them say counts as the later one says it. */
function mergedByProduct(patches: readonly ProductPatch[]): ProductPatch[] {
  const merged = new Map<string, ProductPatch>();
  for (const patch of patches) {
    const earlier = merged.get(patch.productId);
    const said = Object.fromEntries(Object.entries(patch).filter(([, value]) => value !== undefined));
    const both = earlier === undefined ? patch : { ...earlier, ...said, seenAt: earlier.seenAt };
    merged.set(patch.productId, both);
  }
  return [...merged.values()].sort((a, b) => (BigInt(a.productId) < BigInt(b.productId) ? -1 : 1));
}

/**
 * In the list of an INSERT, NULL can say "nothing was said" of most columns. `removed_at` has a NULL of its own and
 * `archived` has none: what says nothing of them goes in statements that leave the column alone.
 */
const WAYS = [[], ['archived'], ['removed_at'], ['archived', 'removed_at']].map((columns) => ({
  columns,
  said: ({ archived, removedAt }: ProductPatch) =>
    (archived !== undefined) === columns.includes('archived') &&
    (removedAt !== undefined) === columns.includes('removed_at'),
}));

const KEPT_UNLESS_SAID = ['offer_id', 'name', 'sku', 'card_id', 'size', 'barcodes'].map(
  (column) => `${column} = COALESCE(VALUES(${column}), products.${column})`,
);

async function upsert(
  sql: Sql,
  accountId: number,
  patches: readonly ProductPatch[],
  columns: readonly string[],
): Promise<void> {
  const updates = [
    ...KEPT_UNLESS_SAID,
    // Partitions are worked off at their own pace: who names it first need not be the first to say so.
    'first_seen_at = LEAST(products.first_seen_at, VALUES(first_seen_at))',
    ...columns.map((column) => `${column} = VALUES(${column})`),
  ];
  for (const chunk of chunked(patches)) {
    await sql.execute(
      `INSERT INTO products (account_id, product_id, feed_id, offer_id, name, sku, card_id, size, barcodes, archived,
         first_seen_at, removed_at)
       VALUES ${chunk.map((patch) => values(accountId, patch)).join(',')}
       ON DUPLICATE KEY UPDATE ${updates.join(', ')}`,
    );
  }
}

function values(accountId: number, patch: ProductPatch): string {
  const { removedAt } = patch;
  return `(${[
    accountId,
    sqlId(patch.productId),
    patch.feedId,
    sqlText(patch.offerId === undefined ? null : truncated(patch.offerId, OFFER_ID_LENGTH)),
    sqlText(patch.name === undefined ? null : cut(patch.name, NAME_LENGTH)),
    patch.sku === undefined ? 'NULL' : sqlId(patch.sku),
    patch.cardId === undefined ? 'NULL' : sqlId(patch.cardId),
    sqlText(patch.size === undefined ? null : cut(patch.size, 64)),
    sqlText(patch.barcodes === undefined ? null : jsonList(patch.barcodes)),
    patch.archived === true ? 1 : 0,
    sqlTimeOf(patch.seenAt),
    removedAt === undefined || removedAt === null ? 'NULL' : sqlTimeOf(removedAt),
  ].join(',')})`;
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
