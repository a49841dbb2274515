import { beforeEach, describe, expect, it } from 'vitest';
import { AppError } from '../../../src/errors.js';
import { PrometheusMetrics } from '../../../src/ops/metrics.js';
import { Scrape } from '../../../src/ops/scrape.js';
import type { GroupFigures, OperatingFigures } from '../../../src/ports/operating-figures.js';

const FIGURES: OperatingFigures = {
  feeds: [
    {
      source: 'ozon',
      account: '1',
      feed: 'ozon:1:stocks',
      completeAt: 1_700_000_000_500,
      failures: 2,
      held: 1,
      rows: 10,
      productsInStock: 7,
      available: 99,
    },
    {
      source: 'ozon',
      account: '1',
      feed: 'ozon:1:product-list',
      completeAt: null,
      failures: 0,
      held: 0,
      rows: 0,
      productsInStock: 0,
      available: 0,
    },
  ],
  runs: [
    {
      source: 'ozon',
      lastSuccessAt: 1_700_000_000_000,
      lastEndedAt: 1_700_000_100_000,
      lastStatus: 'failed',
      records: 12,
      changed: 3,
    },
    {
      source: 'wildberries',
      lastSuccessAt: null,
      lastEndedAt: null,
      lastStatus: null,
      records: 0,
      changed: 0,
    },
  ],
  alerts: { critical: 1, warning: 0, info: 0 },
  deadLetters: 4,
  waiting: { mail: 5 },
};
const place = { group: 'p.projector', topic: 'p.raw', start: 0 };
const GROUPS: GroupFigures = {
  partitions: [
    { ...place, partition: 0, committed: 7, end: 10, records: 3 },
    { ...place, partition: 1, committed: null, end: 20, records: 20 },
  ],
  members: { 'p.projector': 2, 'p.mailer': 0 },
};

let now: number;
let reads: number;
let tables: () => Promise<OperatingFigures>;
let groups: () => Promise<GroupFigures>;
let scrape: Scrape;

beforeEach(() => {
  now = 1_000_000;
  reads = 0;
  tables = async () => FIGURES;
  groups = async () => GROUPS;
  const metrics = new PrometheusMetrics({ version: '1', command: 'worker', clean: (text) => text });
  const parts = {
    tables: () => {
      reads += 1;
      return tables();
    },
    groups: () => groups(),
  };
  scrape = new Scrape({ metrics, ...parts, now: () => now });
});

describe('/metrics', () => {
  it('has freshness, runs, alerts and dead letters of the tables', async () => {
    const text = await scrape.text();
    for (const line of [
      'inventory_sync_feed_last_complete_timestamp_seconds{source="ozon",account="1",feed="ozon:1:stocks"} 1700000000.5',
      'inventory_sync_feed_last_complete_timestamp_seconds{source="ozon",account="1",feed="ozon:1:product-list"} 0',
      'inventory_sync_feed_failures{source="ozon",account="1",feed="ozon:1:stocks"} 2',
      'inventory_sync_feed_held_snapshots{source="ozon",account="1",feed="ozon:1:stocks"} 1',
      'inventory_sync_feed_available_units{source="ozon",account="1",feed="ozon:1:stocks"} 99',
      'inventory_sync_last_success_timestamp_seconds{source="ozon"} 1700000000',
      'inventory_sync_last_success_timestamp_seconds{source="wildberries"} 0',
      'inventory_sync_last_run_timestamp_seconds{source="ozon",status="failed"} 1700000100',
      'inventory_sync_last_run_rows{source="ozon"} 12',
      'inventory_sync_alerts_open{severity="critical"} 1',
      'inventory_sync_alerts_open{severity="info"} 0',
      'inventory_sync_dead_letters_24h 4',
      'inventory_sync_alerts_waiting{channel="mail"} 5',
      'inventory_sync_part_up{part="database"} 1',
    ])
      expect(text.split('\n')).toContain(line);
    expect(text).not.toContain('inventory_sync_last_run_rows{source="wildberries"}');
  });

  it('has lag under the names of kafka_exporter', async () => {
    const lines = (await scrape.text()).split('\n');
    for (const line of [
      'kafka_consumergroup_lag{consumergroup="p.projector",topic="p.raw",partition="0"} 3',
      'kafka_consumergroup_lag{consumergroup="p.projector",topic="p.raw",partition="1"} 20',
      'kafka_consumergroup_current_offset{consumergroup="p.projector",topic="p.raw",partition="0"} 7',
      'kafka_consumergroup_current_offset{consumergroup="p.projector",topic="p.raw",partition="1"} -1',
      'kafka_consumergroup_lag_sum{consumergroup="p.projector",topic="p.raw"} 23',
      'kafka_consumergroup_members{consumergroup="p.mailer"} 0',
      'kafka_topic_partition_current_offset{topic="p.raw",partition="1"} 20',
      'kafka_topic_partition_oldest_offset{topic="p.raw",partition="0"} 0',
    ])
      expect(lines).toContain(line);
  });

  it('asks no more often than every five seconds, however many scrape', async () => {
    await Promise.all([scrape.text(), scrape.text(), scrape.text()]);
    now += 4_000;
    await scrape.text();
    expect(reads).toBe(1);
    now += 1_000;
    await scrape.text();
    expect(reads).toBe(2);
    // A clock that is put back by an hour must not keep old figures for an hour.
    now -= 3_600_000;
    await scrape.text();
    expect(reads).toBe(3);
  });

  it('leaves out what cannot be read, says so, and comes back', async () => {
    await scrape.text();
    tables = () => Promise.reject(new AppError('DB_UNAVAILABLE', 'away'));
    now += 5_000;
    const without = await scrape.text();
    expect(without).toContain('inventory_sync_part_up{part="database"} 0');
    expect(without).toContain('inventory_sync_part_up{part="kafka"} 1');
    expect(without).not.toContain('inventory_sync_feed_last_complete_timestamp_seconds{');
    expect(without).toContain('kafka_consumergroup_lag{');
    tables = async () => FIGURES;
    now += 5_000;
    expect(await scrape.text()).toContain('inventory_sync_feed_last_complete_timestamp_seconds{');
  });
});
