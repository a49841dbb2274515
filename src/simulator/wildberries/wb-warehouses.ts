import { joinFragments, WB_NM_IDS_MAX, WB_PAGE_MAX } from '../bounds.js';
import { type Answer, type ApiRequest, type Page, Refusal } from '../http/answer.js';
import { int64Digits, isRecord, parseExact } from '../http/exact-json.js';
import type { WildberriesModes } from '../modes.js';
import type { WbStock } from '../world/types.js';
import type { World } from '../world/world.js';
import type { MethodRules } from './access.js';
import type { WbErrors } from './errors.js';

/** 3 calls a minute, one at a time; not for base tokens (WB docs, stocks-report/wb-warehouses). */
export const WB_WAREHOUSES_RULES: MethodRules = {
  name: 'wb-warehouses',
  category: 'analytics',
  noBaseToken: true,
  intervalMs: (modes) => modes.warehousesIntervalMs,
  burst: 1,
};

interface Question {
  readonly nmIds: ReadonlySet<string>;
  readonly chrtIds: ReadonlySet<string>;
  readonly limit: number;
  readonly offset: number;
}

function rowJson(row: WbStock): string {
  return (
    `{"nmId":${row.nmId},"chrtId":${row.chrtId},"warehouseId":${row.warehouseId},` +
    `"warehouseName":${JSON.stringify(row.warehouseName)},"regionName":${JSON.stringify(row.regionName)},` +
    `"quantity":${row.quantity},"inWayToClient":${row.inWayToClient},"inWayFromClient":${row.inWayFromClient}}`
  );
}

class QuestionReader {
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

function asked(rows: readonly WbStock[], question: Question): readonly WbStock[] {
  const { nmIds, chrtIds } = question;
  if (nmIds.size === 0) {
    // chrtIds narrow the given nmIds; alone they mean nothing.
    return rows;
  }
  return rows.filter((row) => nmIds.has(row.nmId) && (chrtIds.size === 0 || chrtIds.has(row.chrtId)));
}

function wrap(fragments: Iterable<string>): Iterable<string> {
  return joinFragments('{"data":{"items":[', fragments, ']}}');
}

function* rowsJson(rows: readonly WbStock[]): Iterable<string> {
  for (const row of rows) {
    yield rowJson(row);
  }
}

function reportPage(rows: readonly WbStock[], question: Question): Page {
  const shown = rows.slice(question.offset, question.offset + question.limit);
  return {
    size: shown.length,
    isFirst: question.offset === 0,
    fragments: () => rowsJson(shown),
    wrap,
    empty: () => wrap([]),
    // There is no cursor here: paging is stuck when the offset is ignored.
    loop: () => wrap(rowsJson(rows.slice(0, question.limit))),
  };
}

function nothing(modes: WildberriesModes): Answer {
  return modes.emptyAnswer === 'no-content'
    ? { status: 204, headers: {}, body: '' }
    : { status: 200, headers: { 'content-type': 'application/json' }, body: Array.from(wrap([])) };
}

/**
 * POST /api/analytics/v1/stocks-report/wb-warehouses (WB docs): stock in Wildberries' warehouses, a row per size
 * and warehouse. `limit` 0 or absent means 250,000. Nothing to tell, also past the end: 204.
 */
export function wbWarehouses(world: World, errors: WbErrors): (request: ApiRequest) => Answer {
  return (request) => {
    const question = new QuestionReader(request.text, errors).read();
    const rows = asked(world.wildberries.report(), question);
    if (rows.length <= question.offset) {
      return nothing(world.modes.wildberries);
    }
    const page = reportPage(rows, question);
    return {
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: page.wrap(page.fragments()),
      page,
    };
  };
}
