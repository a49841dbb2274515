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

/** Wildberries' error bodies: the gateway's `application/problem+json`, and the analytics service's own shape. */
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

  tooManyRequests(headers: Readonly<Record<string, string>>): Answer {
    return this.problem(
      429,
      'Too Many Requests',
      { title: 'too many requests', detail: `limited by ${uuidFrom(this.random)}` },
      headers,
    );
  }

  internal(): Answer {
    return this.problem(500, 'Internal Server Error', {
      title: 'internal server error',
      detail: 'internal error',
    });
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
