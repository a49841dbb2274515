import { type Answer, json } from '../http/answer.js';
import type { WildberriesModes } from '../modes.js';
import { type Random, uuidFrom } from '../random.js';

const PROBLEM = { 'content-type': 'application/problem+json' } as const;
const GATEWAY = 's2s-api-auth-catalog';

interface Problem {
  readonly title: string;
  readonly detail: string;
  readonly origin?: string;
  readonly code?: string;
}

/**
 * The limiter's headers of a 429, seconds and counts. A live 429 also carried `X-Ratelimit-Remaining: 0`, though
 * the documents promise that header for every answer but 429.
 */
export function wbLimitHeaders(
  retrySeconds: number,
  burst: number,
  resetSeconds: number,
): Record<string, string> {
  return {
    'X-Ratelimit-Remaining': '0',
    'X-Ratelimit-Retry': String(retrySeconds),
    'X-Ratelimit-Limit': String(burst),
    'X-Ratelimit-Reset': String(resetSeconds),
  };
}

/** Wildberries' error bodies: the gateway's `application/problem+json`, and each service's own shape. */
export class WbErrors {
  constructor(
    private readonly random: Random,
    private readonly now: () => number,
  ) {}

  unauthorized(detail: string): Answer {
    return this.problem(401, 'Unauthorized', { title: 'unauthorized', detail });
  }

  paymentRequired(): Answer {
    return json(
      402,
      { title: 'payment required', detail: 'wb solution for business has insufficient funds on its balance' },
      PROBLEM,
    );
  }

  /** As recorded from wb-warehouses in October 2026; it had no `code`. */
  unfitToken(): Answer {
    const { code: _, ...body } = this.body(403, 'Forbidden', {
      title: 'Forbidden',
      detail: 'token does not satisfy additional requirements',
      origin: 'ag-contentanalytics',
    });
    return json(403, body, PROBLEM);
  }

  /** As documented for base tokens. */
  baseToken(): Answer {
    return this.problem(403, 'Forbidden', {
      title: 'forbidden',
      detail: 'base token is not allowed',
      code: 'base token is not allowed for this path',
    });
  }

  pathNotFound(): Answer {
    return this.problem(404, 'Not Found', {
      title: 'path not found',
      detail: 'Please consult the https://dev.wildberries.ru/openapi/api-information',
      origin: 's2s-api-auth-stat',
    });
  }

  /** A switched-off method names the day; which field does is not known. `day` is YYYYMMDD. */
  retired(day: string, field: WildberriesModes['retiredCodeIn']): Answer {
    const plain = {
      title: 'path not found',
      detail: 'Please consult the https://dev.wildberries.ru/openapi/api-information',
      origin: 's2s-api-auth-stat',
    };
    return this.problem(404, 'Not Found', { ...plain, [field]: `PLUG-404-${day}` });
  }

  /** @param detail as documented, unless another is given: live ones have been seen to differ */
  tooManyRequests(headers: Readonly<Record<string, string>>, detail?: string): Answer {
    const limiter = `limited by ${uuidFrom(this.random)}`;
    const said = { title: 'too many requests', detail: detail ?? limiter };
    return this.problem(429, 'Too Many Requests', said, headers);
  }

  internal(): Answer {
    return this.gateway(500, 'Internal Server Error', 'internal error');
  }

  /** Any other status, in the gateway's shape. */
  gateway(status: number, statusText: string, detail: string): Answer {
    return this.problem(status, statusText, { title: statusText.toLowerCase(), detail });
  }

  /** The analytics service's 400: four fields, plain JSON. */
  badRequest(detail: string): Answer {
    return json(400, {
      title: 'Invalid request body',
      detail: `code=400, message=${detail}`,
      requestId: uuidFrom(this.random),
      origin: 'analytic-open-api',
    });
  }

  /** The analytics service's 403. */
  analyticsForbidden(): Answer {
    return json(403, {
      title: 'Authorization error',
      detail: 'Authorization error',
      requestId: uuidFrom(this.random),
      origin: 'analytic-open-api',
    });
  }

  /** The content service's own shape. */
  content(status: number, errorText: string): Answer {
    return json(status, { data: null, error: true, errorText, additionalErrors: {} });
  }

  /** What the content service says to a body that is no JSON: plain text. */
  undecodable(): Answer {
    return {
      status: 400,
      headers: { 'content-type': 'text/plain; charset=utf-8' },
      body: 'Request body can not be decoded',
    };
  }

  /** The marketplace service's own shape. */
  marketplace(status: number, code: string, message: string): Answer {
    return json(status, { code, message });
  }

  /** The marketplace service's 409 to a list of amounts: a list of troubles, each with what it is about. */
  conflict(code: string, message: string, data: readonly object[]): Answer {
    return json(409, [{ code, message, data }]);
  }

  private problem(
    status: number,
    statusText: string,
    problem: Problem,
    headers: Readonly<Record<string, string>> = {},
  ): Answer {
    return json(status, this.body(status, statusText, problem), { ...PROBLEM, ...headers });
  }

  private body(status: number, statusText: string, problem: Problem) {
    const requestId = uuidFrom(this.random).replaceAll('-', '');
    return {
      title: problem.title,
      detail: problem.detail,
      code: problem.code ?? `07e4668e-${requestId.slice(0, 12)}-[SIM-${requestId.slice(12, 22)}]`,
      requestId,
      origin: problem.origin ?? GATEWAY,
      status,
      statusText,
      timestamp: `${new Date(this.now()).toISOString().slice(0, 19)}Z`,
    };
  }
}
