import type { NewWarehouse, Rename, Source, StockPatch } from './types.js';

/** What of the world is needed here. */
interface Market {
  readonly ozon: { add(born: Rename): string };
  readonly wildberries: { add(born: Rename): string };
  addWarehouse(source: Source, wanted: NewWarehouse): string;
  setStock(source: Source, productId: string, patch: StockPatch): void;
}

/** Goods such as careless sellers have, by product id (Ozon `product_id`, Wildberries `chrtId`). */
export interface Oddities {
  /** The same article on both marketplaces, one product on each. */
  readonly sameArticle: { readonly offerId: string; readonly ozon: string; readonly wildberries: string };
  /** Two Ozon products with one article. */
  readonly twins: { readonly offerId: string; readonly ozon: readonly [string, string] };
  /** Ozon products with strange articles, the same ones on Wildberries. */
  readonly articles: readonly {
    readonly offerId: string;
    readonly ozon: string;
    readonly wildberries: string;
  }[];
  /** A seller's warehouse with an id of 16 digits on each marketplace, with something in it. */
  readonly warehouses: { readonly ozon: string; readonly wildberries: string };
}

const ARTICLES: readonly string[] = [
  `ДЛИННЫЙ-${'арт'.repeat(90)}-300`,
  `L${'0123456789'.repeat(25)}4567X`,
  '🧸🧸 мишка «плюш» 40 см',
  'кавычки "двойные" и \'одинарные\' \\ и «ёлочки»',
  '000123',
  '0000000000000042',
  'хвост ',
];

const LONG_WAREHOUSE = { ozon: '9007199254740881', wildberries: '9007199254740883' } as const;

/** @returns what was planted, for tests to look at */
export function plantOddities(world: Market): Oddities {
  const { ozon, wildberries } = world;
  const both = (offerId: string) => ({
    offerId,
    ozon: ozon.add({ offerId }),
    wildberries: wildberries.add({ offerId }),
  });
  const sameArticle = both('ОБЩИЙ-АРТИКУЛ-1');
  const twins = [ozon.add({ offerId: 'ДВОЙНИК' }), ozon.add({ offerId: 'ДВОЙНИК' })] as const;
  const articles = ARTICLES.map(both);
  for (const [source, id, productId] of [
    ['ozon', LONG_WAREHOUSE.ozon, sameArticle.ozon],
    ['wildberries', LONG_WAREHOUSE.wildberries, sameArticle.wildberries],
  ] as const) {
    world.addWarehouse(source, { id, name: 'Склад с длинным номером' });
    world.setStock(source, productId, { scheme: 'fbs', warehouseId: id, present: 7 });
  }
  return {
    sameArticle,
    twins: { offerId: 'ДВОЙНИК', ozon: twins },
    articles,
    warehouses: { ...LONG_WAREHOUSE },
  };
}
