import { relative } from 'node:path';
import type { LoadedConfig } from '../../../config/load.js';
import { number, sourceName } from '../../domain/anomaly/wording.js';
import { SOURCES, type Source } from '../../domain/stock-key.js';
import { AppError } from '../../errors.js';
import type { ReceivedMail } from '../../simulator/smtp-sink.js';
import type { World } from '../../simulator/world/world.js';
import type { Row } from '../../store/database.js';
import type { Goods } from './day.js';
import { type Change, type Findings, GUIDE_QUERIES, totalsOf } from './findings.js';
import type { DemoFolder } from './folder.js';
import type { Screen } from './screen.js';
import type { DemoWords } from './words.js';

const MAIL_LINES = 30;
/** Of each marketplace. */
const CHANGES = 6;

export interface ReportParts {
  readonly screen: Screen;
  readonly words: DemoWords;
  /** The demo's settings. */
  readonly loaded: LoadedConfig;
  readonly findings: Findings;
}

/** The guide's queries with their answers. */
export async function showQueries({ screen, words, loaded, findings }: ReportParts): Promise<void> {
  const { db, timeZone } = loaded.config;
  screen.heading(words.queries);
  for (const sql of GUIDE_QUERIES) {
    const rows = await findings.query(sql);
    screen.print(`${sql}\n`);
    screen.table(asTable(rows, timeZone));
    screen.print('');
  }
  screen.aside(`  ${words.queriesBy(db.user, timeZone)}`);
}

function asTable(rows: readonly Row[], timeZone: string): string[][] {
  const columns = Object.keys(rows[0] ?? {});
  const text = (value: unknown) => (value instanceof Date ? dateTime(value, timeZone) : String(value));
  return [columns, ...rows.map((row) => columns.map((column) => text(row[column])))];
}

/** @throws INVARIANT where the tables hold something else than the marketplaces report */
export async function showTruth({ screen, words, findings }: ReportParts, world: World): Promise<void> {
  screen.heading(words.truth);
  let agree = true;
  for (const source of SOURCES) {
    const truth = totalsOf(world.truth(source, { fbs: true }));
    const stored = await findings.totals(source);
    const inventory = await findings.inventory(source);
    const same =
      stored.rows === truth.rows &&
      stored.products === truth.products &&
      stored.available === truth.available &&
      inventory.available === truth.available &&
      inventory.products >= truth.products;
    agree &&= same;
    if (same) screen.confirmed(words.agrees(sourceName(source), truth));
    else screen.contradicted(words.differs(sourceName(source), stored, truth));
    const silent = inventory.products - truth.products;
    if (same && silent > 0) screen.aside(`    ${words.knownToo(sourceName(source), silent)}`);
  }
  if (agree) return;
  throw new AppError('INVARIANT', 'the tables hold something else than the marketplaces report', {
    remedy: 'please report it, with the logs of the demo',
  });
}

export interface DayEvents {
  /** Products that something has happened to, and the reads that have seen it. */
  readonly goods: readonly Goods[];
  readonly seenIn: readonly string[];
  readonly drop: { readonly source: Source; readonly before: number; readonly after: number };
}

/** What was done to the shop, as the ledger tells it. */
export async function showEvents(
  { screen, words, findings }: ReportParts,
  { goods, seenIn, drop }: DayEvents,
): Promise<void> {
  screen.heading(words.events);
  for (const one of goods) {
    const change = await findings.changesOf(one.productId, seenIn);
    if (change !== null) screen.print(`  ${words.event(one, change.before, change.after, change.isClosed)}`);
  }
  screen.print(`  ${words.totalMoved(sourceName(drop.source), drop.before, drop.after)}`);
}

