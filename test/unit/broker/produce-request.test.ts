import { createRequire } from 'node:module';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { crc32c } from '../../../src/broker/crc32c.js';
import { produceRequest } from '../../../src/broker/produce-request.js';

const require = createRequire(import.meta.url);
type Parts = Parameters<typeof produceRequest>[0];
type Message = Parts['topicData'][number]['partitions'][number]['messages'][number];
const theirRequest = require('kafkajs/src/protocol/requests/produce/v3/request.js') as (parts: Parts) => {
  encode(): Promise<{ buffer: Buffer }>;
};
const theirCrc = require('kafkajs/src/protocol/recordBatch/crc32C/index.js') as (bytes: Buffer) => number;
const Decoder = require('kafkajs/src/protocol/decoder.js') as new (bytes: Buffer) => object;
const decodeMessages = require('kafkajs/src/protocol/requests/fetch/v4/decodeMessages.js') as (
  decoder: object,
) => Promise<object[]>;

beforeAll(() => void vi.useFakeTimers({ toFake: ['Date'], now: 1_732_400_000_000 }));
afterAll(() => void vi.useRealTimers());

const units = fc
  .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 70 })
  .map((codes) => String.fromCharCode(...codes));
const text = fc.oneof(
  fc.string({ maxLength: 70 }),
  fc.string({ unit: 'grapheme' }),
  units,
  fc
    .tuple(
      fc.constantFrom('a', 'ё', '€', '𝄞'),
      fc.constantFrom(16, 21, 32, 47, 48, 49, 63, 64, 2731, 4096, 8191, 8192),
    )
    .map(([unit, times]) => unit.repeat(times)),
);
const name = fc.string({ unit: 'grapheme', maxLength: 60 });
const bytes = fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array));
const value = fc.oneof(text, bytes);
const headerName = fc.oneof({ weight: 4, arbitrary: fc.constantFrom('ce_id', 'ce_type', '', 'ключ') }, text);
const headerValue = fc.oneof(fc.constantFrom('', '1.0', 'application/json'), value);
const headers = fc.dictionary(headerName, fc.oneof(headerValue, fc.array(headerValue, { maxLength: 3 })), {
  maxKeys: 8,
});
const time = fc.oneof(
  fc.integer({ min: 0, max: 2 ** 42 }),
  fc.integer({ min: 0, max: 2 ** 42 }).map(String),
  fc.integer({ min: -1000, max: 1000 }).map((by) => Date.parse('2024-11-23') + by),
);
const message: fc.Arbitrary<Message> = fc.record(
  { key: fc.option(value), value: fc.option(value), headers, timestamp: time },
  { requiredKeys: ['value'] },
);
const partition = (messages: fc.Arbitrary<Message[]>) =>
  fc.record({ partition: fc.nat(1000), firstSequence: fc.nat(2 ** 31 - 1), messages });
const request = (messages: fc.Arbitrary<Message[]>, compression: number): fc.Arbitrary<Parts> =>
  fc.record(
    {
      acks: fc.constantFrom(-1, 0, 1),
      timeout: fc.nat(60_000),
      transactionalId: fc.option(name),
      producerId: fc.oneof(fc.bigInt({ min: -1n, max: 2n ** 63n - 1n }).map(String), fc.integer({ min: -1 })),
      producerEpoch: fc.integer({ min: 0, max: 32_767 }),
      compression: fc.constant(compression),
      topicData: fc.array(
        fc.record({ topic: name, partitions: fc.array(partition(messages), { maxLength: 3 }) }),
        { maxLength: 2 },
      ),
    },
    { requiredKeys: ['acks', 'timeout', 'compression', 'topicData'] },
  );

async function sameBytes(parts: Parts): Promise<void> {
  const theirs = await theirRequest(parts).encode();
  const ours = await produceRequest(parts).encode();
  expect(ours.buffer.equals(theirs.buffer)).toBe(true);
  expect(ours.size()).toBe(theirs.buffer.length);
}

it('is byte for byte what kafkajs makes of the same messages', async () => {
  await fc.assert(
    fc.asyncProperty(request(fc.array(message, { maxLength: 8 }), 0), async (parts) => sameBytes(parts)),
    { numRuns: 300 },
  );
});

it.each([1, 65_536 * 16])('is so with thousands of records, and one of %i characters', async (length) => {
  const messages = Array.from({ length: 5_000 }, (_, index) => ({
    key: `ozon:100500:${index}:fbo:`,
    value: index === 4_000 ? 'я'.repeat(length) : `{"name":"Чайник ${'x'.repeat(index % 200)}"}`,
    headers: { ce_id: `raw/1/3/${index}`, ce_time: `${index >> 3}`, 'content-type': 'application/json' },
  }));
  const topicData = [{ topic: 't', partitions: [{ partition: 1, firstSequence: 7, messages }] }];
  await sameBytes({ acks: -1, timeout: 30_000, topicData });
});

it('is read by kafkajs as it was written when it is compressed', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(message, { minLength: 1, maxLength: 20 }), async (messages) => {
      const read = async (compression: number, transactionalId: string | null = null) => {
        const topicData = [{ topic: 't', partitions: [{ partition: 1, firstSequence: 0, messages }] }];
        const parts = { acks: -1, timeout: 1, transactionalId, compression, topicData };
        const { buffer } = await produceRequest(parts).encode();
        return (await decodeMessages(new Decoder(buffer.subarray(23 + (transactionalId ?? '').length)))).map(
          (one) => ({
            ...one,
            ...{ batchContext: null },
          }),
        );
      };
      const plain = await read(0);
      expect(plain).toHaveLength(messages.length);
      expect(await read(1)).toEqual(plain);
      expect(await read(1, 'id')).toEqual(plain);
    }),
    { numRuns: 30 },
  );
});

it('keeps what is under way as it is while the next batch is encoded', async () => {
  const encode = (value: string, compression: number) => {
    const topicData = [{ topic: 't', partitions: [{ partition: 1, messages: [{ value }] }] }];
    return produceRequest({ acks: -1, timeout: 1, compression, topicData }).encode();
  };
  for (const compression of [0, 1]) {
    const alone = (await encode('a'.repeat(50_000), compression)).buffer;
    const [first] = await Promise.all([
      encode('a'.repeat(50_000), compression),
      encode('b'.repeat(50_000), compression),
    ]);
    expect(first.buffer.equals(alone)).toBe(true);
  }
});

it('refuses what has no bytes', async () => {
  const messages = [{ value: 'x', headers: { ce_id: undefined } }];
  const topicData = [{ topic: 't', partitions: [{ partition: 1, messages }] }];
  await expect(produceRequest({ acks: -1, timeout: 1, topicData }).encode()).rejects.toThrow(TypeError);
});

it('has the checksum of any bytes, also in parts', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(300), (array, cut) => {
      const all = Buffer.from(array);
      expect(crc32c(all)).toBe(theirCrc(all));
      expect(crc32c(all.subarray(cut), crc32c(all.subarray(0, cut)))).toBe(theirCrc(all));
    }),
  );
});
