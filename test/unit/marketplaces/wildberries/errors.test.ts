import { describe, expect, it } from 'vitest';
import type { ErrorCode } from '../../../../src/errors.js';
import { wbError } from '../../../../src/marketplaces/wildberries/errors.js';
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

/** Every error the documents or recorded answers show: status, body, what it means, what the advice must speak of. */
const TABLE: readonly [number, string, ErrorCode, RegExp][] = [
  [
    401,
    problem(401, 'unauthorized', 'token problem; token is malformed: could not base64 decode signature'),
    'API_CREDENTIALS',
    /not copied whole/,
  ],
  [401, problem(401, 'unauthorized', 'empty Authorization header'), 'API_CREDENTIALS', /Set WB_API_KEY/],
  [
    401,
    problem(
      401,
      'unauthorized',
      'access token problem; token is malformed: token contains an invalid number of segments',
    ),
    'API_CREDENTIALS',
    /not copied whole/,
  ],
  [
    401,
    problem(401, 'unauthorized', 'token expired; Manage tokens at the seller account'),
    'API_CREDENTIALS',
    /run out/,
  ],
  [401, problem(401, 'unauthorized', 'token scope not allowed'), 'API_CREDENTIALS', /lacks a category/],
  [402, '{"title":"payment required","detail":"x"}', 'API_CREDENTIALS', /paid/],
  [403, problem(403, 'Forbidden', 'base token is not allowed'), 'API_CREDENTIALS', /type/],
  [
    403,
    problem(403, 'Forbidden', 'token does not satisfy additional requirements', {
      origin: 'ag-contentanalytics',
    }),
    'API_CREDENTIALS',
    /type/,
  ],
  [403, '', 'API_CREDENTIALS', /WB_API_KEY/],
  [404, problem(404, 'path not found', 'Please consult the documentation'), 'API_RETIRED', /WB_…_API_URL/],
  [404, '{"code":"PLUG-404-20260720","message":"x"}', 'API_RETIRED', /update/],
  [404, '{"title":"gone","detail":"PLUG-404-20260720"}', 'API_RETIRED', /update/],
  [404, '<html>PLUG-404-20260720</html>', 'API_RETIRED', /update/],
  [
    404,
    '{"title":"not found","detail":"not found","requestId":"r","origin":"api-statistics"}',
    'API_REJECTED',
    /./,
  ],
  [
    400,
    '{"title":"Invalid request body","detail":"x","requestId":"r","origin":"analytic-open-api"}',
    'API_REJECTED',
    /./,
  ],
  [400, '{"errors":["dateFrom: field required"]}', 'API_REJECTED', /./],
  [409, '[{"code":"UploadDataLimit","message":"x","data":[]}]', 'API_REJECTED', /./],
  [413, '', 'API_REJECTED', /./],
  [422, '', 'API_REJECTED', /./],
  [429, problem(429, 'too many requests', 'limited by 6d2a'), 'API_LIMITED', /poll less/],
  [429, problem(429, 'too many requests', 'Limited by global limiter, per seller 6d2a'), 'API_LIMITED', /./],
  [429, '', 'API_LIMITED', /./],
  [500, '', 'API_UNAVAILABLE', /later/],
  [502, '<html><title>502 Bad Gateway</title></html>', 'API_UNAVAILABLE', /later/],
  [503, '{"title":"unavailable"}', 'API_UNAVAILABLE', /later/],
];

describe('an error answer of Wildberries', () => {
  it.each(TABLE)('%i %s is %s', (status, text, code, remedy) => {
    const error = wbError(apiAnswer(status, text));
    expect(error).toMatchObject({ code, remedy: expect.stringMatching(remedy), facts: { status } });
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
    expect(wbError(apiAnswer(status, ''))).toBeNull();
  });
});
