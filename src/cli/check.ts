import type { LoadedConfig } from '../../config/load.js';
import { configuredSources } from '../configured-shops.js';
import type { Source } from '../domain/stock-key.js';
import { EXIT } from '../errors.js';
import { Installation, openOzonClient, openSmtpTransport, openWildberriesClient } from '../main.js';
import { MemoryRateLimiter } from '../marketplaces/http/memory-rate-limiter.js';
import type { RateLimiter } from '../ports/rate-limiter.js';
import { readDiskUse } from '../store/disk-use.js';
import { CHECK_WORDS } from './check/check-words.js';
import { databaseForecast, topicForecast } from './check/disk-forecast.js';
import { HASTE } from './check/haste.js';
import { checkOzon } from './check/ozon.js';
import { toldHere } from './check/told-here.js';
import { checkWildberries } from './check/wildberries.js';
import type { CommandContext } from './context.js';
import { type Locale, WORDS } from './words.js';

/** Lines for people about what was reached, or why there is nothing to try. */
type Finding = { readonly details: readonly string[] } | { readonly unused: string };

interface Check {
  readonly name: string;
  readonly run: () => Promise<Finding>;
}

interface Checked {
  readonly name: string;
  readonly finding?: Finding;
  readonly error?: unknown;
}

/** `inventory-sync check`: tries everything there is to reach, and tells all of it, whatever fails. */
export async function check(_options: Record<string, unknown>, context: CommandContext): Promise<number> {
  const loaded = await context.settings();
  const installation = new Installation(loaded, await context.logger('for-people'));
  try {
    const pending = checksOf(loaded, installation).map(attempt);
    let failed = false;
    for (const one of pending) {
      const checked = await one;
      if (checked.finding === undefined) {
        failed = true;
        context.record({ error: checked.error, subject: checked.name }, 'the check failed');
      }
      context.print(linesOf(checked, context.locale));
    }
    return failed ? EXIT.failed : EXIT.ok;
  } finally {
    await installation.close();
  }
}

function checksOf(loaded: LoadedConfig, installation: Installation): readonly Check[] {
  return [
    { name: 'Ozon API', run: () => ozon(loaded, installation) },
    { name: 'Wildberries API', run: () => wildberries(loaded, installation) },
    { name: 'Database', run: () => database(loaded, installation) },
    { name: 'Kafka', run: () => kafka(loaded, installation) },
    { name: 'SMTP', run: () => smtp(loaded) },
  ];
}

/** Who sells on one marketplace has no key of the other; who has neither has not set up anything yet. */
function inUse({ config }: LoadedConfig): { readonly ozon: boolean; readonly wildberries: boolean } {
  const named = configuredSources(config);
  const has = (source: Source) => named.length === 0 || named.includes(source);
  return { ozon: has('ozon'), wildberries: has('wildberries') };
}

async function ozon(loaded: LoadedConfig, installation: Installation): Promise<Finding> {
  const words = CHECK_WORDS[loaded.config.locale];
  if (!inUse(loaded).ozon) return { unused: words.notConfigured('OZON_CLIENT_ID, OZON_API_KEY') };
  const client = openOzonClient(loaded, await apiParts(installation));
  const details = await checkOzon(client, loaded.config, words).finally(() => client.close());
  return { details };
}

async function wildberries(loaded: LoadedConfig, installation: Installation): Promise<Finding> {
  const { locale } = loaded.config;
  if (!inUse(loaded).wildberries) return { unused: CHECK_WORDS[locale].notConfigured('WB_API_KEY') };
  const client = openWildberriesClient(loaded, await apiParts(installation));
  const details = await checkWildberries(client, loaded.config, locale).finally(() => client.close());
  return { details };
}

async function apiParts(installation: Installation) {
  const { logger, gate } = installation;
  return { limiter: await limiterOf(installation), logger, gate, hasty: HASTE };
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

async function attempt({ name, run }: Check): Promise<Checked> {
  try {
    return { name, finding: await run() };
  } catch (error) {
    return { name, error };
  }
}

function linesOf({ name, finding, error }: Checked, locale: Locale): string {
  if (finding === undefined) {
    const { what, remedy } = toldHere(error, locale);
    const cause = what.replaceAll('\n', '\n    ');
    return `✗ ${name}: ${cause}\n${remedy === undefined ? '' : `    ${WORDS[locale].remedy}: ${remedy}\n`}`;
  }
  if ('unused' in finding) return `– ${name}: ${finding.unused}\n`;
  return [`✓ ${name} connection successful`, ...finding.details.map((detail) => `    ${detail}`), ''].join(
    '\n',
  );
}
