import type { Config } from '../../config/schema.js';
import { anomalySettings } from '../anomaly-settings.js';
import { readApi } from '../dashboard/api/plugin.js';
import { createBoard } from '../dashboard/board/board.js';
import { createDashboard } from '../dashboard/dashboard.js';
import { downloadRoutes } from '../dashboard/web/downloads.js';
import { isLoopback } from '../dashboard/web/guard.js';
import type { DashboardServer } from '../dashboard/web/server.js';
import { AppError, EXIT, messageOf } from '../errors.js';
import { groupOf, TOPICS, topicOf } from '../events/topics.js';
import { Installation } from '../main.js';
import type { CommandContext } from './context.js';
import { openDesks } from './dashboard/desks.js';
import { openDashboardStatus } from './dashboard/status.js';
import { DASHBOARD_COMMAND_WORDS } from './dashboard/words.js';

/** `inventory-sync dashboard`: serves the pages until it is told to stop. */
export async function dashboard(_options: Record<string, unknown>, context: CommandContext): Promise<number> {
  const { shutdown } = context;
  const loaded = await context.settings();
  const { config } = loaded;
  refuseOpenDoor(config);
  const logger = await context.logger('daemon');
  const installation = new Installation(loaded, logger);
  const closing: (() => Promise<void>)[] = [() => installation.close()];
  const words = DASHBOARD_COMMAND_WORDS[context.locale];
  const { topicPrefix: prefix } = config.kafka;
  const owner = { rawTopic: topicOf(prefix, TOPICS.rawSnapshots), group: groupOf(prefix, 'projector') };
  try {
    const db = await installation.database();
    const { lowStock } = anomalySettings(config);
    const board = createBoard({ db, owner, logger, lowStock, timeZone: config.timeZone });
    closing.unshift(() => board.stop());
    board.start();
    const desks = openDesks(installation, loaded.envFile);
    closing.unshift(() => desks.close());
    const status = openDashboardStatus(installation);
    closing.unshift(() => status.close());
    const server = await createDashboard({
      ...{ config, db, board, logger },
      desks,
      readers: (app) => downloadRoutes(app, { board, config }),
      open: async (app, doors) => {
        await status.addRoutes(app, doors);
        await readApi(app, {
          authorize: (request) => doors.token(request),
          ...{ db, owner, logger, locale: config.locale },
          maxSyncAgeHours: config.alerts.maxSyncAgeHours,
          ledgerDays: config.retention.ledgerDays,
        });
      },
    });
    closing.unshift(() => server.close());
    context.say(words.ready(await listen(server, config)));
    if (config.dashboard.token === null) context.say(words.readOnly);
    await shutdown.requested();
    return EXIT.ok;
  } finally {
    for (const close of closing) await close();
  }
}

/** Whoever can reach the address could read everything. */
function refuseOpenDoor({ dashboard: { host, token } }: Config): void {
  if (isLoopback(host) || token !== null) return;
  const advice = {
    en: DASHBOARD_COMMAND_WORDS.en.openDoor(host),
    ru: DASHBOARD_COMMAND_WORDS.ru.openDoor(host),
  };
  throw new AppError('CONFIG_INVALID', `DASHBOARD_HOST is ${host}, and DASHBOARD_TOKEN is not set`, {
    advice,
  });
}

async function listen({ app }: DashboardServer, { dashboard: { host, port } }: Config): Promise<string> {
  try {
    return await app.listen({ host, port });
  } catch (error) {
    const at = `${host}:${port}`;
    const advice = {
      en: DASHBOARD_COMMAND_WORDS.en.noPort(at),
      ru: DASHBOARD_COMMAND_WORDS.ru.noPort(at),
    };
    throw new AppError('ENGINE_FAILED', messageOf(error), { cause: error, advice });
  }
}
