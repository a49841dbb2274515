import type { ProductPatch } from '../../ports/projection.js';
import type { GenerationProduct } from '../../ports/replay.js';
import type { Row, Sql } from '../database.js';
import { chunked, sqlId, sqlText } from './sql-text.js';

type Reader = Pick<Sql, 'query'>;

const CHUNK = 5_000;

/** Products of a feed in a generation, by their ids. */
export async function readReplayProducts(
  sql: Reader,
  generation: number,
  feedId: number,
  productIds: readonly string[],
): Promise<Map<string, GenerationProduct>> {
  const products = new Map<string, GenerationProduct>();
  for (const ids of chunked(productIds)) {
    const rows = await sql.query(
      `SELECT body FROM replay_products WHERE generation = ${generation} AND feed_id = ${feedId}
          AND product_id IN (${ids.map(sqlId).join(',')})`,
    );
    for (const product of rows.map(productOf)) products.set(product.productId, product);
  }
  return products;
}

/** All of them in chunks, in the order of their ids. */
export async function* walkReplayProducts(
  sql: Reader,
  generation: number,
  feedId: number,
): AsyncGenerator<GenerationProduct[]> {
  for (let after: string | null = null; ; ) {
    const beyond: string = after === null ? '' : `AND product_id > ${sqlId(after)}`;
    const rows: Row[] = await sql.query(
      `SELECT body FROM replay_products WHERE generation = ${generation} AND feed_id = ${feedId} ${beyond}
        ORDER BY product_id LIMIT ${CHUNK}`,
    );
    const found = rows.map(productOf);
    if (found.length > 0) yield found;
    if (found.length < CHUNK) return;
    after = found[found.length - 1]?.productId ?? null;
  }
}

/** Puts what the patches say on top of what is known. */
export async function writeReplayProducts(
  sql: Sql,
  generation: number,
  feedId: number,
  patches: readonly ProductPatch[],
): Promise<void> {
  const products = await readReplayProducts(
    sql,
    generation,
    feedId,
    patches.map(({ productId }) => productId),
  );
  for (const patch of patches) products.set(patch.productId, patched(products.get(patch.productId), patch));
  const sorted = [...products.values()].sort((a, b) => (BigInt(a.productId) < BigInt(b.productId) ? -1 : 1));
  for (const chunk of chunked(sorted)) {
    const values = chunk.map(
      (one) =>
        `(${generation},${feedId},${sqlId(one.productId)},${one.removed ? 1 : 0},${sqlText(JSON.stringify(one))})`,
    );
    await sql.execute(
      `INSERT INTO replay_products (generation, feed_id, product_id, removed, body) VALUES ${values.join(',')}
       ON DUPLICATE KEY UPDATE removed = VALUES(removed), body = VALUES(body)`,
    );
  }
}

function patched(prior: GenerationProduct | undefined, patch: ProductPatch): GenerationProduct {
  const removedAt = patch.removedAt === undefined ? (prior?.removedAt ?? null) : patch.removedAt;
  return {
    productId: patch.productId,
    offerId: patch.offerId ?? prior?.offerId ?? null,
    name: patch.name ?? prior?.name ?? null,
    sku: patch.sku ?? prior?.sku ?? null,
    cardId: patch.cardId ?? prior?.cardId ?? null,
    size: patch.size ?? prior?.size ?? null,
    barcodes: patch.barcodes ?? prior?.barcodes ?? null,
    archived: patch.archived ?? prior?.archived ?? false,
    removed: removedAt !== null,
    removedAt,
    firstSeenMs: Math.min(prior?.firstSeenMs ?? patch.seenAt, patch.seenAt),
  };
}

function productOf(row: Row): GenerationProduct {
  return JSON.parse(String(row.body)) as GenerationProduct;
}
