import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { Locale } from '../../domain/anomaly/wording.js';
import { isAppError, messageOf } from '../../errors.js';
import { clientFault } from '../web/client-fault.js';

/** What can be wrong with a request, and what the answer's status is. */
export const PROBLEMS = {
  'bad-request': 400,
  'broken-cursor': 400,
  unauthorised: 401,
  'not-found': 404,
  'read-only': 405,
  'cursor-expired': 410,
  'too-many-requests': 429,
  internal: 500,
  'database-away': 503,
} as const satisfies Readonly<Record<string, number>>;
export type ProblemCode = keyof typeof PROBLEMS;

/** RFC 9457, with what to do about it. */
export const problem = z.object({
  type: z.string().meta({ description: 'urn:inventory-sync:problem:<code>' }),
  title: z.string(),
  status: z.int(),
  code: z.enum(Object.keys(PROBLEMS) as [ProblemCode, ...ProblemCode[]]),
  detail: z.string().optional(),
  remedy: z.string(),
});
export type Problem = z.infer<typeof problem>;

type Words = Readonly<Record<ProblemCode, { readonly title: string; readonly remedy: string }>>;

const WORDS: Readonly<Record<Locale, Words>> = {
  en: {
    'bad-request': { title: 'the request is not right', remedy: 'see /api/v1/openapi.json' },
    'broken-cursor': { title: 'the cursor cannot be read', remedy: 'begin without a cursor' },
    unauthorised: {
      title: 'no token, or a wrong one',
      remedy: 'send the header Authorization: Bearer with the DASHBOARD_TOKEN of this server',
    },
    'not-found': { title: 'there is nothing here', remedy: 'see /api/v1/openapi.json' },
    'read-only': { title: 'this API only reads', remedy: 'send GET' },
    'cursor-expired': {
      title: 'the cursor is too old: changes after it may have been deleted',
      remedy: 'begin changes with start=newest, then read all levels once',
    },
    'too-many-requests': { title: 'too many requests', remedy: 'wait as Retry-After says' },
    internal: { title: 'the server failed', remedy: 'look into its log, and report what it says' },
    'database-away': { title: 'the database cannot be reached', remedy: 'try again after Retry-After' },
  },
  ru: {
    'bad-request': { title: 'запрос составлен неверно', remedy: 'Сверьтесь с /api/v1/openapi.json' },
    'broken-cursor': { title: 'курсор не читается', remedy: 'Начните без курсора' },
    unauthorised: {
      title: 'токена нет, или он неверный',
      remedy: 'Передайте заголовок Authorization: Bearer с DASHBOARD_TOKEN этого сервера',
    },
    'not-found': { title: 'здесь ничего нет', remedy: 'Сверьтесь с /api/v1/openapi.json' },
    'read-only': { title: 'этот API только читает', remedy: 'Используйте GET' },
    'cursor-expired': {
      title: 'курсор устарел: изменения после него могли быть удалены',
      remedy: 'Начните изменения со start=newest, затем один раз прочитайте все остатки',
    },
    'too-many-requests': {
      title: 'слишком много запросов',
      remedy: 'Подождите столько, сколько указано в Retry-After',
    },
    internal: { title: 'сбой сервера', remedy: 'Посмотрите его журнал и сообщите, что в нём написано' },
    'database-away': { title: 'база данных недоступна', remedy: 'Повторите запрос после Retry-After' },
  },
};

export function problemOf(code: ProblemCode, locale: Locale, detail?: string, remedy?: string): Problem {
  const words = WORDS[locale][code];
  return {
    type: `urn:inventory-sync:problem:${code}`,
    title: words.title,
    status: PROBLEMS[code],
    code,
    ...(detail === undefined ? {} : { detail }),
    remedy: remedy ?? words.remedy,
  };
}

/** Of anything thrown. What only the server's people need to know is not told. */
export function problemOfError(error: unknown, locale: Locale): Problem {
  const status = clientFault(error);
  if (status !== undefined) return { ...problemOf('bad-request', locale, messageOf(error)), status };
  if (!isAppError(error)) return problemOf('internal', locale);
  if (error.code === 'DB_UNAVAILABLE' || error.code === 'DB_CONFLICT')
    return problemOf('database-away', locale);
  if (error.code !== 'USAGE') return problemOf('internal', locale);
  const named = error.facts.problem;
  const code = Object.keys(PROBLEMS).find((one): one is ProblemCode => one === named) ?? 'bad-request';
  const advice = error.advice?.[locale];
  return problemOf(code, locale, advice?.what ?? error.message, advice?.remedy ?? error.remedy);
}

export function sendProblem(reply: FastifyReply, problem: Problem): FastifyReply {
  return reply
    .code(problem.status)
    .header('cache-control', 'no-store')
    .type('application/problem+json; charset=utf-8')
    .send(JSON.stringify(problem));
}
