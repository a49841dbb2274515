import { exitCodeOf, messageOf } from '../errors.js';
import { openInstruments } from '../instruments.js';
import { Installation } from '../main.js';
import type { CommandContext } from './context.js';
import { changeAlert, listAlerts, setLowStock } from './monitor/desk.js';
import { detectAnomalies } from './monitor/detect.js';
import { healthCheck } from './monitor/health.js';
import { checkLastSync } from './monitor/last-sync.js';
import { VERDICT_EXIT } from './monitor/part.js';
import { type MonitorMode, modeOf } from './monitor/request.js';
import { weeklyReport } from './monitor/weekly.js';
import { toScheduler } from './schedule/job-child.js';

const DAY_MS = 86_400_000;

/** `inventory-sync monitor`: one of several looks at how things are, or a word on an alert. */
export async function monitor(options: Record<string, unknown>, context: CommandContext): Promise<number> {
  const mode = modeOf(options);
  const loaded = await context.settings();
  const logger = await context.logger('for-people');
  const told = { loaded, logger, command: 'monitor', metrics: 'tell', send: toScheduler() } as const;
  const instruments = await openInstruments(told);
  const installation = new Installation(loaded, logger, instruments);
  // Asked for early, so that a signal is an orderly end from now on.
  const { signal } = context.shutdown;
  try {
    const code = await run(mode, options, installation, context);
    return context.signalExitCode ?? code;
  } catch (error) {
    if (signal.aborted) return context.signalExitCode ?? VERDICT_EXIT.down;
    context.complain(error);
    // Whoever asks how things are learns that they are bad, not that the question failed.
    const exitCode = ASKS_FOR_A_VERDICT.includes(mode) ? VERDICT_EXIT.down : exitCodeOf(error);
    if (options.json === true) context.printJson({ status: 'failed', exitCode, error: messageOf(error) });
    return exitCode;
  } finally {
    await installation.close();
    await instruments.close();
  }
}

const ASKS_FOR_A_VERDICT: readonly MonitorMode[] = ['healthCheck', 'checkLastSync'];

function run(
  mode: MonitorMode,
  options: Record<string, unknown>,
  installation: Installation,
  context: CommandContext,
): Promise<number> {
  const json = options.json === true;
  const since = (fallback: number) => (typeof options.since === 'number' ? options.since : fallback);
  switch (mode) {
    case 'healthCheck':
      return healthCheck(installation, context, json);
    case 'checkLastSync':
      return checkLastSync(installation, context, json);
    case 'detectAnomalies':
      return detectAnomalies(installation, context, { sinceMs: since(30 * DAY_MS), json });
    case 'weeklyReport': {
      const request = { sinceMs: since(7 * DAY_MS), print: options.print === true, json };
      return weeklyReport(installation, context, request);
    }
    case 'alerts':
      return listAlerts(installation, context, json);
    case 'mute': {
      const ms = Number(options.for);
      return changeAlert(installation, context, (desk) => desk.mute(String(options.mute), ms), json);
    }
    case 'unmute':
      return changeAlert(installation, context, (desk) => desk.unmute(String(options.unmute)), json);
    case 'acknowledge':
      return changeAlert(
        installation,
        context,
        (desk) => desk.acknowledge(String(options.acknowledge)),
        json,
      );
    case 'lowStock':
      return setLowStock(installation, context, String(options.lowStock), json);
  }
}
