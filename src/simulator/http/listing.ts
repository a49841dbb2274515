import { joinFragments } from '../bounds.js';
import type { Answer, Page } from './answer.js';

/** A list that fits between a head and a tail. `tail` says what follows the rows in each of its states. */
interface ListParts {
  readonly rows: readonly string[];
  readonly isFirst: boolean;
  readonly head: string;
  readonly tail: (state: 'page' | 'empty' | 'loop') => string;
}

/** A page of rows that are JSON texts already. */
export function listPage({ rows, isFirst, head, tail }: ListParts): Page {
  return {
    size: rows.length,
    isFirst,
    fragments: () => rows,
    wrap: (fragments) => joinFragments(head, fragments, tail('page')),
    empty: () => joinFragments(head, [], tail('empty')),
    loop: () => joinFragments(head, rows, tail('loop')),
  };
}

/** The good answer that a page is. */
export function listing(page: Page): Answer {
  return {
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: page.wrap(page.fragments()),
    page,
  };
}
