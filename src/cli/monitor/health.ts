import type { Broker } from '../../broker/broker.js';
import { configuredSources } from '../../configured-shops.js';
import { duration, number } from '../../domain/anomaly/wording.js';
import type { Source } from '../../domain/stock-key.js';
import { isAppError } from '../../errors.js';
import type { Installation } from '../../main.js';
import type { Database } from '../../store/database.js';
import { createFeedHealth, type FeedHealth } from '../../store/feed-health.js';
import { toldHere } from '../check/told-here.js';
import type { CommandContext } from '../context.js';
import { shopOf } from '../sync/shop.js';
import { SOURCE_NAMES } from '../sync/sync-words.js';
import { Drain } from './drain.js';
import { friendlyTime } from './friendly-time.js';
import { type ObservedSource, observationRecords, observations } from './observations.js';
import type { Part } from './part.js';
import { alertsPart, deadLettersPart, diskPart, mailPart } from './parts.js';
import { liveMembers, oldestWaiting, type PartitionLag, readLag, tellSyncEvents } from './pipe.js';
import { sayVerdict } from './say-verdict.js';
import { isoOf, type StandingOptions, sourcePart } from './source-standing.js';
import { type KeyTold, keyExpiry } from './sources.js';
import { MONITOR_WORDS } from './words.js';

const DAY_MS = 86_400_000;
/** As the rule lag-growing has it. */
const LATE_MS = 15 * 60_000;

/** `monitor --health-check`: looks at every part, tells the rules what it saw, and says it. */
export async function healthCheck(
  installation: Installation,
  context: CommandContext,
  json: boolean,
): Promise<number> {
  const look = new Look(installation, context.shutdown.signal, Date.now());
  try {
    const parts = await look.run();
    return sayVerdict(parts, { json, now: look.now }, context);
  } finally {
    // Whoever asks how things are does not wait for a slow mail server to learn it.
    await look.finish();
  }
}

interface Seen {
  readonly parts: readonly Part[];
  readonly observed: readonly ObservedSource[];
}

class Look {
  #drain: Drain | undefined;

  constructor(
    private readonly installation: Installation,
    private readonly signal: AbortSignal,
    readonly now: number,
  ) {}

  async run(): Promise<Part[]> {
    const { config } = this.installation;
    const [database, broker] = await Promise.all([
      this.#open('database', () => this.installation.database()),
      this.#open('kafka', () => this.installation.broker()),
    ]);
    const mail = mailPart(config);
    const pipe = broker.opened === null ? null : await this.#pipe(broker.opened);
    const letters = database.opened === null ? [] : await createFeedHealth(database.opened).deadLetters();
    const sources = await this.#sources(database.opened, broker.opened, pipe?.lags ?? null, letters);
    if (broker.opened !== null && pipe !== null && database.opened !== null)
      await this.#publish(broker.opened, sources.observed, pipe.members !== null);
    const kafka = pipe?.part ?? broker.part;
    return [
      database.part,
      kafka,
      ...sources.parts,
      ...(database.opened === null
        ? []
        : [deadLettersPart(letters, config.locale), await alertsPart(database.opened, config)]),
      await mail,
      await diskPart(config),
    ];
  }

  /** Sends what follows from the look. Never throws. */
  async finish(): Promise<void> {
    await this.#drain?.finish();
  }

