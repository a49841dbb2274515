import type { Broker } from '../../broker/broker.js';
import { groupFigures } from '../../broker/group-figures.js';
import { requireTopics } from '../../broker/topics.js';
import { isAppError } from '../../errors.js';
import { type Installation, openBroker, openDatabase } from '../../main.js';
import type { PrometheusMetrics } from '../../ops/metrics.js';
import { type ReadinessChecks, readiness } from '../../ops/readiness.js';
import { Scrape } from '../../ops/scrape.js';
import { redact } from '../../ops/secrets.js';
import type { StatusDeps } from '../../ops/status-server.js';
import type { Database } from '../../store/database.js';
import { operatingFigures } from '../../store/operating-figures.js';
import { schemaVersionCheck } from '../../store/schema-version.js';
import { Kept } from './kept.js';

/** Looks from outside must not wait for the work's own connections, nor take many. */
const CONNECTIONS = 2;

export interface StatusParts {
  readonly installation: Installation;
  readonly prometheus: PrometheusMetrics;
  /** Why the process counts as dead, or null. */
  readonly alive: () => string | null;
  /** What else must be right beside database, schema and Kafka. */
  readonly checks?: ReadinessChecks | undefined;
}

/** What `statusRoutes` answers from, on connections of its own. Whoever opens it closes it. */
export function openStatusDeps({ installation, prometheus, alive, checks = {} }: StatusParts): {
  readonly deps: StatusDeps;
  close(): Promise<void>;
} {
  const looks = openLooks(installation);
  const { secrets } = installation.loaded;
  const deps: StatusDeps = {
    scrape: new Scrape({ metrics: prometheus, tables: looks.tables, groups: looks.groups }),
    alive,
    ready: readiness({ ...looks.checks, ...checks }),
    clean: (text) => redact(text, secrets),
  };
  return { deps, close: looks.close };
}

const isUnfit = (error: unknown): boolean => isAppError(error) && error.code === 'DB_UNFIT';

/** A database that answers and has other tables is there. */
function butUnfit(error: unknown): void {
  if (!isUnfit(error)) throw error;
}

/** Of one that does not answer nobody knows which tables it has. */
function onlyUnfit(error: unknown): void {
  if (isUnfit(error)) throw error;
}

/** Connections that are opened when first needed, and anew after each failure. */
function openLooks({ config, logger, prefix }: Installation) {
  const db = { ...config.db, poolSize: CONNECTIONS };
  const database = new Kept<Database>(() => openDatabase({ ...config, db }));
  const broker = new Kept<Broker>(() => openBroker(config, logger, (one) => requireTopics(one, prefix)));
  return {
    tables: () => database.use(operatingFigures),
    groups: () => broker.use((one) => groupFigures(one, prefix)),
    checks: {
      database: () => database.use(async (one) => void (await one.query('SELECT 1'))).catch(butUnfit),
      schema: () => database.use(schemaVersionCheck).catch(onlyUnfit),
      kafka: () => broker.use((one) => requireTopics(one, prefix)),
    } satisfies ReadinessChecks,
    close: async () => {
      await Promise.all([database.close(), broker.close()]);
    },
  };
}
