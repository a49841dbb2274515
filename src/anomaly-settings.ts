import type { Config } from '../config/schema.js';
import type { AnomalySettings } from './domain/anomaly/finding.js';

/** What the settings mean to the rules. */
export function anomalySettings({ alerts }: Pick<Config, 'alerts'>): AnomalySettings {
  const { lowStock, ozonLowStock, wbLowStock } = alerts;
  return {
    threshold: alerts.anomalyThreshold,
    minProducts: alerts.minProductsThreshold,
    maxSyncAgeHours: alerts.maxSyncAgeHours,
    maxFailures: alerts.failuresThreshold,
    lowStock: { ozon: ozonLowStock ?? lowStock, wildberries: wbLowStock ?? lowStock },
    runsOutDays: alerts.runsOutDays,
  };
}
