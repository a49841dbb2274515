import { expect, test } from 'vitest';
import { redriveHeaders, redrivenFrom } from '../../../src/events/redrive.js';

const at = { topic: 'shop.raw-snapshots.v1', partition: 3 };

test('a redriven record says where it lay', () => {
  const headers = redriveHeaders({ ...at, offset: 17 }, 'letter/1');
  expect(headers).toEqual({ 'redriven-from': 'shop.raw-snapshots.v1/3/17', 'redriven-id': 'letter/1' });
  expect(redrivenFrom({ ...at, offset: 40, headers })).toBe(17);
});

test.each([
  ['another partition', 'shop.raw-snapshots.v1/4/17'],
  ['another topic', 'other.raw-snapshots.v1/3/17'],
  ['no place', ''],
  ['no offset', 'shop.raw-snapshots.v1/3/x1'],
])('%s is nowhere here', (_name, from) => {
  expect(redrivenFrom({ ...at, offset: 40, headers: { 'redriven-from': from } })).toBe(-1);
});

test('any other record was never redriven', () => {
  expect(redrivenFrom({ ...at, offset: 40, headers: {} })).toBeNull();
});
