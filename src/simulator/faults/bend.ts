import { type Answer, bodyText, type Page } from '../http/answer.js';
import { int64Digits, isRecord, parseExact, stringifyExact } from '../http/exact-json.js';
import type { FaultSpec, Shape } from './fault.js';

/** Leaves out `count` rows, evenly spread, so that neither the first nor only the last is missing. */
function withoutSome(page: Page, count: number): Iterable<string> {
  const rows = [...page.fragments()];
  const gone = new Set<number>();
  for (let at = 0; at < Math.min(count, rows.length); at += 1) {
    gone.add(Math.floor(((at + 0.5) * rows.length) / Math.min(count, rows.length)));
  }
  return page.wrap(rows.filter((_, at) => !gone.has(at)));
}

/** The last rows of the previous page once more at the head of this one; on a first page its own first rows. */
function withRepeats(page: Page, previous: Page | undefined, count: number): Iterable<string> {
  const rows = [...page.fragments()];
  const before = page.isFirst ? undefined : previous;
  const repeated = before ? [...before.fragments()].slice(-count) : rows.slice(0, count);
  return page.wrap([...repeated, ...rows]);
}

/** What a row is spoilt at: its figure, or its id where it has none. */
const FIGURES = ['present', 'quantity', 'amount', 'available_stock_count'] as const;
const IDS = ['product_id', 'warehouse_id', 'nmID', 'id'] as const;

function bendRow(row: Record<string, unknown>, shape: Shape): void {
  const inner = Array.isArray(row.stocks) && isRecord(row.stocks[0]) ? row.stocks[0] : row;
  const field = [...FIGURES, ...IDS].find((name) => name in inner) ?? 'present';
  const value = inner[field];
  switch (shape) {
    case 'missing-field':
      delete inner[field];
      break;
    case 'renamed-field':
      delete inner[field];
      inner[`${field}_v2`] = value;
      break;
    case 'number-as-text':
      inner[field] = int64Digits(value) ?? String(value);
      break;
    default:
      inner[field] = shape === 'negative' ? -5 : 'много';
  }
}

const LISTS = ['items', 'stocks', 'products', 'warehouses', 'cards'] as const;

/** The rows of any of our answers, wherever they lie, with the object that holds them. */
function findRows(
  body: unknown,
): { holder: Record<string, unknown>; list: string; rows: unknown[] } | undefined {
  for (const holder of isRecord(body) ? [body, body.data, body.result] : []) {
    for (const list of isRecord(holder) ? LISTS : []) {
      const rows = isRecord(holder) ? holder[list] : undefined;
      if (isRecord(holder) && Array.isArray(rows)) {
        return { holder, list, rows };
      }
    }
  }
  // An answer that is nothing but a list is held by an object of our own.
  return Array.isArray(body) ? { holder: { list: body }, list: 'list', rows: body } : undefined;
}

function misshapen(answer: Answer, shape: Shape): string {
  const body = parseExact(bodyText(answer.body));
  const found = findRows(body);
  if (shape === 'wrapper' || found === undefined) {
    return stringifyExact({ payload: body });
  }
  const { holder, list, rows } = found;
  if (shape === 'not-a-list') {
    holder[list] = { count: rows.length };
    return stringifyExact(Array.isArray(body) ? holder[list] : body);
  }
  const victim = rows.find((row) => isRecord(row) && !(Array.isArray(row.stocks) && row.stocks.length === 0));
  if (isRecord(victim)) {
    bendRow(victim, shape);
  }
  return stringifyExact(body);
}

/** The same answer, saying something wrong. */
export function bend(answer: Answer, fault: FaultSpec, previous: Page | undefined): Answer {
  const { page } = answer;
  const count = fault.count ?? 3;
  if (fault.kind === 'wrong-shape') {
    return { ...answer, body: misshapen(answer, fault.shape ?? 'wrapper') };
  }
  if (page === undefined) {
    return answer;
  }
  switch (fault.kind) {
    case 'missing-rows':
      return { ...answer, body: withoutSome(page, count) };
    case 'duplicate-rows':
      return { ...answer, body: withRepeats(page, previous, count) };
    case 'collapse-empty':
      return { ...answer, body: page.empty() };
    case 'looping-cursor':
      return { ...answer, body: page.loop() };
    default:
      return answer;
  }
}
