import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../../../src/errors.js';
import type { OzonTrouble } from '../../../../src/marketplaces/ozon/advice.js';
import { ozonError } from '../../../../src/marketplaces/ozon/errors.js';
import { apiAnswer, RECEIVED_AT } from '../support/answers.js';

const body = (code: number, message: string) => JSON.stringify({ code, message, details: [] });

interface Documented {
  readonly status: number;
  readonly text: string;
  readonly code: ErrorCode;
  readonly trouble: OzonTrouble;
  /** What the remedy must name: a setting, or the place in the seller's account. */
  readonly ru: RegExp;
  readonly en: RegExp;
}

const row = (
  status: number,
  text: string,
  code: ErrorCode,
  trouble: OzonTrouble,
  ru: RegExp,
  en: RegExp = ru,
): Documented => ({ status, text, code, trouble, ru, en });

const CREDENTIALS = 'API_CREDENTIALS';
const ACCOUNT = /Настройки → Seller API.*OZON_API_KEY/s;

/** Every error the documents or recorded answers show. */
const TABLE: readonly Documented[] = [
  row(
    401,
    body(16, 'Client-Id and Api-Key headers are required'),
    CREDENTIALS,
    'headers-missing',
    /OZON_CLIENT_ID.*OZON_API_KEY/,
  ),
  row(
    400,
    body(3, 'Client-Id header value should be positive integer'),
    CREDENTIALS,
    'client-id-invalid',
    /OZON_CLIENT_ID/,
  ),
  row(
    404,
    body(5, 'Invalid Api-Key, please check the key and try again'),
    CREDENTIALS,
    'key-unknown',
    ACCOUNT,
  ),
  row(403, body(7, 'Api-Key is missing a required role for a method'), CREDENTIALS, 'role-missing', ACCOUNT),
  row(
    403,
    body(7, 'Api-key is deactivated, use another one or generate a new one'),
    CREDENTIALS,
    'key-deactivated',
    ACCOUNT,
  ),
  row(
    403,
    body(7, 'Api-Key is restricted to specific IP addresses'),
    CREDENTIALS,
    'ip-bound',
    /IP.*Настройки → Seller API/,
  ),
  row(403, '{"message":"Offer not signed"}', CREDENTIALS, 'offer-unsigned', /оферт/, /offer/),
  row(403, '', CREDENTIALS, 'forbidden', ACCOUNT),
  row(
    403,
    '{"error":{"code":"ACCESS_DENIED","message":"No access","data":[]}}',
    CREDENTIALS,
    'forbidden',
    ACCOUNT,
  ),
  row(
    400,
    body(3, 'invalid AnalyticsStocksRequest.Skus: value must contain between 1 and 100 items'),
    'API_REJECTED',
    'request-invalid',
    /OZON_PATHS/,
  ),
  row(
    400,
    body(3, 'proto: syntax error (line 3:16): unexpected token 12'),
    'API_REJECTED',
    'request-invalid',
    /OZON_PATHS/,
  ),
  row(404, body(5, 'item not found'), 'API_REJECTED', 'request-invalid', /OZON_PATHS/),
  row(404, body(5, 'warehouse not found'), 'API_REJECTED', 'request-invalid', /OZON_WAREHOUSE_ID/),
  row(
    400,
    body(9, 'obsolete method cannot be used'),
    'API_RETIRED',
    'method-retired',
    /inventory-sync.*OZON_PATHS/,
  ),
  row(
    400,
    '{"code":9,"message":"Obsolete method cannot be used"}',
    'API_RETIRED',
    'method-retired',
    /OZON_PATHS/,
  ),
  row(404, body(9, 'obsolete method cannot be used'), 'API_RETIRED', 'method-retired', /OZON_PATHS/),
  row(404, '<html><title>404 Not Found</title></html>', 'API_REJECTED', 'method-unknown', /OZON_API_URL/),
  row(404, body(5, 'Not Found'), 'API_REJECTED', 'method-unknown', /OZON_API_URL/),
  row(403, body(7, 'method is not allowed'), 'API_REJECTED', 'method-unknown', /OZON_PATHS/),
  row(409, body(10, 'aborted'), 'API_REJECTED', 'unknown', /OZON_API_URL/),
  row(
    429,
    body(8, 'You have reached request rate limit per second'),
    'API_LIMITED',
    'rate-limited',
    /OZON_MAX_RPS/,
  ),
  row(
    429,
    body(8, 'rate limit exceeded for `seller-api` client, current max rate per sec.: 2'),
    'API_LIMITED',
    'rate-limited',
    /OZON_MAX_RPS\D*2/,
  ),
  row(429, '', 'API_LIMITED', 'rate-limited', /OZON_MAX_RPS/),
  row(500, body(13, 'Internal error'), 'API_UNAVAILABLE', 'ozon-down', /позже/, /later/),
  row(502, '<html><head><title>502 Bad Gateway</title></head></html>', 'API_UNAVAILABLE', 'ozon-down', /./),
  row(504, '', 'API_UNAVAILABLE', 'ozon-down', /./),
  row(503, body(14, 'Circle is open'), 'API_LIMITED', 'circle-open', /OZON_MAX_RPS/),
];

