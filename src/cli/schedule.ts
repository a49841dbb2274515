import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { configuredSources } from '../configured-shops.js';
import { AppError, EXIT } from '../errors.js';
import { openInstruments } from '../instruments.js';
import { Installation, openDatabase } from '../main.js';
import { within } from '../ops/deadline.js';
import { Heartbeat } from '../ops/heartbeat.js';
import { Liveness } from '../ops/liveness.js';
import { replayMetrics } from '../ops/metrics-relay.js';
import { nextStarts, settledMarks } from '../producers/poll-schedule.js';
import type { CommandContext } from './context.js';
import { scheduled } from './schedule/clock.js';
import { Daemon } from './schedule/daemon.js';
import { JobChild } from './schedule/job-child.js';
import { Lead, type Standing } from './schedule/lead.js';
import { MarkFile } from './schedule/mark-file.js';
import { Pinger } from './schedule/ping.js';
import { printSchedule } from './schedule/print/print.js';
import { jobsOf, PROFILES, type Profile } from './schedule/table.js';
import { SCHEDULE_WORDS, wallClock } from './schedule/words.js';
import { openStatus } from './status.js';

/** The server ends the session of a scheduler that says nothing for so long, and with it the lock. Seconds. */
const SILENCE = 90;
const LAST_CALLS_MS = 2_000;

/** `inventory-sync schedule`: goes by the table until it is told to stop; with `--print` only shows how others would. */
export async function schedule(options: Record<string, unknown>, context: CommandContext): Promise<number> {
  const loaded = await context.settings();
  const { config } = loaded;
  const profile = PROFILES.find((one) => one === options.profile) ?? config.schedule.profile;
  const timeZone = config.schedule.timeZone ?? config.timeZone;
  if (options.print !== undefined) return printSchedule({ options, context, loaded, profile, timeZone });
  if (options.out !== undefined || options.engines !== undefined)
    throw new AppError('USAGE', '--out and --engines belong to --print systemd', {
      remedy: 'add --print systemd',
    });
  return goBySchedule(context, profile, timeZone);
}

async function goBySchedule(context: CommandContext, profile: Profile, timeZone: string): Promise<number> {
  const { shutdown } = context;
  const loaded = await context.settings();
  const { config, envFile } = loaded;
  const logger = await context.logger('daemon');
  const instruments = await openInstruments({ loaded, logger, command: 'schedule', metrics: 'serve' });
  const liveness = new Liveness();
  const { jitter, statePath, pingUrl, daemonPingUrl } = config.schedule;
  const table = jobsOf(profile, configuredSources(config));
  const argsOf = new Map(table.map(({ name, args }) => [name, args]));
  const seed = `${hostname()} ${config.db.name} ${config.ozon.clientId ?? ''}`;
  const jobs = table.map((job) => scheduled(job, { timeZone, jitterMs: jitter * 1000, seed }));
  const lead = new Lead(() => openDatabase(config, SILENCE), logger);
  const [syncPings, ownPings] = [new Pinger(pingUrl, logger), new Pinger(daemonPingUrl, logger)];
  const heartbeat = new Heartbeat(config.heartbeatPath, 'schedule', logger);
  const daemon = new Daemon({
    ...{ jobs, lead, logger },
    marks: new MarkFile(statePath ?? config.log.filePath, logger),
    run: (name) => {
      const onLine = (line: string) => line.trim() !== '' && logger.info({ job: name }, line);
      const onMessage = (message: unknown) => replayMetrics(message, instruments.metrics);
      return new JobChild({ args: argsOf.get(name) ?? [], envFile, onLine, onMessage });
    },
    begin: (name) => (argsOf.get(name)?.[0] === 'sync' ? syncPings.begin(name) : () => undefined),
    alive: () => {
      heartbeat.beat();
      ownPings.alive('schedule');
    },
    turned: liveness.beat,
    onStanding: (standing, before) => {
      logger.info({ standing }, 'standing among the schedulers of this database');
      tellStanding(context, standing, before);
    },
    now: Date.now,
    wait: (ms, stop) => delay(ms, undefined, { signal: stop }).catch(() => undefined),
  });
  const installation = new Installation(loaded, logger, instruments);
  const status = await openStatus({ context, installation, instruments, alive: liveness.problem });
  context.say(SCHEDULE_WORDS[context.locale].head(profile, timeZone));
  for (const { name, at } of nextStarts(jobs, settledMarks(jobs, {}, Date.now())))
    context.say(`  ${wallClock(at, timeZone, context.locale)}  ${argsOf.get(name)?.join(' ')}`);
  try {
    await daemon.run(shutdown.signal);
    return EXIT.ok;
  } finally {
    const ends = [lead.close(), instruments.close(), status.close()];
    const calls = Promise.all([syncPings.idle(), ownPings.idle(), ...ends]);
    await within(LAST_CALLS_MS, calls, tooSlow).catch(() => undefined);
  }
}

function tellStanding(context: CommandContext, standing: Standing, before: Standing | null): void {
  const words = SCHEDULE_WORDS[context.locale];
  if (standing === 'elsewhere') context.say(words.standingBy);
  if (standing === 'ours' && before === 'elsewhere') context.say(words.leading);
  if (standing === 'unknown') context.say(words.alone);
}

const tooSlow = () => new AppError('TIMED_OUT', 'leaving took too long');
