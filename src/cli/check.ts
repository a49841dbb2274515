import type { LoadedConfig } from '../../config/load.js';
import { EXIT, isAppError, messageOf } from '../errors.js';
import { Installation, openOzonClient, openSmtpTransport, openWildberriesClient } from '../main.js';
import { MemoryRateLimiter } from '../marketplaces/http/memory-rate-limiter.js';
import type { OzonClient } from '../marketplaces/ozon/client.js';
import { checkOzonKey } from '../marketplaces/ozon/key-check.js';
import { checkWildberriesKey } from '../marketplaces/wildberries/key-check.js';
import type { RateLimiter } from '../ports/rate-limiter.js';
import type { CommandContext } from './context.js';
import type { Words } from './words.js';

/** A look, not a read: a marketplace that is slow or full up is told of, and not waited for. */
const HASTE = { timeoutMs: 10_000, maxWaitMs: 10_000 } as const;
const DAY_MS = 24 * 60 * 60 * 1000;
/** Keys that run out sooner than this are pointed at. */
const SOON_DAYS = 14;

interface Check {
  readonly name: string;
  /** Answers lines for people, or null where there is nothing to check. */
  readonly run: () => Promise<readonly string[] | null>;
}

interface Checked {
  readonly name: string;
  readonly details: readonly string[] | null;
  readonly error?: unknown;
}

/** `inventory-sync check`: tries everything there is to reach, and tells all of it, whatever fails. */
export async function check(_options: Record<string, unknown>, context: CommandContext): Promise<number> {
  const loaded = await context.settings();
  const installation = new Installation(loaded, await context.logger('for-people'));
  try {
    const checks = checksOf(loaded, installation);
    const pending = checks.map(({ name, run }) => attempt(name, run));
    let failed = false;
    for (const one of pending) {
      const checked = await one;
      failed ||= checked.error !== undefined;
      context.print(linesOf(checked, context.words));
    }
    return failed ? EXIT.failed : EXIT.ok;
  } finally {
    await installation.close();
  }
}

function checksOf(loaded: LoadedConfig, installation: Installation): readonly Check[] {
  const { logger } = installation;
  const api = async () => ({ limiter: await limiterOf(installation), logger, hasty: HASTE });
  return [
    {
      name: 'Ozon API',
      run: async () => {
        const client = openOzonClient(loaded, await api());
        return checkOzon(client).finally(() => client.close());
      },
    },
    {
      name: 'Wildberries API',
      run: async () => {
        const client = openWildberriesClient(loaded, await api());
        const supplier = loaded.config.wildberries.supplierId ?? undefined;
        return checkWildberries(client, supplier).finally(() => client.close());
      },
    },
    { name: 'Database', run: () => installation.database().then(noDetails) },
    { name: 'Kafka', run: () => installation.broker().then(noDetails) },
    { name: 'SMTP', run: () => checkSmtp(loaded) },
  ];
}

function noDetails(): readonly string[] {
  return [];
}

/** One request each: without the database this process's own count will do. */
async function limiterOf(installation: Installation): Promise<RateLimiter> {
  return installation.limiter().catch(() => new MemoryRateLimiter());
}

/** What the key may do is not always told, and not always truly: then the stock is asked for, one page of it. */
async function checkOzon(client: OzonClient): Promise<readonly string[]> {
  const signal = AbortSignal.timeout(2 * HASTE.timeoutMs);
  const { expiresAt, stocksAllowed } = await checkOzonKey(client, signal);
  if (stocksAllowed !== true) await client.stocks('', signal);
  return ['may read the stock', ...expiry('key', expiresAt)];
}

async function checkWildberries(
  client: Parameters<typeof checkWildberriesKey>[0],
  supplierId: string | undefined,
): Promise<readonly string[]> {
  const signal = AbortSignal.timeout(2 * HASTE.timeoutMs);
  const { name, sid, expiresAt, warnings } = await checkWildberriesKey(client, supplierId, signal);
  return [
    `seller ${name === undefined ? sid : `${name} (${sid})`}`,
    ...expiry('token', expiresAt),
    ...warnings,
  ];
}

/** Until when a key lives, with its days where they are few. */
function expiry(what: string, expiresAt: string | undefined): string[] {
  const at = expiresAt === undefined ? Number.NaN : Date.parse(expiresAt);
  if (Number.isNaN(at)) return [];
  const days = Math.floor((at - Date.now()) / DAY_MS);
  const soon = days < SOON_DAYS ? `: make a new one soon` : '';
  return [`${what} valid until ${new Date(at).toISOString().slice(0, 10)}, ${days} days${soon}`];
}

async function checkSmtp({ config }: LoadedConfig): Promise<readonly string[] | null> {
  const transport = openSmtpTransport(config);
  if (transport === null) return null;
  try {
    await transport.verify();
  } finally {
    await transport.close();
  }
  return config.alerts.email.length === 0 ? ['ALERT_EMAIL is not set: no alerts are mailed'] : [];
}

async function attempt(name: string, run: Check['run']): Promise<Checked> {
  try {
    return { name, details: await run() };
  } catch (error) {
    return { name, details: [], error };
  }
}

function linesOf({ name, details, error }: Checked, words: Words): string {
  if (details === null) return `– ${name}: not configured, no mail is sent (SMTP_HOST is not set)\n`;
  if (error === undefined) {
    return [`✓ ${name} connection successful`, ...details.map((detail) => `    ${detail}`), ''].join('\n');
  }
  const remedy = isAppError(error) ? error.remedy : undefined;
  const cause = messageOf(error).replaceAll('\n', '\n    ');
  return `✗ ${name}: ${cause}\n${remedy === undefined ? '' : `    ${words.remedy}: ${remedy}\n`}`;
}
