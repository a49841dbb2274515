import type { Answer, ApiRequest } from '../http/answer.js';
import { listing, listPage } from '../http/listing.js';
import type { WildberriesModes } from '../modes.js';
import { compareIds } from '../world/figures.js';
import type { WbSize } from '../world/types.js';
import type { World } from '../world/world.js';
import type { MethodRules } from './access.js';
import { cardJson, cardTime, imtIdOf, type ShownCard, subjectIdOf } from './card-json.js';
import { type CardPlace, type CardQuestion, CardQuestionReader } from './card-question.js';
import type { WbErrors } from './errors.js';

/** 100 calls a minute, 5 at once, all methods of the category together (WB docs). */
export const CARDS_RULES: MethodRules = {
  name: 'content',
  host: 'content',
  category: 'content',
  intervalMs: (modes) => modes.contentIntervalMs,
  burst: 5,
};

function compare(left: CardPlace, right: CardPlace): number {
  return left.updatedAt - right.updatedAt || compareIds(left.nmId, right.nmId);
}

/** By the list of sizes, which is another one after every change: a walk of many pages sorts only once. */
const sorted = new WeakMap<readonly WbSize[], readonly ShownCard[]>();

/** The cards that have sizes to show, oldest first; those in the trash have none. */
function shownCards(world: World): readonly ShownCard[] {
  const all = world.wildberries.all();
  const known = sorted.get(all) ?? gather(all, world);
  sorted.set(all, known);
  return known;
}

function gather(all: readonly WbSize[], world: World): readonly ShownCard[] {
  const sizes = new Map<string, WbSize[]>();
  for (const size of all) {
    const others = sizes.get(size.nmId);
    if (others === undefined) {
      sizes.set(size.nmId, [size]);
    } else {
      others.push(size);
    }
  }
  const cards = [...sizes].flatMap(([nmId, own]) => {
    const card = world.wildberries.card(nmId);
    const subjectId = subjectIdOf(own[0]?.subject ?? '');
    return card === undefined ? [] : [{ card, sizes: own, imtId: imtIdOf(nmId), subjectId }];
  });
  return cards.sort((left, right) => compare(left.card, right.card));
}

function isWanted({ card, sizes, imtId, subjectId }: ShownCard, question: CardQuestion): boolean {
  const [first] = sizes;
  const { withPhoto, text, brands, objectIds } = question;
  const texts = [card.nmId, first?.vendorCode ?? '', ...sizes.flatMap((size) => size.barcodes)];
  return (
    (withPhoto === -1 || withPhoto === 2 || card.hasPhoto === (withPhoto === 1)) &&
    (text === '' || texts.includes(text)) &&
    (brands.length === 0 || brands.includes(first?.brand ?? '')) &&
    (objectIds.size === 0 || objectIds.has(String(subjectId))) &&
    (question.imtId === undefined || question.imtId === imtId) &&
    // No card of this seller has a tag.
    question.tagIds === 0
  );
}

/** How many cards, in order, lie before a place or at it. */
function upTo(cards: readonly ShownCard[], place: CardPlace): number {
  let [low, high] = [0, cards.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const card = cards[middle]?.card;
    if (card !== undefined && compare(card, place) <= 0) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

/** The next cards that are wanted, from the cursor on, in the direction asked for. */
function take(cards: readonly ShownCard[], question: CardQuestion): ShownCard[] {
  const { ascending, after, limit } = question;
  const behind = after === undefined ? undefined : upTo(cards, after);
  const isAt = (at: number): boolean => {
    const card = cards[at]?.card;
    return after !== undefined && card !== undefined && compare(card, after) === 0;
  };
  let at = ascending ? (behind ?? 0) : (behind ?? cards.length) - 1;
  const found: ShownCard[] = [];
  for (; at >= 0 && at < cards.length && found.length < limit; at += ascending ? 1 : -1) {
    const shown = cards[at];
    if (shown !== undefined && !isAt(at) && isWanted(shown, question)) {
      found.push(shown);
    }
  }
  return found;
}

function cursorJson(place: CardPlace, total: number): string {
  return `"cursor":{"updatedAt":"${cardTime(place.updatedAt)}","nmID":${place.nmId},"total":${total}}`;
}

/** The cursor where there is no card to take it from. */
function emptyCursor(modes: WildberriesModes, asked: CardPlace | undefined): string {
  if (modes.emptyCardsCursor === 'as-asked' && asked !== undefined) {
    return cursorJson(asked, 0);
  }
  return modes.emptyCardsCursor === 'empty-values'
    ? '"cursor":{"updatedAt":"","nmID":0,"total":0}'
    : '"cursor":{"total":0}';
}

/**
 * POST /content/v2/get/cards/list (WB docs). `total` counts the cards of this answer: fewer than `limit`, and it was
 * the last one. Cards in the trash are left out; so are those with photos unless `withPhoto` says otherwise.
 */
export function cardsList(world: World, errors: WbErrors): (request: ApiRequest) => Answer {
  const reader = new CardQuestionReader(errors);
  return (request) => {
    const question = reader.read(request.text);
    const { after } = question;
    const shown = take(shownCards(world), question);
    const last = shown.at(-1)?.card;
    const modes = world.modes.wildberries;
    const empty = `],${emptyCursor(modes, after)}}`;
    return listing(
      listPage({
        rows: shown.map(cardJson),
        isFirst: after === undefined,
        head: '{"cards":[',
        tail: (state) => {
          if (last === undefined || state === 'empty') {
            return empty;
          }
          // Paging is stuck when the answer sends the caller back to where he was.
          return state === 'loop'
            ? `],${cursorJson(after ?? last, question.limit)}}`
            : `],${cursorJson(last, shown.length)}}`;
        },
      }),
    );
  };
}
