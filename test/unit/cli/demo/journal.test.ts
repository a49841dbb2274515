import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hoursIn, recordChanges, replay, type ShopCall, withCall } from '../../../../src/cli/demo/journal.js';
import { World } from '../../../../src/simulator/world/world.js';

const shop = () => new World({ seed: 3, ozonProducts: 30, wbProducts: 30 });
const never = new AbortController().signal;

test('a shop that is played again is the same shop', async () => {
  const source = fc.constantFrom('ozon', 'wildberries');
  const change = fc.oneof(
    fc.tuple(fc.constant('advance'), fc.integer({ min: 1, max: 60 })),
    fc.tuple(fc.constant('advance'), fc.constantFrom(0.25, 0.5)),
    fc.tuple(fc.constant('drop'), source, fc.constantFrom(0.1, 0.5)),
    fc.tuple(fc.constant('collapse'), source, fc.constantFrom(0.3, 1)),
    fc.tuple(fc.constant('restore'), source),
    fc.tuple(fc.constant('addProduct'), source),
    fc.tuple(fc.constantFrom('vanish', 'soldOut'), source, fc.nat(9)),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(change, { maxLength: 12 }), async (changes) => {
      const first = shop();
      let journal: readonly ShopCall[] = [];
      recordChanges(first, (call) => {
        journal = withCall(journal, call);
      });
      for (const [name, ...args] of changes) make(first, String(name), args);

      const second = shop();
      await replay(second, JSON.parse(JSON.stringify(journal)) as ShopCall[], never);
      for (const marketplace of ['ozon', 'wildberries'] as const)
        expect(second.truth(marketplace)).toEqual(first.truth(marketplace));
    }),
    { numRuns: 60 },
  );
});

/** Products are named by their place in the list of those that are shown. */
function make(world: World, name: string, args: readonly unknown[]): void {
  const [source, last] = args;
  const methods = world as unknown as Record<string, (...args: unknown[]) => unknown>;
  if (name !== 'vanish' && name !== 'soldOut') {
    methods[name]?.(...args);
    return;
  }
  const id = world.productIds(source === 'ozon' ? 'ozon' : 'wildberries')[Number(last)];
  if (id !== undefined) methods[name]?.(source, id);
}

test('hours that follow each other are one call, whatever else happened stays between them', () => {
  const calls: ShopCall[] = [
    ['advance', 6],
    ['advance', 1],
    ['drop', 'ozon', 0.2],
    ['advance', 1],
    ['advance', 2],
    ['advance', 0.5],
  ];
  const journal = calls.reduce<readonly ShopCall[]>(withCall, []);
  expect(journal).toEqual([
    ['advance', 7],
    ['drop', 'ozon', 0.2],
    ['advance', 3],
    ['advance', 0.5],
  ]);
  expect(hoursIn(journal)).toBe(10.5);
});

test('a replay ends when it is told to', async () => {
  const world = shop();
  const before = world.truth('ozon');
  await replay(world, [['advance', 10_000]], AbortSignal.abort());
  expect(world.truth('ozon')).toEqual(before);
});
