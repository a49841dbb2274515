import { type Feed, formatFeed } from '../../domain/feed.js';
import type { Source } from '../../domain/stock-key.js';
import { type Locale, WORDS } from '../words.js';
import type { InProcessReason } from './applied-wait.js';
import { clockTime, feedName, SYNC_WORDS } from './sync-words.js';
import type { Reading, Teller } from './teller.js';

/** Seldom enough for a person, or a log of cron, to read. */
const TELL_MS = 1_000;
/** A wait that nobody would wonder about. */
const SHORT_WAIT_MS = 2_000;

export interface PlainTellerOptions {
  readonly say: (line: string) => void;
  readonly locale: Locale;
  readonly timeZone: string;
  readonly now?: (() => number) | undefined;
}

/** Tells how a run is getting on in lines, where no terminal shows bars. */
export class PlainTeller implements Teller {
  readonly #toldAt = new Map<string, number>();
  readonly #until = new Map<string, number>();
  readonly #now: () => number;

  constructor(private readonly options: PlainTellerOptions) {
    this.#now = options.now ?? Date.now;
  }

  page(feed: Feed, { pages, rows, expectedPages }: Reading): void {
    const id = formatFeed(feed);
    const now = this.#now();
    if (now - (this.#toldAt.get(id) ?? -TELL_MS) < TELL_MS) return;
    this.#toldAt.set(id, now);
    const { words, number } = this.#language;
    const all =
      expectedPages === undefined || expectedPages < pages
        ? ''
        : ` ${words.of} ${number.format(expectedPages)}`;
    const name = feedName(feed.endpoint, this.options.locale);
    this.#say(feed.source, `${name}, ${words.page} ${number.format(pages)}${all}, ${this.#count(rows)}`);
  }

  waits(source: Source, bucket: string, until: number): void {
    const now = this.#now();
    // The same wait again, seen from another side, or one that is over before it is read.
    if (until - now < SHORT_WAIT_MS || until - (this.#until.get(bucket) ?? 0) < SHORT_WAIT_MS) return;
    this.#until.set(bucket, until);
    const { words } = this.#language;
    const { locale, timeZone } = this.options;
    const seconds = `${Math.ceil((until - now) / 1000)} ${WORDS[locale].seconds}`;
    this.#say(source, `${words.limit}, ${seconds}, ${words.until} ${clockTime(until, locale, timeZone)}`);
  }

  read(source: Source, rows: number): void {
    this.#say(source, `${this.#language.words.readAll} ${this.#count(rows)}`);
  }

  applied(source: Source): void {
    this.#say(source, this.#language.words.applied);
  }

  warning(source: Source, text: string): void {
    this.options.say(`${WORDS[this.options.locale].warning}: ${source}: ${text}`);
  }

  inProcess(reason: InProcessReason): void {
    this.options.say(this.#language.words.inProcess[reason]);
  }

  draining(): void {
    this.options.say(this.#language.words.draining);
  }

  get #language() {
    const { locale } = this.options;
    return { words: SYNC_WORDS[locale], number: new Intl.NumberFormat(locale) };
  }

  #count(rows: number): string {
    const { words, number } = this.#language;
    return `${number.format(rows)} ${words.rows(rows)}`;
  }

  #say(source: Source, text: string): void {
    this.options.say(`${source}: ${text}`);
  }
}
