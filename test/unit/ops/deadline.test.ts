import { expect, it } from 'vitest';
import { AppError } from '../../../src/errors.js';
import { within } from '../../../src/ops/deadline.js';

const late = () => new AppError('TIMED_OUT', 'too late');

it('hands on what comes in time', async () => {
  await expect(within(60_000, Promise.resolve(7), late)).resolves.toBe(7);
  await expect(within(60_000, Promise.reject(new Error('no')), late)).rejects.toThrow('no');
});

it('gives up on what does not come', async () => {
  await expect(within(1, new Promise(() => undefined), late)).rejects.toThrow('too late');
});
