import type { Article, ProductPatch, ProjectionReader } from '../ports/projection.js';
import type { RecordEffects } from '../streams/effects.js';

/** What `products` holds of a feed's products, as far as anything of it matters to what was folded. */
export interface Articles {
  /** Undefined where the product is not entered. */
  of(feedId: number, productId: string): Article | undefined;
}

/**
 * Looks up the articles of what was folded, in one go: events tell a product's name, and what is known already is not
 * entered again. Prior state need not hold texts for that, and what catalogues say counts from then on.
 */
export async function articlesOf(
  folded: readonly RecordEffects[],
  store: Pick<ProjectionReader, 'articles'>,
): Promise<Articles> {
  const wanted = new Map<number, Set<string>>();
  const want = (feedId: number, productId: string) => {
    const ids = wanted.get(feedId);
    if (ids === undefined) wanted.set(feedId, new Set([productId]));
    else ids.add(productId);
  };
  for (const { effects } of folded) {
    for (const effect of effects) {
      if (effect.kind === 'change') want(effect.feedId, effect.step.row.productId);
      else if (effect.kind === 'product' && effect.unlessKnown === true) {
        want(effect.patch.feedId, effect.patch.productId);
      }
    }
  }
  const found = new Map<number, ReadonlyMap<string, Article>>();
  for (const [feedId, ids] of wanted) found.set(feedId, await store.articles(feedId, [...ids]));
  return { of: (feedId, productId) => found.get(feedId)?.get(productId) };
}

/** Does the patch, which says no more than what an article is, say anything new? */
export function isNews({ offerId }: ProductPatch, known: Article | undefined): boolean {
  return known === undefined || (offerId !== undefined && offerId !== known.offerId);
}
