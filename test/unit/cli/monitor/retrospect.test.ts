import { describe, expect, it } from 'vitest';
import {
  factsThen,
  Hindsight,
  PastTotals,
  staleLooks,
  summarise,
} from '../../../../src/cli/monitor/retrospect.js';
import { settings } from '../../domain/anomaly/settings.js';

const HOUR = 3_600_000;
const AT = Date.UTC(2026, 10, 20, 12);
const step = (available: number) => ({ productId: '1', available, present: available, reserved: 0 });

describe('looking back', () => {
  it('goes from what is now to what was, and forth again', () => {
    const past = new PastTotals();
    const steps = [step(-3), step(10), step(-7)];
    const now = () => ({ available: 5, present: 6, reserved: 1 });
    for (const one of steps) past.takeBack('ozon:7', one, now);
    const spans = steps.map((one) => past.advance('ozon:7', one).available);
    expect(spans).toEqual([
      { before: 5, after: 2 },
      { before: 2, after: 12 },
      { before: 12, after: 5 },
    ]);
    expect(new PastTotals().advance('ozon:7', step(-4)).available).toEqual({ before: 0, after: 0 });
  });

  it('forgets what came later, and counts the own step once', () => {
    const hour = AT / HOUR;
    const fact = {
      ...{ productId: '1', before: 0, after: 0, since: 0 },
      ...{ present: { before: 0, after: 0 }, reserved: { before: 0, after: 0 } },
      hours: [hour - 1, hour, hour + 5].map((one) => ({ hour: one, sold: 2, received: 0 })),
    };
    const spans = new PastTotals().advance('x', step(2));
    expect(factsThen(fact, step(-2), spans, AT).hours.map((one) => one.hour)).toEqual([hour - 1, hour]);
    const unnoted = { ...fact, hours: fact.hours.filter((one) => one.hour !== hour) };
    expect(factsThen(unnoted, step(-2), spans, AT).hours.at(-1)).toEqual({ hour, sold: 2, received: 0 });
  });

  it('sees gaps between reads, and the one that lasts', () => {
    const read = (hours: number) => ({
      ...({ feed: 'ozon:7:product-stocks', source: 'ozon', account: '7' } as const),
      at: new Date(AT + hours * HOUR).toISOString(),
    });
    const looks = staleLooks([read(0), read(6), read(20), read(27)], 8, AT + 40 * HOUR);
    const hindsight = new Hindsight(settings());
    for (const look of looks) hindsight.judge(look, look.at);
    expect(looks.map(({ at }) => (Date.parse(at) - AT) / HOUR)).toEqual([14 + 1 / 60, 35 + 1 / 60]);
    // Nothing was read in between here, so that it is one incident.
    expect(summarise(hindsight.news(), 3)).toMatchObject([{ rule: 'source-stale', raised: 1, resolved: 0 }]);
    expect(staleLooks([read(0)], 8, AT + 8 * HOUR)).toEqual([]);
  });
});
