import type { LoadedConfig } from '../../../config/load.js';
import { configuredSources } from '../../configured-shops.js';
import type { Source } from '../../domain/stock-key.js';
import { type Installation, openOzonClient, openSmtpTransport, openWildberriesClient } from '../../main.js';
import { MemoryRateLimiter } from '../../marketplaces/http/memory-rate-limiter.js';
import type { RateLimiter } from '../../ports/rate-limiter.js';
import { readDiskUse } from '../../store/disk-use.js';
import { CHECK_WORDS } from './check-words.js';
import { ClockGate } from './clock.js';
import { databaseForecast, topicForecast } from './disk-forecast.js';
import type { Check, Finding, Problem } from './finding.js';
import { HASTE } from './haste.js';
import { checkOzon } from './ozon.js';
import { checkWildberries } from './wildberries.js';

/** What there is to reach. The gates hear what the marketplaces' clocks say. */
export function connections(
  loaded: LoadedConfig,
  installation: Installation,
  gates: Readonly<Record<Source, ClockGate>>,
): readonly Check[] {
  const all: readonly Omit<Check, 'isConnection'>[] = [
    { id: 'ozon', name: 'Ozon API', run: () => ozon(loaded, installation, gates.ozon) },
    {
      id: 'wildberries',
      name: 'Wildberries API',
      run: () => wildberries(loaded, installation, gates.wildberries),
    },
    { id: 'database', name: 'Database', run: () => database(loaded, installation) },
    { id: 'kafka', name: 'Kafka', run: () => kafka(loaded, installation) },
    { id: 'smtp', name: 'SMTP', run: () => smtp(loaded) },
  ];
  return all.map((one) => ({ ...one, isConnection: true }));
}

/** Who sells on one marketplace has no key of the other; who has neither has not set up anything yet. */
function inUse({ config }: LoadedConfig): { readonly ozon: boolean; readonly wildberries: boolean } {
  const named = configuredSources(config);
  const has = (source: Source) => named.length === 0 || named.includes(source);
  return { ozon: has('ozon'), wildberries: has('wildberries') };
}

async function ozon(loaded: LoadedConfig, installation: Installation, gate: ClockGate): Promise<Finding> {
  const { config } = loaded;
  const words = CHECK_WORDS[config.locale];
  if (!inUse(loaded).ozon) return { unused: words.notConfigured('OZON_CLIENT_ID, OZON_API_KEY') };
  const client = openOzonClient(loaded, await apiParts(installation, gate));
  const soon = new Soon(words.renewKey);
  const details = await checkOzon(client, config, words, Date.now(), soon.tell).finally(() => client.close());
  return { details, problems: soon.problems };
}

async function wildberries(
  loaded: LoadedConfig,
  installation: Installation,
  gate: ClockGate,
): Promise<Finding> {
  const { locale } = loaded.config;
  const words = CHECK_WORDS[locale];
  if (!inUse(loaded).wildberries) return { unused: words.notConfigured('WB_API_KEY') };
  const client = openWildberriesClient(loaded, await apiParts(installation, gate));
  const soon = new Soon(words.renewToken);
  const work = checkWildberries(client, loaded.config, locale, Date.now(), soon.tell);
  const details = await work.finally(() => client.close());
  const kind = words.tokenKind[client.token.kind];
  return { details: [...details, ...(kind === undefined ? [] : [kind])], problems: soon.problems };
}

/** Keys that run out soon, gathered. */
class Soon {
  readonly problems: Problem[] = [];

  constructor(private readonly remedy: string) {}

  readonly tell = (what: string): void => {
    this.problems.push({ level: 'warning', what, remedy: this.remedy });
  };
}

async function apiParts(installation: Installation, gate: ClockGate) {
  return { limiter: await limiterOf(installation), logger: installation.logger, gate, hasty: HASTE };
}

/** A few requests: without the database this process's own count will do. */
async function limiterOf(installation: Installation): Promise<RateLimiter> {
  return installation.limiter().catch(() => new MemoryRateLimiter());
}

async function database({ config }: LoadedConfig, installation: Installation): Promise<Finding> {
  const use = await readDiskUse(await installation.database());
  return { details: [databaseForecast(use, config)] };
}

async function kafka({ config }: LoadedConfig, installation: Installation): Promise<Finding> {
  const broker = await installation.broker();
  // Without the database nobody knows how much is read in a day; that it cannot be reached is said in its own line.
  const use = await installation.database().then(readDiskUse, () => null);
  const forecast = use === null ? null : await topicForecast(broker, use, config);
  return { details: forecast === null ? [] : [forecast] };
}

async function smtp({ config }: LoadedConfig): Promise<Finding> {
  const words = CHECK_WORDS[config.locale];
  const transport = openSmtpTransport(config);
  if (transport === null) return { unused: words.noMail };
  try {
    await transport.verify();
  } finally {
    await transport.close();
  }
  return { details: config.alerts.email.length === 0 ? [words.noAlertEmail] : [] };
}
