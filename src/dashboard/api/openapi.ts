import { z } from 'zod';
import { ANSWERS, type AnswerName } from './answers.js';
import { PROBLEMS } from './problem.js';
import { API_ROUTES, type ApiRoute } from './routes.js';

export const API_PREFIX = '/api/v1';

type Json = Readonly<Record<string, unknown>>;

/** OpenAPI 3.1, whose schemas are JSON Schema (draft 2020-12), made of what the program itself checks and answers. */
export function openApiDocument(): Json {
  return {
    openapi: '3.1.0',
    info: {
      title: 'inventory-sync read API',
      version: '1',
      description: 'Stock of Ozon and Wildberries as the last complete snapshots have it. Reads only.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: API_PREFIX }],
    security: [{ token: [] }],
    paths: Object.fromEntries(API_ROUTES.map((route) => [route.path, { get: operation(route) }])),
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer', description: 'DASHBOARD_TOKEN' } },
      schemas: Object.fromEntries(
        Object.entries(ANSWERS).map(([name, schema]) => [name, schemaOf(schema, 'input')]),
      ),
    },
  };
}

/** What each path may refuse, by status. */
const REFUSALS: readonly (readonly [status: number, description: string])[] = [
  [PROBLEMS['bad-request'], 'The request is not right, or its cursor is broken.'],
  [PROBLEMS.unauthorised, 'No token, or a wrong one.'],
  [PROBLEMS['cursor-expired'], 'The cursor is too old.'],
  [PROBLEMS['too-many-requests'], 'Too many requests: see Retry-After.'],
  [PROBLEMS.internal, 'The server failed.'],
  [PROBLEMS['database-away'], 'The database cannot be reached: see Retry-After.'],
];

function operation({ path, summary, description, query, answer }: ApiRoute): Json {
  const etag = { description: 'For If-None-Match.', schema: { type: 'string' } };
  const expiring = path === '/changes';
  return {
    operationId: `get${path.charAt(1).toUpperCase()}${path.slice(2)}`,
    summary,
    description,
    parameters: [...parameters(query), IF_NONE_MATCH],
    responses: {
      200: {
        description: summary,
        headers: { ETag: etag },
        content: { 'application/json': { schema: reference(answer) } },
      },
      304: { description: 'The same as the ETag says.', headers: { ETag: etag } },
      ...Object.fromEntries(
        REFUSALS.filter(([status]) => expiring || status !== PROBLEMS['cursor-expired']).map(
          ([status, description]) => [
            status,
            { description, content: { 'application/problem+json': { schema: reference('Problem') } } },
          ],
        ),
      ),
    },
  };
}

const IF_NONE_MATCH = {
  name: 'If-None-Match',
  in: 'header',
  required: false,
  schema: { type: 'string' },
};

function parameters(query: z.ZodObject): Json[] {
  return Object.entries(query.shape).map(([name, schema]) => {
    const { description, ...shape } = schemaOf(schema as z.ZodType, 'output');
    const isRequired = !(schema as z.ZodType).safeParse(undefined).success;
    return {
      name,
      in: 'query',
      required: isRequired,
      ...(description ? { description } : {}),
      schema: shape,
    };
  });
}

function reference(name: AnswerName): Json {
  return { $ref: `#/components/schemas/${name}` };
}

/** Answers are open: a later minor version may add fields. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { target: 'draft-2020-12', io });
  return rest;
}
