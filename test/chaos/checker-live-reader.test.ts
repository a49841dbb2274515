import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Kafka, logLevel } from 'kafkajs';
import { expect, it } from 'vitest';
import { killKafka, startKafka } from '../../engines/kafka.js';
import { TOPICS, topicOf } from '../../src/events/topics.js';
import { scratchFolder } from '../support/engines.js';
import { startLiveReader } from './checker/live-reader.js';

interface Line {
  readonly partition: number;
  readonly offset: number;
  readonly key: string;
  readonly value: string;
  readonly headers: Record<string, string>;
}

it('the live reader writes each committed record once and no aborted one, over a broker that is killed', async () => {
  const dir = scratchFolder('live-reader');
  const { brokers } = await startKafka(dir);
  const topic = topicOf('live', TOPICS.stockChanges);
  const kafka = new Kafka({ brokers: [brokers], logLevel: logLevel.NOTHING, retry: { retries: 20 } });
  const admin = kafka.admin();
  await admin.createTopics({ topics: [{ topic, numPartitions: 3 }], waitForLeaders: false });
  await admin.disconnect();
  const producer = kafka.producer({ transactionalId: 'live', maxInFlightRequests: 1, idempotent: true });
  await producer.connect();
  const write = async (name: string, end: 'commit' | 'abort') => {
    const transaction = await producer.transaction();
    const messages = [0, 1, 2, 0].map((partition, index) => ({
      partition,
      key: `k${partition}`,
      value: `${name} ${index} «ж»`,
      headers: { ce_id: `${name}/${index}`, odd: 'a:b,c' },
    }));
    await transaction.send({ topic, messages });
    await transaction[end]();
  };

  const file = join(dir, 'seen.ndjson');
  const reader = await startLiveReader({ brokers, prefix: 'live', file });
  await write('one', 'commit');
  await write('two', 'abort');
  while (reader.records() < 4) await delay(20);
  await killKafka(dir);
  await startKafka(dir);
  await write('three', 'commit');
  await reader.stop();
  await producer.disconnect();

  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Line);
  const values = (partition: number) =>
    lines.filter((line) => line.partition === partition).map((line) => line.value);
  expect(values(0)).toEqual(['one 0 «ж»', 'one 3 «ж»', 'three 0 «ж»', 'three 3 «ж»']);
  expect(values(1)).toEqual(['one 1 «ж»', 'three 1 «ж»']);
  expect(values(2)).toEqual(['one 2 «ж»', 'three 2 «ж»']);
  expect(lines[0]?.headers).toMatchObject({ ce_id: expect.stringMatching(/^one/), odd: 'a:b,c' });
}, 120_000);
