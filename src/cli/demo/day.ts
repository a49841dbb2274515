import type { Source } from '../../simulator/world/types.js';
import type { World } from '../../simulator/world/world.js';
import type { ShopCall } from './journal.js';

/** A product as people know it. */
export interface Goods {
  readonly productId: string;
  readonly article: string;
  readonly name: string;
  /** Pieces to be had. */
  readonly available: number;
}

/** Clearly more than ANOMALY_THRESHOLD, whatever the hours before bring. */
const DROP = 0.18;
const MORNING_HOURS = 6;
const EVENING_HOURS = 3;

/** How many demos this shop has seen. */
function demosIn(calls: readonly ShopCall[]): number {
  return calls.filter(([change]) => change === 'vanish').length;
}

/** What a former demo has hidden is there again. Answers whether anything was. */
export function morning(world: World, calls: readonly ShopCall[]): boolean {
  const hidden = calls.findLastIndex(([change]) => change === 'vanish' || change === 'collapse');
  const restored = calls.findLastIndex(([change]) => change === 'restore');
  if (hidden <= restored) return false;
  world.restore('ozon');
  world.restore('wildberries');
  return true;
}

/** Sales, deliveries, returns; one product is bought up, another one is no longer reported. */
export function midday(world: World, calls: readonly ShopCall[]) {
  const turn = demosIn(calls);
  world.advance(MORNING_HOURS);
  const stocked = goodsIn(world).filter(isOrdinary);
  const soldOut = chosen(stocked, 13 + 211 * turn);
  const vanished = chosen(
    stocked.filter((goods) => goods !== soldOut),
    57 + 307 * turn,
  );
  if (soldOut !== undefined) world.soldOut('ozon', soldOut.productId);
  if (vanished !== undefined) world.vanish('ozon', vanished.productId);
  return { hours: MORNING_HOURS, soldOut, vanished };
}

/** Some more hours, and one sharp drop, on another marketplace each time. */
export function evening(world: World, calls: readonly ShopCall[]) {
  const source: Source = demosIn(calls) % 2 === 1 ? 'wildberries' : 'ozon';
  world.advance(EVENING_HOURS);
  world.drop(source, DROP);
  return { hours: EVENING_HOURS, source };
}

/** All goods of the shop on Ozon, where the stock report names articles. */
function goodsIn(world: World): readonly Goods[] {
  const available = new Map<string, number>();
  for (const row of world.truth('ozon'))
    available.set(row.productId, (available.get(row.productId) ?? 0) + row.available);
  return world.ozon.all().map(({ productId, offerId, name }) => ({
    productId,
    article: offerId,
    name,
    available: available.get(productId) ?? 0,
  }));
}

function isOrdinary({ available }: Goods): boolean {
  return available >= 10 && available <= 90;
}

function chosen(goods: readonly Goods[], number: number): Goods | undefined {
  return goods[number % Math.max(1, goods.length)];
}
