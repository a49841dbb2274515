import { WB_CARDS_MAX, WB_CARDS_USUAL } from '../bounds.js';
import { Refusal } from '../http/answer.js';
import { int64Digits, isRecord, parseExact } from '../http/exact-json.js';
import type { WbErrors } from './errors.js';

/** A place in the list of cards, which is by `updatedAt` and `nmID`. */
export interface CardPlace {
  /** Unix milliseconds. */
  readonly updatedAt: number;
  readonly nmId: string;
}

export interface CardQuestion {
  readonly ascending: boolean;
  readonly limit: number;
  /** Cards beyond this place only. */
  readonly after: CardPlace | undefined;
  /** 0: without photos (the default!), 1: with, -1: all. */
  readonly withPhoto: number;
  readonly text: string;
  readonly brands: readonly string[];
  readonly objectIds: ReadonlySet<string>;
  readonly tagIds: number;
  readonly imtId: string | undefined;
}

type Fields = Readonly<Record<string, unknown>>;

/** Reads the body of POST /content/v2/get/cards/list (WB docs). */
export class CardQuestionReader {
  constructor(private readonly errors: WbErrors) {}

  read(text: string): CardQuestion {
    const settings = this.inner(this.parse(text), 'settings');
    const filter = this.inner(settings, 'filter');
    const cursor = this.inner(settings, 'cursor');
    return {
      ascending: this.inner(settings, 'sort').ascending === true,
      limit: this.limit(cursor.limit),
      after: this.place(cursor),
      withPhoto: this.photo(filter.withPhoto),
      text: typeof filter.textSearch === 'string' ? filter.textSearch : '',
      brands: this.list(filter, 'brands').map(String),
      objectIds: new Set(this.list(filter, 'objectIDs').map((id) => int64Digits(id) ?? '')),
      tagIds: this.list(filter, 'tagIDs').length,
      imtId: filter.imtID === undefined ? undefined : int64Digits(filter.imtID),
    };
  }

  private refuse(what: string): never {
    throw new Refusal(this.errors.content(400, `Некорректный запрос: ${what}`));
  }

  private parse(text: string): Fields {
    try {
      const body = parseExact(text);
      if (isRecord(body)) {
        return body;
      }
    } catch {
      // Said below.
    }
    throw new Refusal(this.errors.undecodable());
  }

  private inner(fields: Fields, name: string): Fields {
    const value = fields[name] ?? {};
    return isRecord(value) ? value : this.refuse(name);
  }

  private list(fields: Fields, name: string): readonly unknown[] {
    const value = fields[name] ?? [];
    return Array.isArray(value) ? value : this.refuse(name);
  }

  private limit(value: unknown = WB_CARDS_USUAL): number {
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > WB_CARDS_MAX) {
      return this.refuse(`limit, не больше ${WB_CARDS_MAX}`);
    }
    return value || WB_CARDS_USUAL;
  }

  private photo(value: unknown = 0): number {
    return value === -1 || value === 0 || value === 1 || value === 2 ? value : this.refuse('withPhoto');
  }

  private place(cursor: Fields): CardPlace | undefined {
    const { updatedAt, nmID } = cursor;
    if (updatedAt === undefined || updatedAt === null || updatedAt === '') {
      return undefined;
    }
    const at = typeof updatedAt === 'string' ? Date.parse(updatedAt) : Number.NaN;
    const nmId = int64Digits(nmID ?? 0);
    return Number.isNaN(at) || nmId === undefined ? this.refuse('cursor') : { updatedAt: at, nmId };
  }
}