describe('an error answer of Ozon', () => {
  it.each(TABLE)('$status $text', ({ status, text, code, trouble, ru, en }) => {
    const error = ozonError(apiAnswer(status, text));
    expect(error).toMatchObject({ code, facts: { status, trouble } });
    expect(error?.message).toContain(`answered ${status}`);
    expect(error?.advice?.ru.remedy).toMatch(ru);
    expect(error?.advice?.en.remedy).toMatch(en);
    expect(error?.remedy).toBe(error?.advice?.en.remedy);
  });

  it.each(TABLE)(
    'is told in whole sentences, in each language its own: $status $text',
    ({ status, text }) => {
      const advice = ozonError(apiAnswer(status, text))?.advice;
      for (const said of [advice?.ru.what, advice?.ru.remedy]) {
        expect(said).toMatch(/^(Ozon [а-яё]|[А-ЯЁ]).*\.$/);
        expect(said).not.toMatch(/ {2}|undefined/);
      }
      for (const said of [advice?.en.what, advice?.en.remedy]) {
        expect(said).toMatch(/^[A-Z].*\.$/);
        // The one Russian name in English sentences is the menu's, as the account shows it.
        expect(said?.replaceAll('Настройки', '')).not.toMatch(/[А-Яа-яЁё]| {2}|undefined/);
      }
    },
  );

  it('has advice in both languages whatever Ozon says', () => {
    const words = fc.oneof(
      fc.string(),
      fc.constantFrom(...TABLE.map(({ text }) => text)),
      fc.json(),
      fc.record({ code: fc.integer(), message: fc.string() }).map((said) => JSON.stringify(said)),
    );
    fc.assert(
      fc.property(fc.integer({ min: 300, max: 599 }), words, (status, text) => {
        const error = ozonError(apiAnswer(status, text));
        const { ru, en } = error?.advice ?? {};
        for (const said of [ru?.what, ru?.remedy, en?.what, en?.remedy]) expect(said).toBeTruthy();
        expect(error?.fate).not.toBe('reject');
      }),
    );
  });

  it('keeps the marketplace’s words, the gRPC code and the trace id', () => {
    const error = ozonError(apiAnswer(500, body(13, 'Internal error'), { 'x-o3-trace-id': 'abc' }));
    expect(error?.message).toBe('Test POST /x answered 500: Internal error');
    expect(error?.facts).toEqual({ status: 500, code: '13', requestId: 'abc', trouble: 'ozon-down' });
  });

  it.each<[string, number | undefined]>([
    ['rate limit exceeded for `seller-api` client, current max rate per sec.: 2', 2],
    ['rate limit exceeded, current max rate per sec: 0.5', 0.5],
    ['current max rate per sec.: 0', undefined],
    ['current max rate per sec.: many', undefined],
    ['You have reached request rate limit per second', undefined],
  ])('reads the rate that Ozon allows: %s', (message, maxRps) => {
    const error = ozonError(apiAnswer(429, body(8, message)));
    expect(error?.facts.maxRps).toBe(maxRps);
    if (maxRps !== undefined) expect(error?.advice?.ru.what).toContain(String(maxRps));
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
