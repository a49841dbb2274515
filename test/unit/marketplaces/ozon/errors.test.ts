import { describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../../../src/errors.js';
import { ozonError } from '../../../../src/marketplaces/ozon/errors.js';
import { apiAnswer, RECEIVED_AT } from '../support/answers.js';

const body = (code: number, message: string) => JSON.stringify({ code, message, details: [] });

/** Every error the documents or recorded answers show: status, body, what it means, what the advice must speak of. */
const TABLE: readonly [number, string, ErrorCode, RegExp][] = [
  [
    401,
    body(16, 'Client-Id and Api-Key headers are required'),
    'API_CREDENTIALS',
    /OZON_CLIENT_ID and OZON_API_KEY/,
  ],
  [400, body(3, 'Client-Id header value should be positive integer'), 'API_CREDENTIALS', /OZON_CLIENT_ID/],
  [404, body(5, 'Invalid Api-Key, please check the key and try again'), 'API_CREDENTIALS', /belong together/],
  [
    403,
    body(7, 'Api-Key is missing a required role for a method'),
    'API_CREDENTIALS',
    /role "Product read-only"/,
  ],
  [
    403,
    body(7, 'Api-key is deactivated, use another one or generate a new one'),
    'API_CREDENTIALS',
    /switched off/,
  ],
  [403, body(7, 'Api-Key is restricted to specific IP addresses'), 'API_CREDENTIALS', /IP address/],
  [403, '{"message":"Offer not signed"}', 'API_CREDENTIALS', /[Ss]ign the current offer/],
  [403, '', 'API_CREDENTIALS', /OZON_API_KEY/],
  [
    400,
    body(3, 'invalid AnalyticsStocksRequest.Skus: value must contain between 1 and 100 items'),
    'API_REJECTED',
    /OZON_API_URL/,
  ],
  [400, body(3, 'proto: syntax error (line 3:16): unexpected token 12'), 'API_REJECTED', /./],
  [400, body(9, 'obsolete method cannot be used'), 'API_RETIRED', /update inventory-sync/],
  [400, '{"code":9,"message":"Obsolete method cannot be used"}', 'API_RETIRED', /update/],
  [404, body(5, 'item not found'), 'API_REJECTED', /./],
  [404, '<html><title>404 Not Found</title></html>', 'API_REJECTED', /OZON_API_URL/],
  [409, body(10, 'aborted'), 'API_REJECTED', /./],
  [429, body(8, 'You have reached request rate limit per second'), 'API_LIMITED', /Client-Id/],
  [
    429,
    body(8, 'rate limit exceeded for `seller-api` client, current max rate per sec.: 2'),
    'API_LIMITED',
    /poll less/,
  ],
  [429, '', 'API_LIMITED', /./],
  [500, body(13, 'Internal error'), 'API_UNAVAILABLE', /later/],
  [502, '<html><head><title>502 Bad Gateway</title></head></html>', 'API_UNAVAILABLE', /later/],
  [504, '', 'API_UNAVAILABLE', /later/],
  [403, '{"error":{"code":"ACCESS_DENIED","message":"No access","data":[]}}', 'API_CREDENTIALS', /./],
];

describe('an error answer of Ozon', () => {
  it.each(TABLE)('%i %s is %s', (status, text, code, remedy) => {
    const error = ozonError(apiAnswer(status, text));
    expect(error).toMatchObject({ code, remedy: expect.stringMatching(remedy) });
    expect(error?.message).toContain(`answered ${status}`);
    expect(error?.facts.status).toBe(status);
  });

  it('shows the marketplace’s words and the gRPC code, the trace id too', () => {
    const error = ozonError(apiAnswer(500, body(13, 'Internal error'), { 'x-o3-trace-id': 'abc' }));
    expect(error?.message).toBe('Test POST /x answered 500: Internal error');
    expect(error?.facts).toEqual({ status: 500, code: '13', requestId: 'abc', origin: undefined });
  });

  it('names the moment that Retry-After names, and none where there is none', () => {
    const text = body(8, 'You have reached request rate limit per second');
    expect(ozonError(apiAnswer(429, text, { 'retry-after': '3' }))?.notBefore).toBe(RECEIVED_AT + 3000);
    expect(ozonError(apiAnswer(429, text))?.notBefore).toBeUndefined();
  });

  it.each([400, 403, 429, 500, 503])(
    'waits five minutes when the circle is open, whatever the status (%i)',
    (status) => {
      const error = ozonError(apiAnswer(status, body(14, 'Circle is open')));
      expect(error).toMatchObject({ code: 'API_LIMITED', notBefore: RECEIVED_AT + 300_000 });
    },
  );

  it('masks the key where Ozon echoes it, and cuts long words', () => {
    const key = 'f2a1b7d0-1111-2222-3333-444455556666';
    const error = ozonError(apiAnswer(404, body(5, `Invalid Api-Key ${key} ${'x'.repeat(500)}`), {}, [key]));
    expect(error?.message).not.toContain(key);
    expect(error?.message.length).toBeLessThan(350);
  });

  it.each([200, 204])('%i is none', (status) => {
    expect(ozonError(apiAnswer(status, ''))).toBeNull();
  });
});
