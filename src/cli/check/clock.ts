import { RequestGate } from '../../marketplaces/http/request-gate.js';
import type { Database, Row } from '../../store/database.js';
import type { Locale } from '../words.js';
import { DOCTOR_WORDS } from './doctor-languages.js';
import type { Finding, Problem } from './finding.js';

/** From here on a clock is not only late by what an answer takes. */
const WARN_MS = 5_000;
/** From here on keys that are good count as ended, or the other way round, and data as fresh that is not. */
const WRONG_MS = 5 * 60_000;

/** Our clock less theirs lies between these, in milliseconds. */
export interface Offset {
  readonly name: string;
  readonly least: number;
  readonly most: number;
}

/** The part of `offset` that no delay explains; 0 where the clocks may agree. */
function surely({ least, most }: Offset): number {
  if (least > 0) return least;
  return most < 0 ? most : 0;
}

/**
 * By the `Date` of an answer (RFC 9110, whole seconds), which was made somewhen between request and answer.
 *
 * @param sentAt @param heardAt Unix milliseconds of our clock
 * @returns null where the header is none
 */
export function offsetOf(
  name: string,
  date: string | undefined,
  sentAt: number,
  heardAt: number,
): Offset | null {
  const theirs = date === undefined ? Number.NaN : Date.parse(date);
  if (Number.isNaN(theirs)) return null;
  return { name, least: sentAt - theirs - 1_000, most: heardAt - theirs };
}

/** Lets requests pass as usual, and takes the time by what comes back. */
export class ClockGate extends RequestGate {
  readonly #offsets: Offset[] = [];

  constructor(
    most: number,
    private readonly name: string,
  ) {
    super(most);
  }

  /** The narrowest of those seen. */
  get offset(): Offset | null {
    const narrowest = this.#offsets.sort((a, b) => a.most - a.least - (b.most - b.least))[0];
    return narrowest ?? null;
  }

  override run<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    return super.run(async () => {
      const sentAt = Date.now();
      const answer = await work();
      const offset = offsetOf(this.name, dateIn(answer), sentAt, Date.now());
      if (offset !== null) this.#offsets.push(offset);
      return answer;
    }, signal);
  }
}

function dateIn(answer: unknown): string | undefined {
  if (typeof answer !== 'object' || answer === null || !('headers' in answer)) return undefined;
  return (answer.headers as Readonly<Record<string, string | undefined>>).date;
}

export interface DatabaseClock {
  readonly offset: Offset;
  /** Of our sessions, which ask for UTC, and of the server. */
  readonly sessionZone: string;
  readonly serverZone: string;
}

export async function databaseClock(db: Pick<Database, 'query'>): Promise<DatabaseClock> {
  const sentAt = Date.now();
  const [row] = await db.query<Row>(
    `SELECT UNIX_TIMESTAMP(NOW(3)) AS seconds, @@session.time_zone AS session_zone,
            @@global.time_zone AS server_zone, @@system_time_zone AS system_zone`,
  );
  const theirs = Number(row?.seconds) * 1000;
  const server = String(row?.server_zone);
  return {
    offset: { name: 'MySQL', least: sentAt - theirs, most: Date.now() - theirs },
    sessionZone: String(row?.session_zone),
    serverZone: server === 'SYSTEM' ? String(row?.system_zone) : server,
  };
}

/** @param shops what the marketplaces' answers told @param database null: not reached */
export function judgeClock(
  shops: readonly Offset[],
  database: DatabaseClock | null,
  locale: Locale,
): Finding {
  const words = DOCTOR_WORDS[locale].clock;
  const seen = [...shops, ...(database === null ? [] : [database.offset])];
  if (seen.length === 0) return { unused: words.nobody };
  const off = seen.filter((one) => Math.abs(surely(one)) > WARN_MS);
  const fine = seen.filter((one) => !off.includes(one)).map(({ name }) => name);
  // Where the marketplaces go with us, it is the database that is alone.
  const isDatabaseAlone = shops.length > 0 && off.every(({ name }) => name === 'MySQL');
  const problems = off.map((one): Problem => {
    const ms = surely(one);
    const level = Math.abs(ms) > WRONG_MS ? 'error' : 'warning';
    const what = words.off(one.name, Math.round(Math.abs(ms) / 1000), ms > 0);
    return { level, what, remedy: isDatabaseAlone ? words.mendDatabase : words.mend };
  });
  const zone = database === null ? [] : zoneProblems(database, locale);
  const details = [
    ...(fine.length === 0 ? [] : [words.agrees(fine.join(', '))]),
    ...(database === null || zone.length > 0 ? [] : [words.zone(database.serverZone)]),
  ];
  return {
    details,
    problems: [...problems, ...zone],
    data: { offsetsMs: Object.fromEntries(seen.map((one) => [one.name, surely(one)])) },
  };
}

/** Something between us and the server (a proxy) has not let our SET pass: times would be off by hours. */
function zoneProblems({ sessionZone }: DatabaseClock, locale: Locale): Problem[] {
  if (sessionZone === '+00:00') return [];
  const words = DOCTOR_WORDS[locale].clock;
  return [{ level: 'error', what: words.sessionZone(sessionZone), remedy: words.mendZone }];
}
