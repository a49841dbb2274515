import type { Goods } from './day.js';
import type { Totals } from './findings.js';

interface Hour {
  readonly day: number;
  readonly time: string;
}

interface SyncFigures {
  readonly rows: number;
  readonly created: number;
  readonly updated: number;
  readonly closed: number;
}

/** What the demo says, in one language. */
export interface DemoWords {
  readonly title: string;
  readonly intro: (products: number) => string;
  readonly steps: {
    readonly servers: string;
    readonly preparation: string;
    readonly workers: string;
    readonly day: string;
    readonly findings: string;
    readonly live: string;
  };
  /** Progress of the engines, which they tell in English: what to say in place of what is found. */
  readonly engineWords: readonly (readonly [RegExp, string])[];
  readonly ownServer: (name: string, address: string) => string;
  readonly usersServer: (name: string, address: string, setting: string) => string;
  readonly environment: string;
  readonly databaseMade: (name: string) => string;
  readonly databaseFound: (name: string) => string;
  readonly topics: (prefix: string, count: number) => string;
  readonly replaying: (hours: number) => string;
  readonly simulator: (url: string) => string;
  readonly wbInterval: (seconds: number) => string;
  readonly mailbox: (address: string) => string;
  readonly envFile: (path: string) => string;
  readonly envFileHead: readonly string[];
  readonly workerReady: (names: string) => string;
  /** `how`: a signal's name, or an exit code. */
  readonly workerEnded: (name: string, how: string | number, log: string) => string;
  readonly dashboardName: string;
  readonly dashboard: (url: string) => string;
  readonly dashboardToken: (file: string) => string;
  readonly dashboardAnswered: (url: string, status: number) => string;
  readonly dashboardEnded: (how: string | number, log: string) => string;
  readonly busy: string;
  readonly hour: (hour: Hour) => string;
  readonly firstRead: string;
  readonly laterRead: string;
  readonly returned: string;
  readonly hoursPass: (hours: number) => string;
  readonly soldOut: (goods: Goods) => string;
  readonly vanished: (goods: Goods) => string;
  readonly drop: (source: string) => string;
  readonly synced: (source: string, figures: SyncFigures) => string;
  readonly nothingChanged: (source: string, rows: number) => string;
  readonly waitingForMail: string;
  readonly mailCame: (subject: string) => string;
  readonly queries: string;
  readonly queriesBy: (user: string, zone: string) => string;
  readonly truth: string;
  readonly agrees: (source: string, totals: Totals) => string;
  readonly differs: (source: string, stored: Totals, truth: Totals) => string;
  readonly knownToo: (source: string, count: number) => string;
  readonly events: string;
  readonly event: (goods: Goods, before: number, after: number, isClosed: boolean) => string;
  readonly totalMoved: (source: string, before: number, after: number) => string;
  readonly changes: (count: number) => string;
  readonly changeColumns: readonly [string, string, string, string, string, string];
  readonly newRow: string;
  readonly closedRow: string;
  readonly schemeTotal: string;
  readonly mail: string;
  readonly mailFrom: string;
  readonly mailTo: string;
  readonly mailSubject: string;
  readonly moreLines: (count: number) => string;
  readonly places: string;
  readonly place: {
    readonly kafka: string;
    readonly topics: string;
    readonly mysql: string;
    readonly password: string;
    readonly settings: string;
    readonly logs: string;
    readonly simulator: string;
    readonly dashboard: string;
    readonly stopped: (names: string) => string;
    readonly staying: string;
  };
  readonly next: string;
  readonly nextCommands: {
    readonly check: string;
    readonly sync: string;
    readonly drop: string;
    readonly collapse: string;
    readonly restore: string;
  };
  readonly again: (folder: string) => string;
  readonly goesOn: (seconds: number) => string;
  readonly liveLine: (hour: Hour, parts: string) => string;
  readonly liveChanges: (source: string, changes: number) => string;
  readonly syncFailed: (code: number, message: string) => string;
  readonly stopped: (names: string) => string;
  readonly finished: (seconds: string) => string;
}

/** A line of the engines in the reader's language, where its words are known. */
export function engineLine(line: string, words: DemoWords): string {
  const known = words.engineWords.find(([pattern]) => pattern.test(line));
  return known === undefined ? line : line.replace(known[0], known[1]);
}
