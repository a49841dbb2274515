/** What a simulated method is asked, and what it says. Methods are plain functions; the server does the sending. */
import type { IncomingHttpHeaders } from 'node:http';
import type { Source } from '../world/types.js';
import type { WbHost } from './routing.js';

export interface ApiRequest {
  readonly source: Source;
  /** Which of Wildberries' hosts was called, where the base path says so. */
  readonly host?: WbHost;
  readonly method: string;
  /** Without base path and query. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/**
 * One page of rows, kept apart from its text so that a fault can leave rows out, repeat some, or bend the paging.
 * Fragments are the rows as JSON.
 */
export interface Page {
  /** How many rows it has. */
  readonly size: number;
  /** Whether it opens a walk through the pages. */
  readonly isFirst: boolean;
  fragments(): Iterable<string>;
  /** The whole body with these fragments in place of the page's own. */
  wrap(fragments: Iterable<string>): Iterable<string>;
  /** A body that says there is nothing at all. */
  empty(): Iterable<string>;
  /** A body by which paging never gets on. */
  loop(): Iterable<string>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Iterable<string>;
  readonly page?: Page;
}

export type Handler = (request: ApiRequest) => Answer;

/** Thrown inside a method to answer at once; never leaves the simulator. */
export class Refusal extends Error {
  override readonly name = 'Refusal';

  constructor(readonly answer: Answer) {
    super(`refused with ${answer.status}`);
  }
}

export function json(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(value),
  };
}

export function bodyText(body: string | Iterable<string>): string {
  return typeof body === 'string' ? body : Array.from(body).join('');
}

/** Adds headers to an answer. */
export function withHeaders(answer: Answer, extra: Readonly<Record<string, string>>): Answer {
  return { ...answer, headers: { ...answer.headers, ...extra } };
}

/** Runs a method, or a part of one; a refusal thrown in it becomes its answer. */
export function answering(method: () => Answer): Answer {
  try {
    return method();
  } catch (error) {
    if (error instanceof Refusal) {
      return error.answer;
    }
    throw error;
  }
}
