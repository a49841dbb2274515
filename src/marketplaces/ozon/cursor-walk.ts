import { AppError } from '../../errors.js';
import { MAX_PAGES } from './limits.js';

/**
 * Follows a cursor from its beginning to the last page, that page included.
 *
 * @param what opens the messages, for example `Ozon POST /v4/…`
 * @throws AppError API_BAD_ANSWER where a cursor comes back that was asked for before, or the list does not end
 */
export async function* walkCursor<Page extends { readonly cursor: string }>(
  what: string,
  fetch: (cursor: string) => Promise<Page>,
  isLast: (page: Page, number: number) => boolean,
  maxPages: number = MAX_PAGES,
): AsyncGenerator<Page> {
  const asked = new Set<string>();
  let cursor = '';
  for (let number = 1; number <= maxPages; number += 1) {
    asked.add(cursor);
    const page = await fetch(cursor);
    yield page;
    if (isLast(page, number)) return;
    cursor = page.cursor;
    if (asked.has(cursor))
      throw brokenWalk(`${what}: page ${number} leads back to a cursor that was already asked for`);
  }
  throw brokenWalk(`${what}: the list has not ended after ${maxPages} pages`);
}

/** @param further what else can be done, a sentence in each language, where trying again may not be enough */
export function brokenWalk(
  message: string,
  further?: { readonly ru: string; readonly en: string },
): AppError {
  const sentences = (...parts: readonly (string | undefined)[]) => parts.filter(Boolean).join(' ');
  return new AppError('API_BAD_ANSWER', message, {
    advice: {
      ru: {
        what: 'Список, который прислал Ozon, неполный или противоречит сам себе.',
        remedy: sentences('Из этого чтения ничего не применено. Повторите позже.', further?.ru),
      },
      en: {
        what: 'The list that Ozon sent is not whole or contradicts itself.',
        remedy: sentences('Nothing of this read is applied. Try again later.', further?.en),
      },
    },
  });
}
