import type { AnomalySettings } from '../domain/anomaly/finding.js';
import { EVENT_TYPES, envelope } from '../events/envelope.js';
import { groupOf, TOPICS, topicOf } from '../events/topics.js';
import type { AlertStore } from '../ports/alert-store.js';
import type { LogRecord, Output } from '../ports/log-records.js';
import type { ConsumerApp, PartitionPlace, PartitionProcessor, Work } from '../ports/partition-processor.js';
import type { ProductHistory } from '../ports/product-history.js';
import { runBatch } from '../streams/run-batch.js';
import { type AnomalyOutcome, anomalyDetection } from '../streams/topologies/anomaly-detection.js';
import { countWithin } from './batch-size.js';
import { ChangedProducts } from './changed-products.js';
import { RecentEvents } from './recent-events.js';
import { unreadable } from './unreadable.js';

export interface AnomalyAppOptions {
  /** Topic prefix. */
  readonly prefix: string;
  readonly settings: AnomalySettings;
  readonly alerts: AlertStore;
  readonly history: ProductHistory;
}

/** One event may name thousands of products, each an alert: bytes bound what a transaction writes. */
const BATCH = { records: 50, bytes: 1024 * 1024 };
/** In the value of an event that names the changes of a snapshot. */
const NAMES_CHANGES = Buffer.from('"place":');
/** Fingerprints asked about in one statement; long lists make MySQL give up the index. */
const QUESTION_SIZE = 1000;
const REMEMBERED_EVENTS = 10_000;

/** Sync events → alerts: recorded in the database and published, both with the checkpoint. */
export function createAnomalyApp(options: AnomalyAppOptions): ConsumerApp {
  return {
    name: 'anomaly',
    group: groupOf(options.prefix, 'anomaly'),
    topic: topicOf(options.prefix, TOPICS.syncEvents),
    // Written in transactions, whose markers take offsets.
    gapless: false,
    open: async (place) => openPartition(options, place),
    owedFromLedger: async () => [],
  };
}

function openPartition(options: AnomalyAppOptions, place: PartitionPlace): PartitionProcessor {
  const detect = anomalyDetection(options.settings);
  const recent = new RecentEvents(REMEMBERED_EVENTS);
  let folded: readonly LogRecord[] = [];
  return {
    rewindTo: place.checkpoint,
    recall: async () => {},
    take,
    settled: () => recent.remember(folded),
    async fold(records): Promise<Work> {
      const fresh = recent.withoutCopies(records);
      const products = new ChangedProducts(options.history);
      const openBefore = new Set<string>();
      const open = async (fingerprints: readonly string[]) => {
        const found = await openAmong(options.alerts, fingerprints);
        for (const one of found) openBefore.add(one);
        return found;
      };
      const outcomes = await runBatch(fresh, (stream) => detect(stream, open, (event) => products.of(event)));
      folded = fresh;
      const alerts = outcomes.flatMap((outcome) => (outcome.kind === 'alert' ? [outcome.alert] : []));
      const outbox = outcomes.map((outcome) => outputOf(outcome, options.prefix, place));
      return {
        async write(tx) {
          if (alerts.length > 0) await options.alerts.record(tx, alerts, openBefore);
          await products.note(tx);
          return { ledger: [], outbox };
        },
      };
    },
  };
}

/**
 * A batch ends with the first snapshot that has changed products: what is noted of them in its transaction is in the
 * tables when the next one is judged.
 */
function take(records: readonly LogRecord[]): number {
  const most = countWithin(records, BATCH);
  const first = records.slice(0, most).findIndex(({ value }) => value?.includes(NAMES_CHANGES));
  return first === -1 ? most : first + 1;
}

async function openAmong(store: AlertStore, fingerprints: readonly string[]): Promise<ReadonlySet<string>> {
  const open = new Set<string>();
  for (let from = 0; from < fingerprints.length; from += QUESTION_SIZE) {
    for (const one of await store.open(fingerprints.slice(from, from + QUESTION_SIZE))) open.add(one);
  }
  return open;
}

function outputOf(outcome: AnomalyOutcome, prefix: string, place: PartitionPlace): Output {
  const { record } = outcome;
  if (outcome.kind === 'invalid')
    return unreadable(record, outcome.error, { prefix, place, group: 'anomaly' });
  const { index, alert } = outcome;
  const { traceparent } = record.headers;
  return {
    offset: record.offset,
    index,
    topic: TOPICS.alerts,
    key: alert.fingerprint,
    value: JSON.stringify(alert),
    headers: envelope({ id: alert.id, type: EVENT_TYPES.alert, prefix, time: alert.at, traceparent }),
  };
}
