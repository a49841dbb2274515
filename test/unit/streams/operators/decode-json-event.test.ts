import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { LogRecord } from '../../../../src/ports/log-records.js';
import { type Decoded, decodeJsonEvent } from '../../../../src/streams/operators/decode-json-event.js';
import { runBatch } from '../../../../src/streams/run-batch.js';

const schema = z.object({ id: z.union([z.string(), z.number()]), deep: z.object({ n: z.int() }).optional() });
const record = (value: string | Buffer | null, offset = 5): LogRecord => ({
  topic: 'inventory.raw-snapshots.v1',
  partition: 2,
  offset,
  timestamp: 0,
  key: 'k',
  value: typeof value === 'string' ? Buffer.from(value) : value,
  headers: {},
});
const decode = async (value: string | Buffer | null): Promise<Decoded<{ id: string | number }>> => {
  const [decoded] = await runBatch([record(value)], decodeJsonEvent(schema));
  if (decoded === undefined) throw new Error('nothing came');
  return decoded;
};
const complaint = async (value: string | Buffer | null) => {
  const decoded = await decode(value);
  if (decoded.ok) throw new Error('it was read');
  return decoded.error;
};

describe('decodeJsonEvent', () => {
  test('reads what the contract allows, long numbers exactly', async () => {
    expect(await decode('{"id":9007199254740993}')).toMatchObject({
      ok: true,
      event: { id: '9007199254740993' },
    });
    expect(await decode('\ufeff{"id":1}')).toMatchObject({ ok: true, event: { id: 1 } });
    expect(await decode('{"id":"\\u0000ё🧺"}')).toMatchObject({ ok: true, event: { id: '\0ё🧺' } });
  });

  test.each<[string, string | Buffer | null, string]>([
    ['no value', null, 'the record has no value'],
    ['an empty value', '', 'no JSON'],
    ['cut JSON', '{"id":', 'no JSON'],
    ['two values', '{"id":1}{"id":2}', 'no JSON'],
    ['no UTF-8', Buffer.from([0x22, 0xff, 0x22]), 'not UTF-8'],
    ['half a character', Buffer.from('{"id":"ё"}').subarray(0, 8), 'not UTF-8'],
    ['another shape', '{"deep":{"n":1.5},"id":1}', 'deep.n: '],
    ['another type', '[]', 'cannot be read'],
  ])('%s is an outcome that says where and why', async (_name, value, why) => {
    const error = await complaint(value);
    expect(error.code).toBe('RECORD_INVALID');
    expect(error.message).toContain('record inventory.raw-snapshots.v1/2/5 cannot be read: ');
    expect(error.message).toContain(why);
    expect(error.facts).toEqual({ topic: 'inventory.raw-snapshots.v1', partition: 2, offset: 5 });
  });

  test('names three faults at most', async () => {
    const many = z.object({ a: z.int(), b: z.int(), c: z.int(), d: z.int() });
    const [decoded] = await runBatch([record('{}')], decodeJsonEvent(many));
    const message = decoded?.ok === false ? decoded.error.message : '';
    expect(message.split('; ')).toHaveLength(3);
  });

  test('one record, one outcome, in order, whatever is among them', async () => {
    const records = ['{"id":1}', '{', null, '{"id":2}', '"x"'].map((value, offset) => record(value, offset));
    const outcomes = await runBatch(records, decodeJsonEvent(schema));
    expect(outcomes.map((one) => [one.record.offset, one.ok])).toEqual([
      [0, true],
      [1, false],
      [2, false],
      [3, true],
      [4, false],
    ]);
  });
});
