import { describe, expect, it } from 'vitest';
import { fateOf } from '../../../src/errors.js';
import { databaseError } from '../../../src/store/errors.js';

const said = (errno: number) => databaseError(Object.assign(new Error('said no'), { errno }), 'SELECT 1');

describe('what the server refuses', () => {
  it.each([1040, 1053, 1153, 1205, 1213, 1290])('is tried again after %i', (errno) => {
    expect(fateOf(said(errno))).toBe('retry');
  });

  it.each([1045, 1146, 1064])('ends the process after %i', (errno) => {
    expect(fateOf(said(errno))).not.toBe('retry');
  });

  it('names the setting for statements that are too long', () => {
    expect(said(1153).remedy).toContain('max_allowed_packet');
  });
});
