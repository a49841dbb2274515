import { TOPICS } from '../events/topics.js';
import type { TransactionalPublisher } from '../ports/broker.js';
import type { Metrics } from '../ports/instruments.js';
import type { Output } from '../ports/log-records.js';

/** Times each transaction, and counts what it has published once it is committed. */
export async function measuredPublisher(
  opening: Promise<TransactionalPublisher>,
  metrics: Metrics | undefined,
): Promise<TransactionalPublisher> {
  const publisher = await opening;
  if (metrics === undefined) return publisher;
  return {
    async publish(outputs, mark) {
      const began = performance.now();
      let outcome = 'failed';
      try {
        const offsets = await publisher.publish(outputs, mark);
        outcome = 'committed';
        return offsets;
      } finally {
        const seconds = (performance.now() - began) / 1000;
        metrics.time('kafkaTransaction', { consumergroup: mark.group, outcome }, seconds);
        if (outcome === 'committed') count(outputs, metrics);
      }
    },
    close: () => publisher.close(),
  };
}

function count(outputs: readonly Output[], metrics: Metrics): void {
  const topics = new Map<string, number>();
  const sources = new Map<string, number>();
  for (const { topic, key } of outputs) {
    topics.set(topic, (topics.get(topic) ?? 0) + 1);
    if (topic !== TOPICS.stockChanges) continue;
    // A stock key opens with its source.
    const source = key.slice(0, key.indexOf(':'));
    sources.set(source, (sources.get(source) ?? 0) + 1);
  }
  for (const [topic, number] of topics) metrics.count('events', { topic }, number);
  for (const [source, number] of sources) metrics.count('changes', { source }, number);
}
