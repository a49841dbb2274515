import { Readable } from 'node:stream';
import { Catalogue } from './catalogue.js';
import { drain, type Stretch } from './drain.js';
import { PlainTable, ROWS_PER_STATEMENT } from './plain-table.js';
import type { Measured } from './usage.js';
import { Stopwatch } from './usage.js';

export interface RivalTask {
  /** Grows from case to case, and the time that is written with it. */
  readonly generation: number;
  readonly brokers: string;
  /** Where the case's snapshot lies, and what is in it. */
  readonly stretch: Stretch;
  readonly rows: number;
  readonly sum: number;
}

export interface RivalRun extends Measured {
  readonly rows: number;
}

export type Rival = (task: RivalTask) => Promise<RivalRun>;

const timeOf = (generation: number) => new Date(Date.UTC(2026, 0, 1, 0, generation));

/** A: upserts every row from memory, one connection, one statement after another, as a plain synchroniser does. */
export function upsertFromMemory(table: PlainTable, count: number): Rival {
  const catalogue = new Catalogue(count);
  return async ({ generation }) => {
    const rows = placesOf(count).map((place) =>
      PlainTable.valuesOf(catalogue.rowAt(place), timeOf(generation)),
    );
    const watch = new Stopwatch();
    watch.begin();
    for (let start = 0; start < count; start += ROWS_PER_STATEMENT)
      await table.upsert(rows.slice(start, start + ROWS_PER_STATEMENT));
    watch.mark();
    await table.expect(count, catalogue.sum);
    return { ...watch.read(), rows: count };
  };
}

/** B: one LOAD DATA statement that replaces every row, its text made beforehand. */
export function loadFromMemory(table: PlainTable, count: number): Rival {
  const catalogue = new Catalogue(count);
  return async ({ generation }) => {
    const time = timeOf(generation).toISOString().slice(0, -1).replace('T', ' ');
    const line = (place: number) => {
      const row = catalogue.rowAt(place);
      const figures = [row.quantity, row.inWayToClient, row.inWayFromClient];
      return ['wildberries', row.chrtId, row.warehouseId, 'fbw', ...figures, time].join('\t');
    };
    const text = Buffer.from(`${placesOf(count).map(line).join('\n')}\n`);
    const watch = new Stopwatch();
    watch.begin();
    await table.connection.query({
      sql: `LOAD DATA LOCAL INFILE 'rows' REPLACE INTO TABLE ${table.name}`,
      infileStreamFactory: () => Readable.from(pieces(text)),
    });
    watch.mark();
    await table.expect(count, catalogue.sum);
    return { ...watch.read(), rows: count };
  };
}

/** C: reads the topic, parses it and counts. */
export const drainOnly: Rival = async ({ brokers, stretch, rows }) => {
  const watch = new Stopwatch();
  let counted = 0;
  const joined = () => watch.begin();
  await drain(brokers, stretch, joined, (page) => {
    counted += page.rows.length;
    watch.mark();
  });
  if (counted !== rows) throw new Error(`${counted} rows were read, not ${rows}`);
  return { ...watch.read(), rows };
};

/** E: reads the topic and upserts whatever a page says, at least once. */
export function drainAndUpsert(table: PlainTable): Rival {
  return async ({ brokers, stretch, rows, sum }) => {
    const watch = new Stopwatch();
    const joined = () => watch.begin();
    await drain(brokers, stretch, joined, async (page) => {
      const observedAt = new Date(page.fetchedAt);
      await table.upsert(page.rows.map((row) => PlainTable.valuesOf(row, observedAt)));
      watch.mark();
    });
    await table.expect(rows, sum);
    return { ...watch.read(), rows };
  };
}

function placesOf(count: number): number[] {
  return Array.from({ length: count }, (_, place) => place);
}

const PIECE_BYTES = 64 * 1024;

function* pieces(text: Buffer): Generator<Buffer> {
  for (let start = 0; start < text.length; start += PIECE_BYTES)
    yield text.subarray(start, start + PIECE_BYTES);
}
