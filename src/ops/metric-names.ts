import type { Counters, Timings } from '../ports/instruments.js';

/** A metric as Prometheus knows it. Names and labels are what dashboards and alert rules of users stand on. */
export interface MetricSpec {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly string[];
}

export interface TimingSpec extends MetricSpec {
  /** Upper bounds in seconds. */
  readonly buckets: readonly number[];
}

/** Counted and timed in this process since it began. */
export const COUNTERS: { readonly [N in keyof Counters]: MetricSpec } = {
  apiCalls: {
    name: 'inventory_sync_api_requests_total',
    help: 'Requests to marketplaces; status is HTTP’s number, or none where no whole answer came.',
    labels: ['source', 'method', 'status'],
  },
  rowsRead: {
    name: 'inventory_sync_rows_read_total',
    help: 'Rows of marketplaces’ answers that are safe in the raw topic.',
    labels: ['source', 'endpoint'],
  },
  records: {
    name: 'inventory_sync_records_applied_total',
    help: 'Records applied, each together with its database transaction.',
    labels: ['consumergroup'],
  },
  doubts: {
    name: 'inventory_sync_partition_retakes_total',
    help: 'Partitions given up on doubt and taken over anew.',
    labels: ['consumergroup'],
  },
  changes: {
    name: 'inventory_sync_changes_total',
    help: 'Changes of stock that were published.',
    labels: ['source'],
  },
  events: {
    name: 'inventory_sync_events_published_total',
    help: 'Events published by topic, without its prefix; dead letters among them.',
    labels: ['topic'],
  },
  digests: {
    name: 'inventory_sync_digests_total',
    help: 'Tries to send a digest of alerts: sent, failed (it is tried again) or given-up.',
    labels: ['channel', 'outcome'],
  },
};

const QUICK = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 30];
const SLOW = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 300];

export const TIMINGS: { readonly [N in keyof Timings]: TimingSpec } = {
  apiCall: {
    name: 'inventory_sync_api_request_duration_seconds',
    help: 'Time from the start of a request to a marketplace to the last byte of its answer.',
    labels: ['source', 'method'],
    buckets: SLOW,
  },
  apiWait: {
    name: 'inventory_sync_api_wait_seconds',
    help: 'Time that a request waited for a limit, ours or the marketplace’s.',
    labels: ['source', 'method'],
    buckets: [0.001, ...SLOW],
  },
  database: {
    name: 'inventory_sync_db_duration_seconds',
    help: 'Time of a statement by its kind; transaction: of a whole one with all that is done in it.',
    labels: ['operation'],
    buckets: QUICK,
  },
  kafkaTransaction: {
    name: 'inventory_sync_kafka_transaction_duration_seconds',
    help: 'Time of a Kafka transaction from its begin to the answer to its commit.',
    labels: ['consumergroup', 'outcome'],
    buckets: QUICK,
  },
};

const FEED = ['source', 'account', 'feed'];
const PLACE = ['consumergroup', 'topic', 'partition'];

/** Read from tables and broker when asked for: the same in every process of an installation. */
export const GAUGES = {
  feedComplete: {
    name: 'inventory_sync_feed_last_complete_timestamp_seconds',
    help: 'When a complete snapshot last confirmed the feed, Unix time; 0: never.',
    labels: FEED,
  },
  feedFailures: {
    name: 'inventory_sync_feed_failures',
    help: 'Reads of the feed in a row that came to no good end.',
    labels: FEED,
  },
  feedHeld: {
    name: 'inventory_sync_feed_held_snapshots',
    help: 'Snapshots of the feed in a row that are held back because too much would vanish.',
    labels: FEED,
  },
  feedRows: {
    name: 'inventory_sync_feed_rows',
    help: 'Live rows of stock that the feed holds.',
    labels: FEED,
  },
  feedProducts: {
    name: 'inventory_sync_feed_products_in_stock',
    help: 'Products of the feed with stock.',
    labels: FEED,
  },
  feedAvailable: {
    name: 'inventory_sync_feed_available_units',
    help: 'Pieces available in the feed.',
    labels: FEED,
  },
  lastSuccess: {
    name: 'inventory_sync_last_success_timestamp_seconds',
    help: 'When the newest successful run of a source ended, Unix time; 0: never.',
    labels: ['source'],
  },
  lastRun: {
    name: 'inventory_sync_last_run_timestamp_seconds',
    help: 'When the newest finished run of a source ended, Unix time, by how it ended.',
    labels: ['source', 'status'],
  },
  lastRows: {
    name: 'inventory_sync_last_run_rows',
    help: 'Rows that the newest finished run of a source read.',
    labels: ['source'],
  },
  lastChanges: {
    name: 'inventory_sync_last_run_changes',
    help: 'Rows that the newest finished run of a source changed.',
    labels: ['source'],
  },
  deadLetters: {
    name: 'inventory_sync_dead_letters_24h',
    help: 'Dead letters of the last 24 hours.',
    labels: [],
  },
  alertsOpen: { name: 'inventory_sync_alerts_open', help: 'Open alerts.', labels: ['severity'] },
  alertsWaiting: {
    name: 'inventory_sync_alerts_waiting',
    help: 'Alerts that wait to be told.',
    labels: ['channel'],
  },
  partUp: {
    name: 'inventory_sync_part_up',
    help: '1 where the figures of this part could be read for this scrape: database, kafka.',
    labels: ['part'],
  },
  info: { name: 'inventory_sync_build_info', help: 'Always 1.', labels: ['version', 'command'] },
  members: {
    name: 'kafka_consumergroup_members',
    help: 'Live members of the group.',
    labels: ['consumergroup'],
  },
  committed: {
    name: 'kafka_consumergroup_current_offset',
    help: 'The group’s offset; -1: it has none.',
    labels: PLACE,
  },
  lag: {
    name: 'kafka_consumergroup_lag',
    help: 'Offsets that wait, as far as the log still holds them, transaction markers included.',
    labels: PLACE,
  },
  lagSum: {
    name: 'kafka_consumergroup_lag_sum',
    help: 'The same of all partitions.',
    labels: ['consumergroup', 'topic'],
  },
  end: {
    name: 'kafka_topic_partition_current_offset',
    help: 'Offset of the next record.',
    labels: ['topic', 'partition'],
  },
  start: {
    name: 'kafka_topic_partition_oldest_offset',
    help: 'Oldest offset that the log holds.',
    labels: ['topic', 'partition'],
  },
} as const satisfies Record<string, MetricSpec>;

export type GaugeName = keyof typeof GAUGES;
