import { AppError, EXIT } from '../errors.js';
import { Installation } from '../main.js';
import { within } from '../ops/deadline.js';
import { Heartbeat } from '../ops/heartbeat.js';
import { WorkerRuntime, workerNames } from '../worker-runtime.js';
import type { CommandContext } from './context.js';

/** After a fatal error the batches in hand may take this long; after a signal the shutdown has its own bound. */
const LAST_WORK_MS = 20_000;

/** `inventory-sync worker`: consumes until it is told to stop, or can no longer go on. */
export async function worker(options: Record<string, unknown>, context: CommandContext): Promise<number> {
  const only = typeof options.only === 'string' ? workerNames(options.only) : undefined;
  const { shutdown } = context;
  const loaded = await context.settings();
  const logger = await context.logger('daemon');
  const installation = new Installation(loaded, logger);
  const heartbeat = new Heartbeat(loaded.config.heartbeatPath, 'worker', logger);
  let isReady = false;
  let fail: (error: unknown) => void = () => undefined;
  const failed = new Promise<never>((_, reject) => {
    fail = reject;
  });
  // Told or not: a failure in the last moments, when nobody waits any more, is none.
  failed.catch(() => undefined);
  const onAlive = () => {
    if (isReady) heartbeat.beat();
  };
  const runtime = new WorkerRuntime(installation, { only, onFatal: fail, onAlive });
  try {
    await Promise.race([runtime.start(), failed, shutdown.requested()]);
    if (!shutdown.signal.aborted) {
      runtime.startTimers();
      isReady = true;
      heartbeat.beat();
      context.say(`worker ready: ${runtime.names.join(', ')}`);
    }
    await Promise.race([failed, shutdown.requested()]);
    return EXIT.ok;
  } finally {
    await within(LAST_WORK_MS, leave(runtime, installation), tooSlow).catch(() => undefined);
  }
}

async function leave(runtime: WorkerRuntime, installation: Installation): Promise<void> {
  await runtime.stop();
  await installation.close();
}

const tooSlow = () => new AppError('TIMED_OUT', 'leaving took too long');
