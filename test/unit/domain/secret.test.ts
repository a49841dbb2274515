import { format, inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { MASK, Secret } from '../../../src/domain/secret.js';

const VALUE = 'p4ss-w0rd-of-nobody';

describe('Secret', () => {
  const secret = new Secret(VALUE);

  it('gives its value only when asked to reveal it', () => {
    expect(secret.reveal()).toBe(VALUE);
  });

  it.each<[string, string]>([
    ['String()', String(secret)],
    ['a template', `${secret}`],
    ['adding text', `${secret as unknown as string}${secret as unknown as string}`],
    ['joining text', `x${[secret].join('')}`],
    ['JSON', JSON.stringify({ secret })],
    ['inspect', inspect({ deep: { secret } }, { showHidden: true, depth: null })],
    ['format', format('%s %o %j', secret, secret, secret)],
  ])('is masked by %s', (_, text) => {
    expect(text).toContain(MASK);
    expect(text).not.toContain(VALUE);
  });

  it('has no property that a copy could carry away', () => {
    expect(Object.getOwnPropertyNames(secret)).toEqual([]);
    expect({ ...secret }).toEqual({});
  });
});
