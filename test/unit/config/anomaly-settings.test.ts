import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { anomalySettings } from '../../../src/anomaly-settings.js';
import { Workshop } from './workshop.js';

describe('what the settings mean to the rules', () => {
  let shop: Workshop;
  beforeEach(() => {
    shop = new Workshop();
  });
  afterEach(() => shop[Symbol.dispose]());

  it('as delivered', () => {
    expect(anomalySettings(shop.load().config)).toEqual({
      ...{ threshold: 0.1, minProducts: 10, maxSyncAgeHours: 8, maxFailures: 3, runsOutDays: 3 },
      lowStock: { ozon: 0, wildberries: 0 },
    });
  });

  it('each setting is its own figure', () => {
    const env = {
      ...{ ANOMALY_THRESHOLD: '0.25', MIN_PRODUCTS_THRESHOLD: '7', MAX_SYNC_AGE_HOURS: '12.5' },
      ...{ FAILURES_THRESHOLD: '5', LOW_STOCK_THRESHOLD: '4', RUNS_OUT_DAYS: '1.5' },
    };
    expect(anomalySettings(shop.load(env).config)).toEqual({
      ...{ threshold: 0.25, minProducts: 7, maxSyncAgeHours: 12.5, maxFailures: 5, runsOutDays: 1.5 },
      lowStock: { ozon: 4, wildberries: 4 },
    });
  });

  it.each<[string, Record<string, string>, number, number]>([
    ['goes before the common one', { OZON_LOW_STOCK_THRESHOLD: '9' }, 9, 4],
    ['may be none where the common one is some', { WB_LOW_STOCK_THRESHOLD: '0' }, 4, 0],
    ['that is empty is not set', { WB_LOW_STOCK_THRESHOLD: '' }, 4, 4],
  ])('a source’s own low-stock threshold %s', (_name, env, ozon, wildberries) => {
    const { config } = shop.load({ LOW_STOCK_THRESHOLD: '4', ...env });
    expect(anomalySettings(config).lowStock).toEqual({ ozon, wildberries });
  });
});
