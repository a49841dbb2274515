import { loadConfig } from '../../config/load.js';
import type { Config } from '../../config/schema.js';
import { createBoard, type LiveBoard } from '../../src/dashboard/board/board.js';
import { createDashboard } from '../../src/dashboard/dashboard.js';
import type { PipelineDesks } from '../../src/dashboard/pipeline/contract.js';
import { downloadRoutes } from '../../src/dashboard/web/downloads.js';
import type { DashboardServer } from '../../src/dashboard/web/server.js';
import { Secret } from '../../src/domain/secret.js';
import { groupOf, TOPICS } from '../../src/events/topics.js';
import { Database } from '../../src/store/database.js';
import { scratchFolder } from '../support/engines.js';
import { Pipeline, quietLogger } from '../support/pipeline.js';
import { Gate } from './gate.js';
import { seed } from './seed.js';

export const TOKEN = 'let-me-in-4711-please';

export interface LabOptions {
  readonly token?: string | null;
  readonly host?: string;
  readonly desks?: Partial<PipelineDesks>;
  readonly patienceMs?: number;
}

/** A seeded shop with the dashboard on it; its way to MySQL can be shut. */
export class DashboardLab {
  readonly #opened: { server: DashboardServer; board: LiveBoard }[] = [];

  private constructor(
    readonly pipe: Pipeline,
    readonly gate: Gate,
    private readonly db: Database,
    private readonly folder: string,
  ) {}

  static async start(name: string): Promise<DashboardLab> {
    const pipe = await Pipeline.start(name);
    await pipe.worker();
    await seed(pipe);
    const { database } = pipe;
    const gate = await Gate.to(database.host, database.port);
    const db = await Database.open({
      host: '127.0.0.1',
      port: gate.port,
      name: database.database,
      user: database.user,
      password: new Secret(database.password),
      poolSize: 5,
      idleSeconds: 60,
    });
    return new DashboardLab(pipe, gate, db, scratchFolder(name));
  }

  /** Answers the address. */
  async open({
    token = TOKEN,
    host = '127.0.0.1',
    desks = {},
    patienceMs,
  }: LabOptions = {}): Promise<string> {
    const config = this.#config(token, host);
    const logger = quietLogger(this.pipe.logs);
    const board = createBoard({
      ...{ db: this.db, logger },
      owner: {
        rawTopic: this.pipe.topic(TOPICS.rawSnapshots),
        group: groupOf(this.pipe.prefix, 'projector'),
      },
      lowStock: { ozon: 25, wildberries: 25 },
      timeZone: config.timeZone,
      everyMs: 200,
    });
    board.start();
    await board.refresh();
    const server = await createDashboard({
      ...{ config, board, logger, db: this.db },
      desks: { lag: null, letters: null, replay: null, ...desks },
      readers: (app) => downloadRoutes(app, { board, config }),
      ...{ lookEveryMs: 200, patienceMs },
    });
    this.#opened.push({ server, board });
    const url = await server.app.listen({ host: '127.0.0.1', port: 0 });
    return url;
  }

  /** The servers that were opened, in order. */
  get servers(): readonly DashboardServer[] {
    return this.#opened.map(({ server }) => server);
  }

  async close(): Promise<void> {
    this.gate.open();
    for (const { server, board } of this.#opened) {
      await server.close();
      await board.stop();
    }
    await this.db.close();
    await this.gate.close();
    await this.pipe.close();
  }

  #config(token: string | null, host: string): Config {
    return loadConfig({
      cwd: this.folder,
      installFolder: this.folder,
      env: {
        KAFKA_TOPIC_PREFIX: this.pipe.prefix,
        OZON_CLIENT_ID: '100500',
        OZON_API_KEY: 'ozon-key-0001',
        DASHBOARD_HOST: host,
        LOCALE: 'ru',
        ...(token === null ? {} : { DASHBOARD_TOKEN: token }),
      },
    }).config;
  }
}
