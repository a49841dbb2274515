import { FetchProgress } from '../../../engines/fetch-progress.js';
import { ConsoleConsumer, type SeenRecord } from './console-consumer.js';

/**
 * Hands out everything that is committed in a topic, in the order of each partition, once each. Nothing is guessed
 * from silence: the consumer's own log says when it has come to the end.
 * @throws Error when the consumer fails, or the end is not reached in time
 */
export async function readTopic(
  brokers: string,
  topic: string,
  onRecord: (record: SeenRecord) => void,
  timeoutMs = 600_000,
): Promise<number> {
  const progress = new FetchProgress();
  const complaints: string[] = [];
  const next = new Map<number, number>();
  let announced: number | undefined;
  let reached = false;
  let taken = 0;
  const consumer = await ConsoleConsumer.start({
    brokers,
    topic,
    onRecord: (record) => {
      // A reader that was thrown out of its group starts again from the beginning.
      if (record.offset < (next.get(record.partition) ?? 0)) return;
      next.set(record.partition, record.offset + 1);
      taken += 1;
      onRecord(record);
    },
    onLog: (line) => {
      const total = /^Processed a total of (\d+) messages/.exec(line);
      if (total !== null) announced = Number(total[1]);
      else if (!progress.note(line)) complaints.push(line);
      else if (!reached && progress.atEnd(Date.now())) {
        reached = true;
        consumer.finish();
      }
    },
  });
  const limit = setTimeout(() => consumer.kill(), timeoutMs);
  await consumer.ended.finally(() => clearTimeout(limit));
  if (reached && announced === consumer.records) return taken;
  const why = complaints.slice(-6).join('\n');
  throw new Error(
    `${topic} could not be read to its end (${consumer.records} of ${announced} records): ${why}`,
  );
}
