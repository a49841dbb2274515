import type { AnomalySettings } from '../../../../src/domain/anomaly/finding.js';

/** As delivered, with low stock and the outlook switched on. */
export function settings(fields: Partial<AnomalySettings> = {}): AnomalySettings {
  return {
    threshold: 0.1,
    minProducts: 10,
    maxSyncAgeHours: 8,
    maxFailures: 3,
    lowStock: { ozon: 5, wildberries: 5 },
    runsOutDays: 3,
    ...fields,
  };
}
