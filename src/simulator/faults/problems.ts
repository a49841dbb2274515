import { type Answer, json } from '../http/answer.js';
import { ozonInvalid, ozonLimited, ozonProblem } from '../ozon/errors.js';
import { type WbErrors, wbLimitHeaders } from '../wildberries/errors.js';
import type { Source } from '../world/types.js';

/** The day that a method switched off by a fault says it went. */
const SWITCHED_OFF = '20261101';

/** Errors that Ozon's documents name, or that people have seen live. */
const OZON = {
  'headers-missing': () => ozonProblem(401, 16, 'Client-Id and Api-Key headers are required'),
  'client-id-form': () => ozonInvalid('Client-Id header value should be positive integer'),
  'wrong-key': () => ozonProblem(404, 5, 'Invalid Api-Key, please check the key and try again'),
  'role-missing': () => ozonProblem(403, 7, 'Api-Key is missing a required role for a method'),
  deactivated: () => ozonProblem(403, 7, 'Api-key is deactivated, use another one or generate a new one'),
  'ip-bound': () => ozonProblem(403, 7, 'Api-Key is restricted to specific IP addresses'),
  'offer-not-signed': () => ozonProblem(403, 7, 'Offer not signed'),
  'bad-request': () =>
    ozonInvalid('invalid AnalyticsStocksRequest.Skus: value must contain between 1 and 100 items'),
  syntax: () => ozonInvalid('proto: syntax error (line 3:16): unexpected token "313455276"'),
  retired: () => ozonProblem(400, 9, 'obsolete method cannot be used'),
  'retired-capital': () => ozonProblem(400, 9, 'Obsolete method cannot be used'),
  'item-not-found': () => ozonProblem(404, 5, 'item not found'),
  limited: () => ozonLimited('You have reached request rate limit per second', 1),
  'limited-client': () =>
    ozonLimited('rate limit exceeded for `seller-api` client, current max rate per sec.: 2', undefined),
  'circle-open': () => ozonProblem(503, 14, 'Circle is open'),
  internal: () => ozonProblem(500, 13, 'Internal error'),
  'without-details': () => json(403, { code: 7, message: 'Api-Key is missing a required role for a method' }),
  'old-shape': () => json(403, { error: { code: 'ACCESS_DENIED', message: 'Access denied', data: [] } }),
} satisfies Record<string, (errors: WbErrors) => Answer>;

/** The same for Wildberries' gateway and services. */
const WILDBERRIES = {
  'headers-missing': (errors) => errors.unauthorized('empty Authorization header'),
  'token-malformed': (errors) =>
    errors.unauthorized(
      'access token problem; token is malformed: token contains an invalid number of segments',
    ),
  'token-expired': (errors) =>
    errors.unauthorized(
      'token expired; Manage tokens at https://seller.wildberries.ru/supplier-settings/access-to-api',
    ),
  'scope-missing': (errors) => errors.unauthorized('token scope not allowed'),
  'payment-required': (errors) => errors.paymentRequired(),
  'base-token': (errors) => errors.baseToken(),
  'unfit-token': (errors) => errors.unfitToken(),
  'analytics-forbidden': (errors) => errors.analyticsForbidden(),
  'analytics-bad-request': (errors) => errors.badRequest('invalid: limit'),
  'content-forbidden': (errors) => errors.content(403, 'Доступ запрещён'),
  'content-bad-request': (errors) => errors.content(400, 'Текст ошибки'),
  'marketplace-forbidden': (errors) => errors.marketplace(403, 'AccessDenied', 'Доступ запрещён'),
  'marketplace-not-found': (errors) => errors.marketplace(404, 'NotFound', 'Not found'),
  'marketplace-not-acceptable': (errors) =>
    errors.marketplace(
      406,
      'StatusNotAcceptable',
      'Обновление остатков заблокировано в связи с баном поставщика',
    ),
  'path-not-found': (errors) => errors.pathNotFound(),
  retired: (errors) => errors.retired(SWITCHED_OFF, 'code'),
  conflict: (errors) => errors.gateway(409, 'Conflict', 'conflict'),
  'too-large': (errors) => errors.gateway(413, 'Request Entity Too Large', 'request entity too large'),
  unprocessable: (errors) => errors.gateway(422, 'Unprocessable Entity', 'unprocessable entity'),
  limited: (errors) => errors.tooManyRequests(wbLimitHeaders(2, 10, 29)),
  'limited-globally': (errors) =>
    errors.tooManyRequests(wbLimitHeaders(18_236, 1, 18_236), 'Limited by global limiter, per seller 4242'),
  'limited-period': (errors) =>
    errors.tooManyRequests(
      wbLimitHeaders(20, 1, 20),
      'rate limit exceeded, retry after the period specified in the X-RateLimit-Retry header',
    ),
  internal: (errors) => errors.internal(),
  'bad-gateway': (errors) => errors.gateway(502, 'Bad Gateway', 'bad gateway'),
} satisfies Record<string, (errors: WbErrors) => Answer>;

export type ProblemName = keyof typeof OZON | keyof typeof WILDBERRIES;

const PROBLEMS: Readonly<Record<Source, Readonly<Record<string, (errors: WbErrors) => Answer>>>> = {
  ozon: OZON,
  wildberries: WILDBERRIES,
};

export const PROBLEM_NAMES: readonly string[] = [
  ...new Set([...Object.keys(OZON), ...Object.keys(WILDBERRIES)]),
];

/** Names of a marketplace's documented errors. */
export function problemsOf(source: Source): string[] {
  return Object.keys(PROBLEMS[source]);
}

/** The error in the marketplace's words; one that it does not have is its inner error. */
export function problem(source: Source, name: string, errors: WbErrors): Answer {
  const known = PROBLEMS[source];
  const make = Object.hasOwn(known, name) ? known[name] : known.internal;
  return make === undefined ? json(500, {}) : make(errors);
}
