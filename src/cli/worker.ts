import { AppError, EXIT } from '../errors.js';
import { openInstruments } from '../instruments.js';
import { Installation } from '../main.js';
import { within } from '../ops/deadline.js';
import { Heartbeat } from '../ops/heartbeat.js';
import { Liveness } from '../ops/liveness.js';
import { WorkerRuntime, workerNames } from '../worker-runtime.js';
import type { CommandContext } from './context.js';
import { openStatus, type Status } from './status.js';

/** After a fatal error the batches in hand may take this long; after a signal the shutdown has its own bound. */
const LAST_WORK_MS = 20_000;

/** `inventory-sync worker`: consumes until it is told to stop, or can no longer go on. */
export async function worker(options: Record<string, unknown>, context: CommandContext): Promise<number> {
  const only = typeof options.only === 'string' ? workerNames(options.only) : undefined;
  const { shutdown } = context;
  const loaded = await context.settings();
  const logger = await context.logger('daemon');
  const instruments = await openInstruments({ loaded, logger, command: 'worker', metrics: 'serve' });
  const installation = new Installation(loaded, logger, instruments);
  const liveness = new Liveness();
  const heartbeat = new Heartbeat(loaded.config.heartbeatPath, 'worker', logger);
  let isReady = false;
  let fail: (error: unknown) => void = () => undefined;
  const failed = new Promise<never>((_, reject) => {
    fail = reject;
  });
  // Told or not: a failure in the last moments, when nobody waits any more, is none.
  failed.catch(() => undefined);
  const onAlive = () => {
    liveness.beat();
    if (isReady) heartbeat.beat();
  };
  const runtime = new WorkerRuntime(installation, { only, onFatal: fail, onAlive });
  const consumers = async () => refuseUnjoined(runtime);
  let status: Status | undefined;
  try {
    const looks = { context, installation, instruments, alive: liveness.problem };
    status = await openStatus({ ...looks, checks: { consumers } });
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
    const closing = [() => runtime.stop(), () => installation.close(), () => instruments.close()];
    await within(LAST_WORK_MS, leave(closing), tooSlow).catch(() => undefined);
    await status?.close();
  }
}

async function leave(closing: readonly (() => Promise<void>)[]): Promise<void> {
  for (const close of closing) await close();
}

function refuseUnjoined(runtime: WorkerRuntime): void {
  const names = runtime.unjoined();
  if (names.length > 0)
    throw new AppError('KAFKA_UNAVAILABLE', `still joining their groups: ${names.join(', ')}`);
}

const tooSlow = () => new AppError('TIMED_OUT', 'leaving took too long');
