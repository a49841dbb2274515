import type { Kafka } from 'kafkajs';
import { expect, it } from 'vitest';
import { createRawProducer } from '../../../src/broker/raw-producer.js';

/** Producers numbered in the order in which they were made; the first one fails at its second record. */
function fakeKafka() {
  const deeds: string[] = [];
  let made = 0;
  const producer = () => {
    made += 1;
    const me = made;
    let sent = 0;
    return {
      connect: async () => void deeds.push(`${me} connects`),
      disconnect: async () => void deeds.push(`${me} leaves`),
      send: async ({ messages }: { messages: { value: string }[] }) => {
        sent += 1;
        if (me === 1 && sent === 2) throw new Error('no answer');
        deeds.push(`${me} sends ${messages[0]?.value}`);
      },
    };
  };
  return { kafka: { producer } as unknown as Kafka, deeds };
}

const record = (value: string) => [{ key: 'k', value, headers: {} }];

it('gives what follows a failure no number that the broker may have seen', async () => {
  const { kafka, deeds } = fakeKafka();
  const raw = createRawProducer(kafka, 't', 'none');
  await raw.connect();
  await raw.append(0, record('a'));
  await expect(raw.append(0, record('b'))).rejects.toThrow('no answer');
  await raw.append(0, record('c'));
  await raw.append(1, record('d'));
  await raw.close();
  expect(deeds.filter((deed) => deed !== '1 leaves')).toEqual([
    '1 connects',
    '1 sends a',
    '2 connects',
    '2 sends c',
    '2 sends d',
    '2 leaves',
  ]);
  expect(deeds).toContain('1 leaves');
});
