import { type Answer, bodyText, type Page } from '../http/answer.js';
import { isRecord } from '../http/exact-json.js';
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

function bendRow(row: Record<string, unknown>, shape: Shape): void {
  const inner = Array.isArray(row.stocks) && isRecord(row.stocks[0]) ? row.stocks[0] : row;
  const figure = 'present' in inner ? 'present' : 'quantity';
  if (shape === 'missing-field') {
    delete inner[figure];
  } else {
    inner[figure] = shape === 'negative' ? -5 : 'много';
  }
}

/** The rows of any of our answers, wherever they lie, with the object that holds them. */
function findRows(body: unknown): { holder: Record<string, unknown>; rows: unknown[] } | undefined {
  for (const holder of isRecord(body) ? [body, body.data, body.result] : []) {
    if (isRecord(holder) && Array.isArray(holder.items)) {
      return { holder, rows: holder.items };
    }
  }
  return undefined;
}

function misshapen(answer: Answer, shape: Shape): string {
  const body: unknown = JSON.parse(bodyText(answer.body));
  const found = findRows(body);
  if (shape === 'wrapper' || found === undefined) {
    return JSON.stringify({ payload: body });
  }
  if (shape === 'not-a-list') {
    found.holder.items = { count: found.rows.length };
    return JSON.stringify(body);
  }
  const victim = found.rows.find(
    (row) => isRecord(row) && !(Array.isArray(row.stocks) && row.stocks.length === 0),
  );
  if (isRecord(victim)) {
    bendRow(victim, shape);
  }
  return JSON.stringify(body);
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
