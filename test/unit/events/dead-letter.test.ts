import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AppError } from '../../../src/errors.js';
import { type DeadRecord, deadLetter, readDeadLetter } from '../../../src/events/dead-letter.js';

const RECORD: DeadRecord = {
  topic: 'inventory.raw-snapshots.v1',
  partition: 5,
  offset: 77,
  timestamp: Date.parse('2026-11-22T11:05:00.000Z'),
  key: 'ozon:1:product-stocks',
  value: Buffer.from('{"broken":'),
  headers: { ce_id: 'original', traceparent: '00-aa-bb-01' },
};
const REPORT = {
  prefix: 'inventory',
  incarnation: 2,
  index: 1,
  group: 'inventory.projector',
  stage: 'decode',
  error: new AppError('RECORD_INVALID', 'no JSON'),
  attempts: 1,
};
const headersOf = (record: Partial<DeadRecord>, error: unknown = REPORT.error) =>
  deadLetter({ ...RECORD, ...record }, { ...REPORT, error }).headers;

describe('dead letters', () => {
  test('key and value untouched, and why in text headers', () => {
    const letter = deadLetter(RECORD, REPORT);
    expect(letter.key).toBe('ozon:1:product-stocks');
    expect(letter.value).toBe('{"broken":');
    expect(letter.headers).toMatchObject({
      ce_id: 'inventory.raw-snapshots.v1/2/5/77/1',
      ce_type: 'inventory.dead-letter.v1',
      ce_time: '2026-11-22T11:05:00.000Z',
      traceparent: '00-aa-bb-01',
      'dlq-topic': 'inventory.raw-snapshots.v1',
      'dlq-partition': '5',
      'dlq-offset': '77',
      'dlq-timestamp': String(RECORD.timestamp),
      'dlq-group': 'inventory.projector',
      'dlq-stage': 'decode',
      'dlq-error-class': 'RECORD_INVALID',
      'dlq-error-message': 'no JSON',
      'dlq-stack': expect.stringContaining('no JSON'),
      'dlq-attempts': '1',
      'dlq-encoding': 'utf-8',
      'dlq-header-ce_id': 'original',
    });
  });

  test('the same record gives the same letter', () => {
    expect(deadLetter(RECORD, REPORT)).toEqual(deadLetter(RECORD, REPORT));
  });

  test('any bytes can be had back', () => {
    fc.assert(
      fc.property(fc.option(fc.uint8Array({ maxLength: 60 })), (bytes) => {
        const value = bytes === null ? null : Buffer.from(bytes);
        const letter = deadLetter({ ...RECORD, value }, REPORT);
        const encoding = letter.headers['dlq-encoding'];
        if (encoding === 'null') expect(value).toBeNull();
        else expect(Buffer.from(letter.value, encoding === 'base64' ? 'base64' : 'utf-8')).toEqual(value);
      }),
    );
    expect(deadLetter({ ...RECORD, value: Buffer.from([0xef, 0xbb, 0xbf, 0x7b]) }, REPORT).value).toBe(
      '\ufeff{',
    );
    expect(headersOf({ value: Buffer.from([0xff]) })['dlq-encoding']).toBe('base64');
  });

  test('the whole record can be had back, and why it died', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 20 });
    fc.assert(
      fc.property(
        fc.option(text),
        fc.option(fc.uint8Array({ maxLength: 60 })),
        fc.dictionary(fc.stringMatching(/^[a-z_-]{1,12}$/), text, { maxKeys: 4 }),
        (key, bytes, headers) => {
          const record = { ...RECORD, key, value: bytes === null ? null : Buffer.from(bytes), headers };
          const letter = deadLetter(record, REPORT);
          const read = readDeadLetter({ ...letter, value: Buffer.from(letter.value) });
          expect(read).toMatchObject({
            ...{ record, group: REPORT.group, stage: 'decode', attempts: 1 },
            ...{ errorClass: 'RECORD_INVALID', message: 'no JSON', id: letter.headers.ce_id },
          });
        },
      ),
    );
  });

  test('what is no dead letter is told from one', () => {
    expect(readDeadLetter({ key: 'k', value: null, headers: { ce_id: '1' } })).toBeNull();
  });

  test('a missing key is told from an empty one', () => {
    expect(headersOf({ key: null })['dlq-key']).toBe('null');
    expect(headersOf({ key: '' })).not.toHaveProperty('dlq-key');
  });

  test('a time that no calendar holds does not stop the consumer', () => {
    expect(headersOf({ timestamp: 9e18 }).ce_time).toBe('1970-01-01T00:00:00.000Z');
  });

  test('other errors keep their name, and long ones are cut', () => {
    expect(headersOf({}, new TypeError('x'))['dlq-error-class']).toBe('TypeError');
    expect(headersOf({}, 'text')).toMatchObject({ 'dlq-error-class': 'string', 'dlq-error-message': 'text' });
    expect(headersOf({}, new Error('m'.repeat(9000)))['dlq-error-message']).toHaveLength(1000);
    expect(headersOf({}, new Error('m'.repeat(9000)))['dlq-stack']?.length).toBeLessThanOrEqual(4000);
  });
});
