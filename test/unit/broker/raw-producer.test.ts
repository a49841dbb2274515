import type { Kafka } from 'kafkajs';
import { expect, it, vi } from 'vitest';
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

it('sends to a partition only when what was sent there before has been answered, and to others meanwhile', async () => {
  const begun: string[] = [];
  const answers = new Map<string, () => void>();
  const producer = () => ({
    connect: async () => undefined,
    disconnect: async () => undefined,
    send: ({ messages: [message] }: { messages: { value: string; partition: number }[] }) => {
      begun.push(`${message?.partition}${message?.value}`);
      return new Promise<void>((answered) => answers.set(message?.value ?? '', answered));
    },
  });
  const raw = createRawProducer({ producer } as unknown as Kafka, 't', 'none');
  const sent = [raw.append(0, record('a')), raw.append(0, record('b')), raw.append(1, record('c'))];
  await vi.waitUntil(() => begun.length === 2);
  expect(begun).toEqual(['0a', '1c']);
  answers.get('a')?.();
  await vi.waitUntil(() => begun.length === 3);
  expect(begun).toEqual(['0a', '1c', '0b']);
  answers.get('b')?.();
  answers.get('c')?.();
  await Promise.all(sent);
});

it('sends what waits for a write that then fails', async () => {
  const { kafka, deeds } = fakeKafka();
  const raw = createRawProducer(kafka, 't', 'none');
  await raw.append(0, record('a'));
  const [failed, next] = await Promise.allSettled([raw.append(0, record('b')), raw.append(0, record('c'))]);
  expect(failed.status).toBe('rejected');
  expect(next.status).toBe('fulfilled');
  expect(deeds).toContain('2 sends c');
});
