import { describe, expect, it } from 'vitest';
import type { AppError, ErrorCode } from '../../../../src/errors.js';
import { WB_ADVICE, type WbTrouble } from '../../../../src/marketplaces/wildberries/advice.js';
import { wbContentError, wbError } from '../../../../src/marketplaces/wildberries/errors.js';
import { apiAnswer, RECEIVED_AT } from '../support/answers.js';

const problem = (status: number, title: string, detail: string, over: object = {}) =>
  JSON.stringify({
    title,
    detail,
    code: 'c-1',
    requestId: 'r-1',
    origin: 's2s-api-auth-catalog',
    status,
    ...over,
  });
const ofMarketplace = (code: string, message = '') => JSON.stringify({ code, message, data: null });
const ofAnalytics = (title: string, detail: string) =>
  JSON.stringify({ title, detail, requestId: 'r', origin: 'analytic-open-api' });
const ofContent = (errorText: string) =>
  JSON.stringify({ data: null, error: true, errorText, additionalErrors: null });

/** Every error the documents or recorded answers show: status, body, what it means, which advice is given. */
const TABLE: readonly [number, string, ErrorCode, WbTrouble][] = [
  [401, problem(401, 'unauthorized', 'empty Authorization header'), 'API_CREDENTIALS', 'noToken'],
  [
    401,
    problem(401, 'unauthorized', 'token problem; token is malformed: could not base64 decode signature'),
    'API_CREDENTIALS',
    'tokenMalformed',
  ],
  [
    401,
    problem(
      401,
      'unauthorized',
      'access token problem; token is malformed: token contains an invalid number of segments',
    ),
    'API_CREDENTIALS',
    'tokenMalformed',
  ],
  [
    401,
    problem(401, 'unauthorized', 'token expired; Manage tokens at the seller account'),
    'API_CREDENTIALS',
    'tokenExpired',
  ],
  [401, problem(401, 'unauthorized', 'token scope not allowed'), 'API_CREDENTIALS', 'categoryMissing'],
  [401, problem(401, 'unauthorized', 'token signature is invalid'), 'API_CREDENTIALS', 'tokenRefused'],
  [401, '', 'API_CREDENTIALS', 'tokenRefused'],
  [402, '{"title":"payment required","detail":"x"}', 'API_CREDENTIALS', 'paymentRequired'],
  [403, problem(403, 'forbidden', 'base token is not allowed'), 'API_CREDENTIALS', 'baseToken'],
  [
    403,
    problem(403, 'forbidden', 'no', { code: 'base token is not allowed for this path' }),
    'API_CREDENTIALS',
    'baseToken',
  ],
  [
    403,
    problem(403, 'Forbidden', 'token does not satisfy additional requirements', {
      origin: 'ag-contentanalytics',
    }),
    'API_CREDENTIALS',
    'tokenUnfit',
  ],
  [403, ofAnalytics('Authorization error', 'Authorization error'), 'API_CREDENTIALS', 'accessDenied'],
  [403, ofMarketplace('AccessDenied'), 'API_CREDENTIALS', 'accessDenied'],
  [403, ofContent('Access denied'), 'API_CREDENTIALS', 'accessDenied'],
  [403, '', 'API_CREDENTIALS', 'tokenRefused'],
  [404, problem(404, 'path not found', 'Please consult the documentation'), 'API_RETIRED', 'pathUnknown'],
  [404, '{"code":"PLUG-404-20260720","message":"x"}', 'API_RETIRED', 'methodOff'],
  [404, '{"title":"path not found","detail":"PLUG-404-20260720"}', 'API_RETIRED', 'methodOff'],
  [404, '<html>PLUG-404-20260720</html>', 'API_RETIRED', 'methodOff'],
  [404, ofMarketplace('NotFound'), 'API_REJECTED', 'notFound'],
  [404, '{"title":"not found","detail":"not found","origin":"api-statistics"}', 'API_REJECTED', 'notFound'],
  [400, ofAnalytics('Invalid request body', 'code=400'), 'API_REJECTED', 'requestRefused'],
  [400, ofMarketplace('IncorrectRequestBody', 'Incorrect required body'), 'API_REJECTED', 'requestRefused'],
  [400, ofMarketplace('IncorrectRequest'), 'API_REJECTED', 'requestRefused'],
  [400, ofMarketplace('IncorrectParameter'), 'API_REJECTED', 'requestRefused'],
  [400, ofContent('Invalid request format'), 'API_REJECTED', 'requestRefused'],
  [400, 'Request body can not be decoded', 'API_REJECTED', 'requestRefused'],
  [400, '{"errors":["dateFrom: field required"]}', 'API_REJECTED', 'requestRefused'],
  [406, ofMarketplace('StatusNotAcceptable'), 'API_REJECTED', 'sellerBlocked'],
  [408, '', 'API_UNAVAILABLE', 'unavailable'],
  [409, '[{"code":"UploadDataLimit","message":"x","data":[]}]', 'API_REJECTED', 'conflict'],
  [
    409,
    '[{"code":"StoreIsProcessing","message":"The store is processing"}]',
    'API_UNAVAILABLE',
    'warehouseBusy',
  ],
  [413, '', 'API_REJECTED', 'requestTooLarge'],
  [422, '', 'API_REJECTED', 'requestRefused'],
  [429, problem(429, 'too many requests', 'limited by 6d2a'), 'API_LIMITED', 'limited'],
  [
    429,
    problem(429, 'too many requests', 'rate limit exceeded, retry after the period specified'),
    'API_LIMITED',
    'limited',
  ],
  [
    429,
    problem(429, 'too many requests', 'Limited by global limiter, per seller 6d2a'),
    'API_LIMITED',
    'sellerLimited',
  ],
  [429, '', 'API_LIMITED', 'limited'],
  [500, '', 'API_UNAVAILABLE', 'unavailable'],
  [502, '<html><title>502 Bad Gateway</title></html>', 'API_UNAVAILABLE', 'unavailable'],
  [503, '{"title":"unavailable"}', 'API_UNAVAILABLE', 'unavailable'],
];

