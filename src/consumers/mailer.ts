import { type Alert, alert } from '../events/alert.js';
import { EVENT_TYPES } from '../events/envelope.js';
import { groupOf, TOPICS, topicOf } from '../events/topics.js';
import type { DeliveryStore } from '../ports/alert-store.js';
import type { Output } from '../ports/log-records.js';
import type {
  ConsumerApp,
  PartitionPlace,
  PartitionProcessor,
  Transaction,
  Work,
} from '../ports/partition-processor.js';
import { decodeJsonEvent } from '../streams/operators/decode-json-event.js';
import { runBatch } from '../streams/run-batch.js';
import { countWithin } from './batch-size.js';
import type { MailLog } from './digest-sender.js';
import { unreadable } from './unreadable.js';

export interface MailerAppOptions {
  /** Topic prefix. */
  readonly prefix: string;
  /** Mail, and every other channel that is set up. */
  readonly outlets: readonly Outlet[];
  readonly log: MailLog;
}

interface Outlet {
  readonly deliveries: DeliveryStore;
  /** ALERT_EMAIL, a chat; empty: alerts are entered all the same, addressed to nobody, and are never told. */
  readonly recipients: string;
  /** Why alerts do not go out over this channel at present, said once a day while there are any. */
  readonly trouble?: string | undefined;
}

const DAY_MS = 24 * 60 * 60_000;

const BATCH = { records: 1000, bytes: 4 * 1024 * 1024 };

/** Alerts → entries of what is to be told. The telling itself is the digest senders' work. */
export function createMailerApp(options: MailerAppOptions): ConsumerApp {
  return {
    name: 'mailer',
    group: groupOf(options.prefix, 'mailer'),
    topic: topicOf(options.prefix, TOPICS.alerts),
    gapless: false,
    open: async (place) => openPartition(options, place),
    owedFromLedger: async () => [],
  };
}

function openPartition(options: MailerAppOptions, place: PartitionPlace): PartitionProcessor {
  return {
    rewindTo: place.checkpoint,
    recall: async () => {},
    take: (records) => countWithin(records, BATCH),
    async fold(records): Promise<Work> {
      const decoded = await runBatch(
        records,
        decodeJsonEvent(alert, () => EVENT_TYPES.alert),
      );
      // By id: a copy of an alert is the same alert.
      const alerts = new Map<string, Alert>();
      const traces = new Map<string, string>();
      const outbox: Output[] = [];
      for (const one of decoded) {
        if (one.ok) {
          alerts.set(one.event.id, one.event);
          const { traceparent } = one.record.headers;
          if (traceparent !== undefined) traces.set(one.event.id, traceparent);
        } else
          outbox.push(unreadable(one.record, one.error, { prefix: options.prefix, place, group: 'mailer' }));
      }
      return {
        async write(tx) {
          if (alerts.size > 0) {
            // Entered even for nobody: an address that is set later is told what happens then, not all that ever did.
            for (const { deliveries, recipients } of options.outlets)
              await deliveries.enqueue(tx, [...alerts.values()], recipients, traces);
            await tellTroubles(options, tx);
          }
          return { ledger: [], outbox };
        },
      };
    },
  };
}

async function tellTroubles({ outlets, log }: MailerAppOptions, tx: Transaction): Promise<void> {
  for (const { deliveries, trouble } of outlets) {
    if (trouble !== undefined && (await deliveries.notice(tx, 'no-mail', DAY_MS))) log.warn({}, trouble);
  }
}
