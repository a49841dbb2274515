import { describe, expect, it } from 'vitest';
import { deskActions } from '../../../../src/dashboard/web/actions.js';
import type { ProductName, SetProduct } from '../../../../src/store/product-settings.js';

const never = async (): Promise<never> => {
  throw new Error('was asked for');
};

/** What a form for the threshold of a product says when it is done, and what was set. */
async function set(form: Record<string, string>, isKnown = true): Promise<[string | undefined, unknown[]]> {
  const asked: unknown[] = [];
  const actions = deskActions(
    { mute: never, unmute: never, acknowledge: never },
    {
      lowStock: never,
      async lowStockOf(product: ProductName, pieces): Promise<SetProduct[]> {
        asked.push(product, pieces);
        return isKnown ? [{ ...product, name: null }] : [];
      },
    },
  );
  return [await actions.get('threshold-of')?.(new URLSearchParams(form)), asked];
}

describe('the threshold of a product', () => {
  const product = '/product/ozon/100500/60';
  const named = { source: 'ozon', account: '100500', productId: '60' };

  it('is set for the product whose page asks', async () => {
    expect(await set({ product, pieces: '7' })).toEqual(['thresholdOf', [named, 7]]);
    expect(await set({ product, pieces: '' })).toEqual(['thresholdOf', [named, null]]);
    expect((await set({ product, pieces: '7' }, false))[0]).toBe('thresholdNoProduct');
  });

  it.each([
    {},
    { product: '' },
    { product: '/products' },
    { product: '/product/ozon/1/x' },
    { product, pieces: '-1' },
  ])('is not set by %j', async (form) => {
    await expect(set(form as Record<string, string>)).rejects.toMatchObject({ code: 'USAGE' });
  });
});
