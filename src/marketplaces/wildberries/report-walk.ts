import { AppError } from '../../errors.js';
import type { FetchedPage } from '../../ports/marketplace.js';
import { ADVICE } from '../http/advice.js';
import type { WbReport, WildberriesClient } from './client.js';

type Client = Pick<WildberriesClient, 'pageSize' | 'report'>;

/**
 * Walks a stock report by offset. A full page has a next one; an empty page is yielded only where it is the first,
 * as the whole answer.
 *
 * @param maxPages where to give up on a list without end
 * @throws AppError API_BAD_ANSWER for a list without end; whatever a call throws
 */
export async function* walkReport(
  client: Client,
  method: WbReport,
  maxPages: number,
  signal: AbortSignal,
): AsyncGenerator<FetchedPage> {
  let offset = 0;
  let before: readonly string[] = [];
  for (let number = 1; number <= maxPages; number += 1) {
    const { rows, receivedAt } = await client.report(method, offset, signal);
    if (rows.length > 0 && rows[0] === before[0] && rows.at(-1) === before.at(-1)) {
      throw endless(method, `page ${number} repeats the page before it`);
    }
    if (rows.length > 0 || number === 1) yield { fetchedAt: new Date(receivedAt).toISOString(), rows };
    if (rows.length < client.pageSize) return;
    // By what was asked for, not by what came: a page that repeats rows must not push others out of sight.
    offset += client.pageSize;
    before = [rows[0] ?? '', rows.at(-1) ?? ''];
  }
  throw endless(method, `the list has not ended after ${maxPages} pages`);
}

/** A list that leads nowhere. */
export function endless(method: string, what: string): AppError {
  return new AppError('API_BAD_ANSWER', `Wildberries ${method}: ${what}`, {
    advice: ADVICE.badAnswer,
  });
}
