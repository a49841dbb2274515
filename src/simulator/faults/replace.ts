import { type Answer, type ApiRequest, json } from '../http/answer.js';
import { ozonLimited } from '../ozon/errors.js';
import { type WbErrors, wbLimitHeaders } from '../wildberries/errors.js';
import type { FaultSpec } from './fault.js';
import { problem } from './problems.js';

const GATEWAY_PAGE =
  '<!DOCTYPE html>\n<html><head><title>Технические работы</title></head>' +
  '<body><h1>Мы скоро вернёмся</h1></body></html>\n';

function limited(request: ApiRequest, fault: FaultSpec, errors: WbErrors): Answer {
  const seconds = fault.retrySeconds ?? 2;
  const told = fault.withHeaders ?? true;
  if (request.source === 'ozon') {
    return ozonLimited('You have reached request rate limit per second', told ? seconds : undefined);
  }
  return errors.tooManyRequests(told ? wbLimitHeaders(seconds, 1, seconds) : {});
}

function custom(fault: FaultSpec): Answer {
  const status = fault.status ?? 500;
  if (fault.body === undefined) {
    return { status, headers: fault.headers ?? {}, body: '' };
  }
  if (typeof fault.body === 'string') {
    return { status, headers: { 'content-type': 'text/plain', ...fault.headers }, body: fault.body };
  }
  return json(status, fault.body, fault.headers);
}

/** The answer given in the method's place; undefined: none ever (`hang`). */
export function replacement(request: ApiRequest, fault: FaultSpec, errors: WbErrors): Answer | undefined {
  switch (fault.kind) {
    case '429':
      return limited(request, fault, errors);
    case '500':
      return problem(request.source, 'internal', errors);
    case 'html-200':
      return { status: 200, headers: { 'content-type': 'text/html; charset=utf-8' }, body: GATEWAY_PAGE };
    case 'empty-200':
      return { status: 200, headers: { 'content-type': 'application/json' }, body: '' };
    case 'status':
      return custom(fault);
    case 'problem':
      return problem(request.source, fault.problem ?? 'internal', errors);
    case 'retired':
      return problem(request.source, 'retired', errors);
    default:
      return undefined;
  }
}
