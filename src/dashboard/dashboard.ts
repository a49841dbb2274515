import type { FastifyInstance } from 'fastify';
import type { Config } from '../../config/schema.js';
import { AppError } from '../errors.js';
import { within } from '../ops/deadline.js';
import type { Logger } from '../ports/logger.js';
import { createAlertDesk } from '../store/alert-desk.js';
import type { Database } from '../store/database.js';
import { createProductSettings } from '../store/product-settings.js';
import type { Board } from './board/contract.js';
import { createAlertReader } from './data/alerts.js';
import { keyStanding } from './data/keys.js';
import { nextRunOf } from './data/next-runs.js';
import { createNowReader, lookForChange } from './data/now.js';
import { createPipelineReader } from './data/pipeline.js';
import { createProductReader } from './data/product.js';
import { createWarehouseReader } from './data/warehouses.js';
import { Pulse } from './live/pulse.js';
import { anomaliesPage } from './pages/anomalies.js';
import { nowPage } from './pages/now.js';
import { pipelinePage } from './pages/pipeline.js';
import { LETTERS } from './pages/pipeline-desks.js';
import { productPage } from './pages/product.js';
import { productsPage } from './pages/products.js';
import { pageRouter } from './pages/router.js';
import type { PipelineDesks } from './pipeline/contract.js';
import { LagWatch } from './pipeline/lag-watch.js';
import { Lately } from './pipeline/lately.js';
import { deskActions } from './web/actions.js';
import { pipelineActions } from './web/pipeline-actions.js';
import { createDashboardServer, type DashboardServer, type DashboardServerOptions } from './web/server.js';

export interface DashboardOptions {
  readonly config: Config;
  readonly db: Database;
  readonly board: Board & { thresholdsChanged?(): Promise<void> };
  readonly logger: Logger;
  readonly desks: PipelineDesks;
  /** Routes beside the pages that the same readers may ask: downloads. */
  readonly readers?: ((app: FastifyInstance) => void) | undefined;
  /** Routes that guard themselves: the read API. */
  readonly open?: DashboardServerOptions['open'];
  readonly now?: (() => number) | undefined;
  /** Milliseconds between looks whether something has changed. */
  readonly lookEveryMs?: number | undefined;
  /** Milliseconds after which a database that says neither yes nor no counts as out of reach. */
  readonly patienceMs?: number | undefined;
}

const LOOK_EVERY_MS = 2_000;
/** Looks at the broker and its dead letters stand for this long. Milliseconds. */
const ASK_EVERY_MS = 2_000;
const PATIENCE_MS = 5_000;

/** The dashboard, put together; it listens when its app is told to. */
export async function createDashboard(options: DashboardOptions): Promise<DashboardServer> {
  const { config, db, board, logger, desks } = options;
  const { now = Date.now, patienceMs = PATIENCE_MS } = options;
  const prefix = config.kafka.topicPrefix;
  const pulse = new Pulse({
    look: async () => `${await patiently(patienceMs, lookForChange(db))} ${jobs(desks)}`,
    also: (listener) => board.onChange(listener),
    everyMs: options.lookEveryMs ?? LOOK_EVERY_MS,
    logger,
  });
  const broker = asked(desks, () => pulse.poke());
  const page = pageRouter({
    now: nowPage({
      ...{ board, config, now },
      reader: createNowReader(db, prefix),
      nextRun: nextRunOf(config),
      key: keyStanding(config, db),
    }),
    products: productsPage({ board, config, warehouses: createWarehouseReader(db) }),
    product: productPage({ board, config, now, reader: createProductReader(db, prefix) }),
    anomalies: anomaliesPage({ config, alerts: createAlertReader(db) }),
    pipeline: pipelinePage({
      ...{ config, desks },
      reader: createPipelineReader(db, prefix),
      ...broker,
    }),
  });
  const settings = createProductSettings(db);
  const server = await createDashboardServer({
    ...{ config, logger, pulse, patienceMs },
    render: (view) => patiently(patienceMs, page(view)),
    actions: new Map([
      ...deskActions(createAlertDesk(db), {
        async lowStock(article, pieces) {
          const products = await settings.lowStock(article, pieces);
          await board.thresholdsChanged?.();
          return products;
        },
        async lowStockOf(product, pieces) {
          const products = await settings.lowStockOf(product, pieces);
          await board.thresholdsChanged?.();
          return products;
        },
      }),
      ...pipelineActions(desks),
    ]),
    readers: options.readers,
    open: options.open,
  });
  return {
    ...server,
    async close() {
      broker.lag?.stop();
      broker.letters?.stop();
      await server.close();
    },
  };
}

/** What the broker is asked: nobody's page waits for it, and there is news by itself. */
function asked({ lag, letters }: PipelineDesks, onNews: () => void) {
  const options = { everyMs: ASK_EVERY_MS, onNews };
  const watch = lag === null ? null : new LagWatch(lag);
  return {
    lag: watch && new Lately(() => watch.groups(), options),
    letters: letters && new Lately(() => letters.list(LETTERS), options),
  };
}

function jobs({ letters, replay }: PipelineDesks): string {
  return JSON.stringify([letters?.progress(), replay?.progress()]);
}

function patiently<T>(ms: number, work: Promise<T>): Promise<T> {
  return within(
    ms,
    work,
    () => new AppError('TIMED_OUT', 'the database takes too long', { remedy: 'check that MySQL gets on' }),
  );
}
