import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { API_BODY_MAX, CONTROL_BODY_MAX } from '../bounds.js';
import { CONTROL_PREFIX, type Control } from '../control/control.js';
import { bend } from '../faults/bend.js';
import type { FaultSpec } from '../faults/fault.js';
import type { Faults } from '../faults/faults.js';
import { replacement } from '../faults/replace.js';
import type { WbErrors } from '../wildberries/errors.js';
import { type Answer, type ApiRequest, type Handler, json } from './answer.js';
import { readBody } from './body.js';
import { deliver } from './deliver.js';
import type { RequestLog, RequestLogEntry } from './request-log.js';
import { route } from './routing.js';

interface ServerParts {
  readonly apis: Readonly<Record<ApiRequest['source'], Handler>>;
  readonly control: Control;
  readonly faults: Faults;
  readonly errors: WbErrors;
  readonly log: RequestLog;
  readonly now: () => number;
  /** Ends every wait under way. */
  readonly signal: AbortSignal;
}

const LOOPBACK = /^(?:::ffff:)?127\.|^::1$/;

export function makeServer(parts: ServerParts): Server {
  return createServer((request, response) => {
    serve(request, response, parts).catch((error: unknown) => {
      // The caller went away, or we are closing; anything else is a bug and must be seen by the test.
      if (!response.headersSent && !response.destroyed && !parts.signal.aborted) {
        response.writeHead(500, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ simulatorBroken: String(error) }));
      } else {
        response.destroy();
      }
    });
  });
}

async function serve(request: IncomingMessage, response: ServerResponse, parts: ServerParts): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://simulator');
  const isControl = url.pathname.startsWith(CONTROL_PREFIX);
  const text = await readBody(request, isControl ? CONTROL_BODY_MAX : API_BODY_MAX);
  if (text === undefined) {
    response.setHeader('connection', 'close');
    await deliver(response, json(413, { message: 'Request Entity Too Large' }), undefined, parts.signal);
    return;
  }
  const method = request.method ?? 'GET';
  if (isControl) {
    const allowed = LOOPBACK.test(request.socket.remoteAddress ?? '');
    const answer = allowed
      ? parts.control.handle(method, url, text)
      : json(403, { error: 'the control API answers on loopback only' });
    await deliver(response, answer, undefined, parts.signal);
    return;
  }
  const target = route(url.pathname, request.headers);
  const call: ApiRequest = { ...target, method, query: url.searchParams, headers: request.headers, text };
  const entry = parts.log.begin({ ...call, query: url.search, at: parts.now() });
  await simulate(call, entry, response, parts);
}

/** One call of a marketplace method, with the trouble planned for it. */
async function simulate(
  call: ApiRequest,
  entry: RequestLogEntry,
  response: ServerResponse,
  parts: ServerParts,
): Promise<void> {
  const instead = parts.faults.takeReplacing(call);
  const answer =
    instead === undefined ? parts.apis[call.source](call) : replacement(call, instead, parts.errors);
  entry.fault = instead?.kind;
  if (answer === undefined) {
    return;
  }
  const fault = instead === undefined ? parts.faults.takeForAnswer(call, answer) : undefined;
  entry.fault ??= fault?.kind;
  entry.status = answer.status;
  response.once('close', () => {
    entry.finishedAt = parts.now();
  });
  await deliver(response, content(call, answer, fault, parts), fault, parts.signal);
}

function content(call: ApiRequest, answer: Answer, fault: FaultSpec | undefined, parts: ServerParts): Answer {
  const previous = answer.page === undefined ? undefined : parts.faults.swapPage(call.path, answer.page);
  return fault === undefined ? answer : bend(answer, fault, previous);
}
