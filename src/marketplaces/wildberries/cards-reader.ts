import { idOf, parseExactJson } from '../../domain/json.js';
import type { FeedReader, FeedWalk, FetchedPage } from '../../ports/marketplace.js';
import { isObject } from '../record-invalid.js';
import type { WbCursor } from './answers.js';
import type { WildberriesClient } from './client.js';
import { WB_LISTS } from './limits.js';
import { endless } from './report-walk.js';

type Client = Pick<WildberriesClient, 'token' | 'cards'>;

/** What a cursor may have where it is stored. */
const LONGEST_CURSOR = 255;

export interface CardsReaderOptions {
  /** Where an earlier read ended, by its walk's `cursor()`; null reads all cards. */
  readonly from: string | null;
  /** Told of each size (chrtId) met, as soon as its page is read; the same size may come twice. */
  readonly onSize?: ((chrtId: string) => void) | undefined;
  /** Where to give up on a list without end. */
  readonly maxPages?: number | undefined;
}

/**
 * The feed `wildberries:<sid>:cards`: the seller's cards, each with its sizes. Cards in the trash are not in it. With
 * a cursor, the read is a partial one: what was changed since.
 */
export function wbCardsReader(client: Client, options: CardsReaderOptions): FeedReader {
  return {
    feed: { source: 'wildberries', account: client.token.sid, endpoint: 'cards' },
    open: () => Promise.resolve(walkOf(client, options)),
  };
}

function walkOf(
  client: Client,
  { from, onSize, maxPages = WB_LISTS.cardPages }: CardsReaderOptions,
): FeedWalk {
  const begin = from === null ? null : parseCursor(from);
  let reached = begin;
  const moved = (cursor: WbCursor) => {
    reached = cursor;
  };
  return {
    // A cursor that cannot be read reads all: that proves more, not less.
    scope: { schemes: [], ...(begin !== null && { partial: true }) },
    pages: (signal) => walk(client, { begin, maxPages, onSize, moved }, signal),
    cursor: () => (reached === null ? undefined : formatCursor(reached)),
  };
}

interface Walk {
  readonly begin: WbCursor | null;
  readonly maxPages: number;
  readonly onSize: CardsReaderOptions['onSize'];
  readonly moved: (cursor: WbCursor) => void;
}

async function* walk(client: Client, options: Walk, signal: AbortSignal): AsyncGenerator<FetchedPage> {
  const { begin, maxPages, onSize, moved } = options;
  const passed = new Set<string>();
  let after = begin;
  for (let number = 1; number <= maxPages; number += 1) {
    const { rows, next, last, receivedAt } = await client.cards(after, signal);
    if (next !== null) {
      const place = `${next.updatedAt}|${next.nmId}`;
      if (passed.has(place) && !last) throw endless('cards', `page ${number} leads back to ${place}`);
      passed.add(place);
      moved(next);
      after = next;
    }
    if (onSize !== undefined) for (const row of rows) sizesOf(row).forEach(onSize);
    if (rows.length > 0 || number === 1) yield { fetchedAt: new Date(receivedAt).toISOString(), rows };
    if (last) return;
  }
  throw endless('cards', `the list has not ended after ${maxPages} pages`);
}

/** What is no size is left out here: to-products.ts complains of it. */
function sizesOf(row: string): string[] {
  const card = parseExactJson(row);
  if (!isObject(card) || !Array.isArray(card.sizes)) return [];
  return card.sizes.flatMap((size: unknown) => {
    const chrtId = isObject(size) ? idOf(size.chrtID) : null;
    return chrtId !== null && /^[1-9]/.test(chrtId) ? [chrtId] : [];
  });
}

/** `<updatedAt>|<nmID>`, the first as Wildberries writes it. */
function formatCursor({ updatedAt, nmId }: WbCursor): string | undefined {
  const text = `${updatedAt}|${nmId}`;
  return text.length <= LONGEST_CURSOR ? text : undefined;
}

function parseCursor(text: string): WbCursor | null {
  const [, updatedAt, nmId] = /^([^|]+)\|([1-9]\d{0,18})$/.exec(text) ?? [];
  return updatedAt === undefined || nmId === undefined ? null : { updatedAt, nmId };
}
