import { joinFragments } from '../bounds.js';
import type { Answer, ApiRequest, Page } from '../http/answer.js';
import { listing } from '../http/listing.js';
import type { WildberriesModes } from '../modes.js';
import type { WbStock } from '../world/types.js';
import type { WbOwnStock } from '../world/wb-report.js';
import type { World } from '../world/world.js';
import type { MethodRules } from './access.js';
import type { WbErrors } from './errors.js';
import { type Question, QuestionReader } from './report-question.js';

/** 3 calls a minute, one at a time; not for base tokens (WB docs, both stock reports). */
export const WB_WAREHOUSES_RULES: MethodRules = {
  name: 'wb-warehouses',
  host: 'analytics',
  category: 'analytics',
  noBaseToken: true,
  intervalMs: (modes) => modes.warehousesIntervalMs,
  burst: 1,
};

export const SELLER_REPORT_RULES: MethodRules = {
  ...WB_WAREHOUSES_RULES,
  name: 'seller-warehouses',
  intervalMs: (modes) => modes.sellerReportIntervalMs,
};

function ownJson(row: WbOwnStock): string {
  return (
    `"nmId":${row.nmId},"chrtId":${row.chrtId},"warehouseId":${row.warehouseId},` +
    `"warehouseName":${JSON.stringify(row.warehouseName)},"regionName":${JSON.stringify(row.regionName)},` +
    `"quantity":${row.quantity}`
  );
}

function rowJson(row: WbStock): string {
  return `{${ownJson(row)},"inWayToClient":${row.inWayToClient},"inWayFromClient":${row.inWayFromClient}}`;
}

function asked<T extends WbOwnStock>(rows: readonly T[], question: Question): readonly T[] {
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

function* rowsJson<T>(rows: readonly T[], json: (row: T) => string): Iterable<string> {
  for (const row of rows) {
    yield json(row);
  }
}

function reportPage<T>(rows: readonly T[], question: Question, json: (row: T) => string): Page {
  const shown = rows.slice(question.offset, question.offset + question.limit);
  return {
    size: shown.length,
    isFirst: question.offset === 0,
    fragments: () => rowsJson(shown, json),
    wrap,
    empty: () => wrap([]),
    // There is no cursor here: paging is stuck when the offset is ignored.
    loop: () => wrap(rowsJson(rows.slice(0, question.limit), json)),
  };
}

function nothing(modes: WildberriesModes): Answer {
  return modes.emptyAnswer === 'no-content'
    ? { status: 204, headers: {}, body: '' }
    : { status: 200, headers: { 'content-type': 'application/json' }, body: Array.from(wrap([])) };
}

/** Nothing to tell, also past the end: 204. */
function answer<T extends WbOwnStock>(
  world: World,
  question: Question,
  report: readonly T[],
  json: (row: T) => string,
): Answer {
  const rows = asked(report, question);
  return rows.length <= question.offset
    ? nothing(world.modes.wildberries)
    : listing(reportPage(rows, question, json));
}

/**
 * POST /api/analytics/v1/stocks-report/wb-warehouses (WB docs): stock in Wildberries' warehouses, a row per size
 * and warehouse. `limit` 0 or absent means 250,000.
 */
export function wbWarehouses(world: World, errors: WbErrors): (request: ApiRequest) => Answer {
  return (request) => {
    const question = new QuestionReader(request.text, errors).read();
    return answer(world, question, world.wildberries.reports().marketplace, rowJson);
  };
}

/** POST …/stocks-report/seller-warehouses (WB docs, since 2026-08-24): the same for the seller's own warehouses. */
export function sellerReport(world: World, errors: WbErrors): (request: ApiRequest) => Answer {
  return (request) => {
    const question = new QuestionReader(request.text, errors).read();
    return answer(world, question, world.wildberries.reports().seller, (row) => `{${ownJson(row)}}`);
  };
}
