import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Coordinate, EVENT_TYPES, envelope, eventId } from '../../../src/events/envelope.js';
import { groupOf, TOPICS, topicOf, topicSpecs } from '../../../src/events/topics.js';

describe('envelope', () => {
  const options = {
    id: 'inventory.raw-snapshots.v1/1/4/77/0',
    type: EVENT_TYPES.stockChanged,
    prefix: 'inventory',
    time: '2026-11-22T10:00:00.000Z',
  };

  test('CloudEvents 1.0 in binary mode', () => {
    expect(envelope(options)).toEqual({
      ce_specversion: '1.0',
      ce_id: 'inventory.raw-snapshots.v1/1/4/77/0',
      ce_type: 'inventory.stock.changed.v1',
      ce_source: '/inventory-sync/inventory',
      ce_time: '2026-11-22T10:00:00.000Z',
      ce_dataschema: 'urn:inventory-sync:schema:inventory.stock.changed.v1',
      'content-type': 'application/json',
    });
  });

  test('trace context only where there is one', () => {
    expect(envelope({ ...options, traceparent: '00-aa-bb-01' })).toMatchObject({
      traceparent: '00-aa-bb-01',
    });
    expect(envelope(options)).not.toHaveProperty('traceparent');
    expect(envelope({ ...options, traceparent: undefined })).not.toHaveProperty('traceparent');
  });

  test('every type of event has a name of its own', () => {
    expect(new Set(Object.values(EVENT_TYPES)).size).toBe(Object.keys(EVENT_TYPES).length);
  });
});

describe('event ids', () => {
  const small = fc.nat({ max: 120 });
  const place: fc.Arbitrary<Coordinate> = fc.record({
    topic: fc.constantFrom('inventory.raw-snapshots.v1', 'inventory.sync-events.v1'),
    incarnation: small,
    partition: small,
    offset: fc.nat({ max: Number.MAX_SAFE_INTEGER }),
    index: small,
  });

  test('are the same for the same place, and for no other', () => {
    fc.assert(
      fc.property(place, place, (a, b) => {
        const same = (Object.keys(a) as (keyof Coordinate)[]).every((part) => a[part] === b[part]);
        expect(eventId(a) === eventId(b)).toBe(same);
      }),
    );
  });

  test('do not depend on what else is in the place', () => {
    const at = { topic: 't', incarnation: 1, partition: 2, offset: 3, index: 4 };
    expect(eventId({ ...at, checkpoint: 99 } as Coordinate)).toBe('t/1/2/3/4');
  });
});

describe('topics', () => {
  test('names follow from the prefix', () => {
    expect(topicOf('inventory', TOPICS.rawSnapshots)).toBe('inventory.raw-snapshots.v1');
    expect(groupOf('inventory', 'projector')).toBe('inventory.projector');
  });

  test('partitions, clean-up and clocks are as the contract with users says', () => {
    const DAY = 24 * 60 * 60 * 1000;
    const specs = Object.fromEntries(topicSpecs(14).map((spec) => [spec.name, spec]));
    expect(Object.keys(specs).sort()).toEqual(Object.values(TOPICS).sort());
    expect(specs[TOPICS.rawSnapshots]).toMatchObject({
      partitions: 12,
      settings: {
        'cleanup.policy': 'delete',
        'retention.ms': String(14 * DAY),
      },
    });
    expect(specs[TOPICS.stockChanges]).toMatchObject({
      partitions: 12,
      settings: { 'cleanup.policy': 'compact', 'min.compaction.lag.ms': String(7 * DAY) },
    });
    const kept = (days: number) => ({
      settings: { 'cleanup.policy': 'delete', 'retention.ms': String(days * DAY) },
    });
    expect(specs[TOPICS.syncEvents]).toMatchObject(kept(90));
    expect(specs[TOPICS.alerts]).toMatchObject(kept(90));
    for (const { settings } of Object.values(specs))
      expect(settings['message.timestamp.type']).toBe('LogAppendTime');
    expect(specs[TOPICS.deadLetters]).toMatchObject(kept(30));
  });
});
