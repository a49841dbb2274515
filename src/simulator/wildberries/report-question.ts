import { WB_NM_IDS_MAX, WB_PAGE_MAX } from '../bounds.js';
import { Refusal } from '../http/answer.js';
import { int64Digits, isRecord, parseExact } from '../http/exact-json.js';
import type { WbErrors } from './errors.js';

/** What both stock reports are asked (WB docs, stocks-report/wb-warehouses and …/seller-warehouses). */
export interface Question {
  readonly nmIds: ReadonlySet<string>;
  readonly chrtIds: ReadonlySet<string>;
  readonly limit: number;
  readonly offset: number;
}

export class QuestionReader {
  private readonly body: Record<string, unknown>;

  constructor(
    text: string,
    private readonly errors: WbErrors,
  ) {
    this.body = this.parse(text);
  }

  read(): Question {
    return {
      nmIds: this.ids('nmIds', WB_NM_IDS_MAX),
      chrtIds: this.ids('chrtIds', Number.POSITIVE_INFINITY),
      limit: this.uint32('limit', WB_PAGE_MAX) || WB_PAGE_MAX,
      offset: this.uint32('offset', 4_294_967_295),
    };
  }

  private refuse(detail: string): never {
    throw new Refusal(this.errors.badRequest(detail));
  }

  private parse(text: string): Record<string, unknown> {
    let value: unknown;
    try {
      value = parseExact(text);
    } catch {
      return this.refuse('invalid: body (JSON object required)');
    }
    return isRecord(value) ? value : this.refuse('invalid: body (JSON object required)');
  }

  private ids(name: string, most: number): ReadonlySet<string> {
    const value = this.body[name] ?? [];
    if (!Array.isArray(value)) {
      return this.refuse(`invalid: ${name} (array required)`);
    }
    if (value.length > most) {
      return this.refuse(`invalid: ${name} (at most ${most} items)`);
    }
    return new Set(value.map((one) => int64Digits(one) ?? this.refuse(`invalid: ${name} (int64 required)`)));
  }

  private uint32(name: string, greatest: number): number {
    const value = this.body[name] ?? 0;
    if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > greatest) {
      return this.refuse(`invalid: ${name} (integer between 0 and ${greatest} required)`);
    }
    return value;
  }
}