describe('an error answer of Wildberries', () => {
  it.each(TABLE)('%i %s is %s (%s)', (status, text, code, trouble) => {
    const error = wbError(apiAnswer(status, text));
    expect(error).toMatchObject({ code, facts: { status } });
    expect(error?.advice).toBe(WB_ADVICE[trouble]);
    expect(error?.remedy).toBe(WB_ADVICE[trouble].en.remedy);
    expect(error?.message).toContain(`answered ${status}`);
  });

  it('keeps what Wildberries’ support asks for', () => {
    const error = wbError(apiAnswer(403, problem(403, 'Forbidden', 'no')));
    expect(error?.message).toBe('Test POST /x answered 403: Forbidden: no');
    expect(error?.facts).toEqual({
      status: 403,
      code: 'c-1',
      requestId: 'r-1',
      origin: 's2s-api-auth-catalog',
    });
  });

  it('names the moment of X-Ratelimit-Retry, be it hours away', () => {
    const headers = { 'x-ratelimit-retry': '18236', 'x-ratelimit-limit': '1', 'x-ratelimit-reset': '18236' };
    expect(wbError(apiAnswer(429, '', headers))?.notBefore).toBe(RECEIVED_AT + 18_236_000);
    expect(wbError(apiAnswer(429, ''))?.notBefore).toBeUndefined();
  });

  it.each([200, 204])('%i is none', (status) => {
    expect(wbError(apiAnswer(status, ofContent('of content alone')))).toBeNull();
  });
});

describe('an error of content with status 200', () => {
  const said = (errorText: string): AppError | null => wbContentError(apiAnswer(200, ofContent(errorText)));

  it.each<[string, ErrorCode, WbTrouble]>([
    ['Access denied', 'API_CREDENTIALS', 'accessDenied'],
    ['token scope not allowed', 'API_CREDENTIALS', 'categoryMissing'],
    ['Invalid cursor', 'API_REJECTED', 'requestRefused'],
    ['Internal Server Error', 'API_UNAVAILABLE', 'unavailable'],
    ['Сервис временно недоступен', 'API_UNAVAILABLE', 'unavailable'],
  ])('%s is %s', (errorText, code, trouble) => {
    expect(said(errorText)).toMatchObject({ code, message: expect.stringContaining(errorText) });
    expect(said(errorText)?.advice).toBe(WB_ADVICE[trouble]);
  });

  it.each(['{"error":false}', '{"cards":[{"error":true}]}', '"error":true', '', '[]'])(
    '%j is none',
    (body) => {
      expect(wbContentError(apiAnswer(200, body))).toBeNull();
    },
  );

  it('leaves other statuses to the one table', () => {
    expect(wbContentError(apiAnswer(403, ofContent('Access denied')))?.advice).toBe(WB_ADVICE.accessDenied);
  });
});

describe('the advice', () => {
  it.each(Object.entries(WB_ADVICE))(
    '%s says in both languages what happened and where to go',
    (_name, both) => {
      for (const [locale, { what, remedy }] of Object.entries(both)) {
        const letters = locale === 'ru' ? /[а-яё]/i : /^[^а-яё]*$/i;
        for (const sentence of [what, remedy]) {
          expect(sentence).toMatch(letters);
          expect(sentence).toMatch(/^\p{Lu}.*[.]$/u);
        }
      }
    },
  );

  it.each([
    'noToken',
    'tokenMalformed',
    'tokenExpired',
    'testToken',
    'categoryMissing',
    'baseToken',
    'tokenUnfit',
    'tokenRefused',
    'accessDenied',
    'paymentRequired',
  ] as const)('%s names the setting and the place in the seller’s account', (trouble) => {
    const { ru, en } = WB_ADVICE[trouble];
    expect(ru.remedy).toMatch(/WB_API_KEY/);
    expect(ru.remedy).toContain('«Профиль → Интеграции по API»');
    expect(en.remedy).toMatch(/WB_API_KEY/);
    expect(en.remedy).toContain('Profile → API integrations');
  });

  it.each([
    ['pathUnknown', 'WB_PATHS'],
    ['methodOff', 'WB_PATHS'],
    ['notFound', 'WB_…_API_URL'],
    ['requestRefused', 'WB_PATHS'],
    ['limited', 'SYNC_WAIT'],
  ] as const)('%s names %s', (trouble, setting) => {
    expect(WB_ADVICE[trouble].ru.remedy).toContain(setting);
    expect(WB_ADVICE[trouble].en.remedy).toContain(setting);
  });
});
