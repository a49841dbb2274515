import Fastify, { type FastifyInstance } from 'fastify';
import { expect } from 'vitest';
import { z } from 'zod';
import { API_PREFIX, openApiDocument } from '../../../src/dashboard/api/openapi.js';
import { type ReadApiDeps, readApi } from '../../../src/dashboard/api/plugin.js';
import { AppError } from '../../../src/errors.js';
import type { Reader } from '../../../src/store/board/board-standing.js';
import { BoardLab, OWNER } from './board-lab.js';

const TOKEN = 'Bearer let-me-in';

interface Document {
  readonly paths: Readonly<Record<string, { readonly get: Operation }>>;
  readonly components: { readonly schemas: Readonly<Record<string, Parameters<typeof z.fromJSONSchema>[0]>> };
}
interface Operation {
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { schema: { $ref: string } }>> }>
  >;
}

/** The document as programs read it: as JSON. */
const document = JSON.parse(JSON.stringify(openApiDocument())) as Document;
const schemas = new Map(
  Object.entries(document.components.schemas).map(([name, schema]) => [name, z.fromJSONSchema(schema)]),
);

export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  // Tests look into answers as programs in other languages do.
  readonly body: Body;
}
export interface Body {
  readonly [field: string]: unknown;
  readonly next?: string | null;
  readonly code?: string;
}

/** The API over a lab's database; every answer is held to the document. */
export class ApiLab {
  isAway = false;
  now = Date.now();
  readonly asked: { sql: string; parameters: readonly unknown[] }[] = [];
  /** Fields of errors. */
  readonly logged: object[] = [];
  readonly app: FastifyInstance = Fastify();

  private constructor(readonly lab: BoardLab) {}

  static async start(prefix: string, deps: Partial<ReadApiDeps> = {}): Promise<ApiLab> {
    const api = new ApiLab(await BoardLab.start(prefix));
    const reader: Reader = {
      query: async <T>(sql: string, parameters: readonly unknown[] = []) => {
        if (api.isAway) throw new AppError('DB_UNAVAILABLE', 'the database is away');
        api.asked.push({ sql, parameters });
        return api.lab.db.query<T>(sql, parameters);
      },
    };
    await readApi(api.app, {
      ...{ db: reader, owner: OWNER, maxSyncAgeHours: 8, ledgerDays: 400, locale: 'en' },
      ...{ logger: { error: (fields) => void api.logged.push(fields) }, now: () => api.now },
      rate: { intervalMs: 1, burst: 1_000_000 },
      authorize: ({ headers }) => (headers.authorization === TOKEN ? null : { status: 401, retryAfter: 0 }),
      ...deps,
    });
    return api;
  }

  async get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<Answered> {
    const answer = await this.app.inject({
      url: API_PREFIX + path,
      headers: { authorization: TOKEN, ...headers },
    });
    const type = String(answer.headers['content-type'] ?? '').split(';')[0] ?? '';
    const body = (answer.body === '' ? {} : answer.json()) as Body;
    const route = path.split('?')[0] ?? '';
    const response = document.paths[route]?.get.responses[answer.statusCode];
    if (document.paths[route] !== undefined) expect(response, `${path}: ${answer.statusCode}`).toBeDefined();
    const reference = response?.content?.[type]?.schema.$ref;
    if (reference !== undefined) {
      const parsed = schemas.get(reference.split('/').at(-1) ?? '')?.safeParse(body);
      expect(parsed?.error?.issues ?? (parsed === undefined ? 'no schema' : []), path).toEqual([]);
    }
    return { status: answer.statusCode, headers: answer.headers, body };
  }

  /** All that a list holds, page by page. */
  async all<T>(path: string, list: string): Promise<T[]> {
    const found: T[] = [];
    for (let cursor = ''; ; ) {
      const { status, body } = await this.get(`${path}${cursor}`);
      expect(status, JSON.stringify(body)).toBe(200);
      found.push(...(body[list] as T[]));
      if (body.next === null || body.next === undefined) return found;
      cursor = `&cursor=${body.next}`;
    }
  }

  async close(): Promise<void> {
    await this.app.close();
    await this.lab.close();
  }
}
