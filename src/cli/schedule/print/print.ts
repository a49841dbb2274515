import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { LoadedConfig } from '../../../../config/load.js';
import { configuredSources } from '../../../configured-shops.js';
import { AppError, EXIT, messageOf } from '../../../errors.js';
import type { CommandContext } from '../../context.js';
import { type Job, jobsOf, type Profile } from '../table.js';
import { crontab } from './crontab.js';
import { engineUnits } from './engine-units.js';
import { logrotate } from './logrotate.js';
import { type Place, placeOf } from './place.js';
import { systemdUnits } from './systemd.js';
import type { Unit } from './units.js';

export interface PrintRequest {
  readonly options: Record<string, unknown>;
  readonly context: CommandContext;
  readonly loaded: LoadedConfig;
  readonly profile: Profile;
  readonly timeZone: string;
}

/** `schedule --print …`: files for others to go by the same table. */
export async function printSchedule(request: PrintRequest): Promise<number> {
  const { options, context, loaded, profile, timeZone } = request;
  const { print, user, out } = options;
  if (print !== 'systemd' && (out !== undefined || options.engines !== undefined))
    throw new AppError('USAGE', '--out and --engines belong to --print systemd', {
      remedy: 'add --print systemd',
    });
  const place = placeOf(loaded, timeZone, typeof user === 'string' ? user : undefined);
  const jobs = jobsOf(profile, configuredSources(loaded.config));
  if (print === 'crontab') context.print(crontab(jobs, place, loaded.config.schedule.jitter));
  else if (print === 'logrotate') context.print(logrotate(place));
  else {
    const units = await allUnits(jobs, place, request);
    if (typeof out === 'string') writeUnits(units, resolve(out), context);
    else context.print(units.map(({ name, text }) => `# ${name}\n${text}`).join('\n'));
  }
  return EXIT.ok;
}

async function allUnits(jobs: readonly Job[], place: Place, request: PrintRequest): Promise<readonly Unit[]> {
  const { engines, workers } = request.options;
  const dir = typeof engines === 'string' ? engines : undefined;
  return systemdUnits(jobs, place, {
    workers: Number(workers ?? 1),
    profile: request.options.profile === undefined ? null : request.profile,
    jitterSeconds: request.loaded.config.schedule.jitter,
    metricsPort: request.loaded.config.metrics.port,
    engines: engines === undefined ? [] : await engineUnits(place, dir),
  });
}

function writeUnits(units: readonly Unit[], folder: string, context: CommandContext): void {
  try {
    mkdirSync(folder, { recursive: true });
    for (const { name, text } of units) {
      writeFileSync(join(folder, name), text, { mode: 0o644 });
      context.print(`${join(folder, name)}\n`);
    }
  } catch (error) {
    throw new AppError('USAGE', `--out: ${folder} cannot be written (${messageOf(error)})`, {
      remedy: 'name a folder that you may write to',
      cause: error,
    });
  }
}
