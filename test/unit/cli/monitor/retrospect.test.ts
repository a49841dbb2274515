import { describe, expect, it } from 'vitest';
import { factsThen, Hindsight, PastTotals, ReadGaps } from '../../../../src/cli/monitor/retrospect.js';
import { settings } from '../../domain/anomaly/settings.js';
import { changed, product } from '../../domain/anomaly/snapshots.js';

const HOUR = 3_600_000;
const AT = Date.UTC(2026, 10, 20, 12);
const step = (available: number) => ({ productId: '1', available, present: available, reserved: 0 });

describe('looking back', () => {
  it('goes from what is now to what was, and forth again', () => {
    const past = new PastTotals();
    const steps = [step(-3), step(10), step(-7)];
    past.begin('ozon:7', '1', { available: 5, present: 6, reserved: 1 });
    expect([past.isKnown('ozon:7', '1'), past.isKnown('ozon:8', '1')]).toEqual([true, false]);
    for (const one of steps) past.takeBack('ozon:7', one);
    const spans = steps.map((one) => {
      // Asked twice, it says the same.
      past.spans('ozon:7', one);
      const { available } = past.spans('ozon:7', one);
      past.advance('ozon:7', one);
      return available;
    });
    expect(spans).toEqual([
      { before: 5, after: 2 },
      { before: 2, after: 12 },
      { before: 12, after: 5 },
    ]);
    expect(new PastTotals().spans('ozon:7', step(-4)).available).toEqual({ before: 0, after: 0 });
  });

  it('forgets what came later, and counts the own step once', () => {
    const hour = AT / HOUR;
    const fact = {
      ...{ productId: '1', since: 0 },
      hours: [hour - 1, hour, hour + 5].map((one) => ({ hour: one, sold: 2, received: 0 })),
    };
    const spans = new PastTotals().spans('x', step(2));
    expect(factsThen(fact, step(-2), spans, AT).hours.map((one) => one.hour)).toEqual([hour - 1, hour]);
    const unnoted = { ...fact, hours: fact.hours.filter((one) => one.hour !== hour) };
    expect(factsThen(unnoted, step(-2), spans, AT).hours.at(-1)).toEqual({ hour, sold: 2, received: 0 });
  });

  it('sees gaps between reads, and the one that lasts', () => {
    const read = (hours: number) => ({
      ...({ feed: 'ozon:7:product-stocks', source: 'ozon', account: '7' } as const),
      at: new Date(AT + hours * HOUR).toISOString(),
    });
    const gaps = new ReadGaps(8);
    const looks = [
      ...[read(0), read(6), read(20), read(27)].flatMap((one) => gaps.before(one)),
      ...gaps.at(AT + 40 * HOUR),
    ];
    const hindsight = new Hindsight(settings(), 3);
    for (const look of looks) hindsight.judge(look, look.at);
    expect(looks.map(({ at }) => (Date.parse(at) - AT) / HOUR)).toEqual([14 + 1 / 60, 35 + 1 / 60]);
    // Nothing was read in between here, so that it is one incident.
    expect(hindsight.summary()).toMatchObject([{ rule: 'source-stale', raised: 1, resolved: 0 }]);
    const fresh = new ReadGaps(8);
    expect([...fresh.before(read(0)), ...fresh.at(AT + 8 * HOUR)]).toEqual([]);
    // A feed that was retired is not looked at any more.
    fresh.forget(read(0).feed);
    expect(fresh.at(AT + 40 * HOUR)).toEqual([]);
  });

  it('keeps what is open and the newest of each rule, whatever else was judged', () => {
    const hindsight = new Hindsight(settings({ lowStock: { ozon: 5, wildberries: 5 } }), 2);
    const judge = (day: number, before: number, after: number, ids: readonly string[]) => {
      const products = ids.map((productId) => product({ productId, before, after }));
      hindsight.judge(changed(products), new Date(AT + day * 24 * HOUR).toISOString());
    };
    judge(0, 9, 4, ['1', '2', '3']);
    judge(1, 4, 3, ['1', '2']);
    judge(2, 3, 90, ['1', '9']);
    judge(3, 90, 2, ['1']);
    const [low] = hindsight.summary().filter(({ rule }) => rule === 'low-stock');
    expect(low).toMatchObject({ raised: 4, resolved: 1 });
    expect(low?.newest.map(({ finding }) => finding.product?.productId)).toEqual(['1', '3']);
  });
});