/** The newest lines of the ledger. */
export async function showChanges({ screen, words, loaded, findings }: ReportParts): Promise<void> {
  const changes: Change[] = [];
  for (const source of SOURCES) changes.push(...(await findings.lastChanges(source, CHANGES)));
  screen.heading(words.changes(changes.length));
  const rows = changes.map((change) => [
    dateTime(change.at, loaded.config.timeZone).slice(-8),
    sourceName(change.source),
    change.product,
    change.scheme,
    change.warehouse || words.schemeTotal,
    `${change.before ?? words.newRow} → ${change.after}${change.isClosed ? ` (${words.closedRow})` : ''}`,
  ]);
  screen.table([words.changeColumns, ...rows]);
}

/** Its beginning, and the line about the sharp drop, however far down that is. */
export function showMail({ screen, words }: ReportParts, mail: ReceivedMail, { drop }: DayEvents): void {
  screen.heading(words.mail);
  screen.print(`  ${words.mailFrom}: ${mail.sender}`);
  screen.print(`  ${words.mailTo}: ${mail.to.join(', ')}`);
  screen.print(`  ${words.mailSubject}: ${mail.subject}\n`);
  const figures = [drop.before, drop.after].map((figure) => number(screen.locale, figure)).join(' → ');
  const lines = mail.text.trimEnd().split('\n');
  const shown = lines.filter((line, index) => index < MAIL_LINES || line.includes(figures));
  for (const line of shown) screen.quote(line);
  if (lines.length > shown.length) screen.quote(words.moreLines(lines.length - shown.length));
}

/** Addresses, files, and what to try next; with `once` only what is still there when it is read. */
export function showPlaces(
  { screen, words, loaded }: ReportParts,
  {
    folder,
    url,
    dashboard,
    once,
    toStop,
  }: {
    readonly folder: DemoFolder;
    readonly url: string;
    readonly dashboard: string;
    readonly once: boolean;
    readonly toStop: readonly string[];
  },
): void {
  const { db, kafka } = loaded.config;
  const { place } = words;
  const settings = shownPath(folder.envFile);
  screen.heading(words.places);
  const lines: [name: string, what: string][] = [
    [place.kafka, kafka.brokers.join(', ')],
    [place.topics, `${kafka.topicPrefix}.raw-snapshots.v1, .stock-changes.v1, .sync-events.v1, .alerts.v1`],
    [place.mysql, `mysql -h ${db.host} -P ${db.port} -u ${db.user} -p ${db.name}`],
    ['', place.password],
    [place.settings, settings],
    [place.logs, shownPath(folder.logs)],
  ];
  if (!once) lines.push([place.simulator, url], [place.dashboard, dashboard]);
  const width = Math.max(...lines.map(([name]) => name.length));
  for (const [name, what] of lines) screen.print(`  ${name.padEnd(width)}  ${what}`);
  if (once) {
    screen.aside(`\n  ${toStop.length > 0 ? place.stopped(toStop.join(', ')) : place.staying}`);
    screen.aside(`  ${words.again(shownPath(folder.dir))}`);
    return;
  }
  screen.heading(words.next);
  for (const [what, command] of nextCommands(words, settings, url)) {
    screen.aside(`  # ${what}`);
    screen.print(`  ${command}`);
  }
}

function nextCommands(words: DemoWords, settings: string, url: string): [string, string][] {
  const { nextCommands: what } = words;
  const own = (command: string) => `node dist/src/cli/index.js --env-file ${settings} ${command}`;
  const shop = (call: string, body: object) =>
    `curl -X POST ${url}/_sim/${call} -d '${JSON.stringify(body)}'`;
  return [
    [what.check, own('check')],
    [what.sync, own('sync --source=all')],
    [what.drop, shop('drop', { source: 'ozon', share: 0.33 })],
    [what.collapse, shop('collapse', { source: 'ozon', keepShare: 0.1 })],
    [what.restore, shop('restore', { source: 'ozon' })],
  ];
}

/** From the working folder, as it would be typed; whole where it lies elsewhere. */
export function shownPath(path: string): string {
  const fromHere = relative(process.cwd(), path);
  return fromHere === '' || fromHere.startsWith('..') ? path : fromHere;
}

/** `2025-11-22 14:05:09` in that zone. */
function dateTime(at: Date, timeZone: string): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' }).format(at);
}