  async #open<T>(
    name: 'database' | 'kafka',
    open: () => Promise<T>,
  ): Promise<{ opened: T | null; part: Part }> {
    const { locale } = this.installation.config;
    const base = { name, title: MONITOR_WORDS[locale].titles[name], facts: [] };
    try {
      return { opened: await open(), part: { ...base, status: 'ok', problems: [] } };
    } catch (error) {
      return { opened: null, part: { ...base, status: 'down', problems: [toldHere(error, locale)] } };
    }
  }

  async #pipe(broker: Broker) {
    const { config, prefix } = this.installation;
    const { locale } = config;
    const words = MONITOR_WORDS[locale];
    const base = { name: 'kafka', title: words.titles.kafka } as const;
    try {
      const lags = await readLag(broker, prefix);
      const members = await liveMembers(broker, prefix);
      const oldestAt = await this.#oldest(broker, lags);
      const records = lags.reduce((sum, lag) => sum + lag.records, 0);
      const isLate = oldestAt !== null && this.now - oldestAt > LATE_MS;
      const age = duration(locale, oldestAt === null ? 0 : this.now - oldestAt);
      const count = number(locale, records);
      const part: Part = {
        ...base,
        status: isLate ? 'degraded' : 'ok',
        problems: isLate ? [{ what: words.lagAge(count, age), remedy: words.lagRemedy }] : [],
        facts: [
          members.every((one) => one === 0) ? words.noMembers : words.members(...members),
          ...(records > 0 && !isLate ? [words.lag(count)] : []),
        ],
        data: {
          members: { projector: members[0], anomaly: members[1], mailer: members[2] },
          lag: { records, oldestAt: isoOf(oldestAt) },
        },
      };
      return { lags, members, part };
    } catch (error) {
      const part: Part = { ...base, status: 'down', facts: [], problems: [toldHere(error, locale)] };
      return { lags: null, members: null, part };
    }
  }

  #oldest(broker: Broker, lags: readonly PartitionLag[]): Promise<number | null> {
    const { config, prefix } = this.installation;
    const earliest = this.now - (config.retention.rawDays + 1) * DAY_MS;
    return oldestWaiting(broker, prefix, lags, earliest, this.now);
  }

  async #sources(
    database: Database | null,
    broker: Broker | null,
    lags: readonly PartitionLag[] | null,
    letters: readonly { readonly key: string; readonly count: number }[],
  ): Promise<Seen> {
    const { loaded, config } = this.installation;
    const words = MONITOR_WORDS[config.locale];
    const sources = configuredSources(loaded.config);
    if (sources.length === 0) {
      const problems = [{ what: words.noSources, remedy: words.noSourcesRemedy }];
      const part: Part = {
        name: 'sources',
        title: words.titles.sources,
        status: 'down',
        facts: [],
        problems,
      };
      return { parts: [part], observed: [] };
    }
    const parts: Part[] = [];
    const observed: ObservedSource[] = [];
    for (const source of sources) {
      const seen = await this.#source(source, database, letters);
      parts.push(seen.part);
      if (seen.observed === null) continue;
      const own = new Set(seen.observed.feeds.map(({ partition }) => partition));
      const waiting = lags?.filter(({ partition }) => own.has(partition));
      const lag =
        waiting === undefined || broker === null
          ? undefined
          : {
              records: waiting.reduce((sum, one) => sum + one.records, 0),
              oldestAt: await this.#oldest(broker, waiting),
            };
      observed.push({ ...seen.observed, lag });
    }
    return { parts, observed };
  }

  async #source(
    source: Source,
    database: Database | null,
    letters: readonly { readonly key: string; readonly count: number }[],
  ): Promise<{ readonly part: Part; readonly observed: ObservedSource | null }> {
    const { loaded, config } = this.installation;
    const { locale } = config;
    const base = { name: source, title: SOURCE_NAMES[source], facts: [] };
    const health: FeedHealth | null = database === null ? null : createFeedHealth(database);
    const shop = await shopOf(loaded, source, async (of) => health?.lastAccount(of) ?? null);
    const { account } = shop;
    const trouble = shop.trouble === undefined ? undefined : toldHere(shop.trouble, locale);
    if (database === null || health === null || account === null) {
      if (trouble !== undefined)
        return { part: { ...base, status: 'down', problems: [trouble] }, observed: null };
      const facts = [MONITOR_WORDS[locale].notLooked];
      return { part: { ...base, status: 'unused', facts, problems: [] }, observed: null };
    }
    const feeds = await health.feeds(source, account);
    const key: KeyTold =
      trouble === undefined
        ? await keyExpiry(this.installation, database, source, account)
        : { expiresAt: null, trouble, refused: true };
    const facts = {
      source,
      feeds,
      keyExpiresAt: key.expiresAt,
      keyTrouble: key.trouble,
      keyRefused: key.refused,
    };
    const deadLetters = letters
      .filter(({ key }) => sourceOfKey(key, configuredSources(loaded.config)) === source)
      .reduce((sum, { count }) => sum + count, 0);
    const part = sourcePart(facts, standingOptions(this.installation, this.now));
    return {
      part: trouble === undefined ? part : { ...part, status: 'down' },
      observed: {
        ...{ source, account, feeds, keyExpiresAt: key.expiresAt, deadLetters },
        keyRefused: refusedKey(shop.trouble),
      },
    };
  }

  /** What could not be told now is told by the next look. */
  async #publish(broker: Broker, observed: readonly ObservedSource[], hasGroups: boolean): Promise<void> {
    const { prefix, logger } = this.installation;
    const events = observations(observed, { ...limitsOf(this.installation), now: this.now });
    try {
      await tellSyncEvents(broker, prefix, observationRecords(events, prefix));
      if (!hasGroups) return;
      // Asked anew: whoever was there at the beginning of the look may have left since.
      this.#drain = new Drain(this.installation, await liveMembers(broker, prefix), this.signal);
    } catch (error) {
      logger.warn({ error }, 'what was observed could not be published');
      return;
    }
    await this.#drain.judged();
  }
}

/** Settings that are missing are nothing that the rules tell of: whoever forgot them is looking. */
function refusedKey(trouble: unknown): string | undefined {
  return isAppError(trouble) && trouble.code === 'API_CREDENTIALS' ? trouble.message : undefined;
}

/** Keys name their source at the beginning, those of alerts after the rule's name; what names none counts for the first. */
function sourceOfKey(key: string, sources: readonly Source[]): Source | undefined {
  return sources.find((source) => new RegExp(`(?:^|:)${source}:`, 'u').test(key)) ?? sources[0];
}

function limitsOf({ config }: Installation) {
  return { maxSyncAgeHours: config.alerts.maxSyncAgeHours, catalogueHours: config.sync.catalogueHours };
}

export function standingOptions(installation: Installation, now: number): StandingOptions {
  const { locale, timeZone, alerts } = installation.config;
  return {
    ...limitsOf(installation),
    locale,
    now,
    maxFailures: alerts.failuresThreshold,
    time: friendlyTime(locale, timeZone),
  };
}
