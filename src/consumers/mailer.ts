import { type Alert, alert } from '../events/alert.js';
import { groupOf, TOPICS, topicOf } from '../events/topics.js';
import type { DeliveryStore } from '../ports/alert-store.js';
import type { Output } from '../ports/log-records.js';
import type { ConsumerApp, PartitionPlace, PartitionProcessor, Work } from '../ports/partition-processor.js';
import { decodeJsonEvent } from '../streams/operators/decode-json-event.js';
import { runBatch } from '../streams/run-batch.js';
import { countWithin } from './batch-size.js';
import type { MailLog } from './digest-sender.js';
import { unreadable } from './unreadable.js';

export interface MailerAppOptions {
  /** Topic prefix. */
  readonly prefix: string;
  readonly deliveries: DeliveryStore;
  /** ALERT_EMAIL; empty: alerts are entered all the same, addressed to nobody, and are never mailed. */
  readonly recipients: string;
  readonly log: MailLog;
}

const BATCH = { records: 1000, bytes: 4 * 1024 * 1024 };

/** Alerts → entries of what is to be mailed. The mail itself is the digest sender's work. */
export function createMailerApp(options: MailerAppOptions): ConsumerApp {
  let told = false;
  const tellOnce = () => {
    if (!told) options.log.warn({}, 'ALERT_EMAIL is not set: alerts are kept in the database and not mailed');
    told = true;
  };
  return {
    name: 'mailer',
    group: groupOf(options.prefix, 'mailer'),
    topic: topicOf(options.prefix, TOPICS.alerts),
    gapless: false,
    open: async (place) => openPartition(options, place, tellOnce),
    owedFromLedger: async () => [],
  };
}

function openPartition(
  options: MailerAppOptions,
  place: PartitionPlace,
  tellOnce: () => void,
): PartitionProcessor {
  return {
    rewindTo: place.checkpoint,
    recall: async () => {},
    take: (records) => countWithin(records, BATCH),
    async fold(records): Promise<Work> {
      const decoded = await runBatch(records, decodeJsonEvent(alert));
      // By id: a copy of an alert is the same alert.
      const alerts = new Map<string, Alert>();
      const outbox: Output[] = [];
      for (const one of decoded) {
        if (one.ok) alerts.set(one.event.id, one.event);
        else
          outbox.push(unreadable(one.record, one.error, { prefix: options.prefix, place, group: 'mailer' }));
      }
      return {
        async write(tx) {
          if (alerts.size > 0) {
            if (options.recipients === '') tellOnce();
            // Entered even so: an address that is set later is told what happens then, not all that ever happened.
            await options.deliveries.enqueue(tx, [...alerts.values()], options.recipients);
          }
          return { ledger: [], outbox };
        },
      };
    },
  };
}
