import { existsSync, readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { findInstallFolder } from '../../../../config/env-place.js';
import type { LoadedConfig } from '../../../../config/load.js';
import { AppError } from '../../../errors.js';
import { LAUNCHER } from '../job-child.js';

/** The guide's folder, for installations that have not set LOG_FILE_PATH. */
const USUAL_LOG_FOLDER = '/var/log/inventory_sync';

/** Where things are on this machine; every path is absolute. */
export interface Place {
  readonly node: string;
  readonly launcher: string;
  readonly envFile: string | null;
  readonly installFolder: string;
  readonly logFolder: string;
  /** Whether commands write their logs there by themselves (LOG_FILE_PATH is set). */
  readonly ownLogs: boolean;
  readonly stateFolder: string | null;
  readonly user: string;
  /** Null where the system knows no name for it. */
  readonly group: string | null;
  /** In which the schedule is meant. */
  readonly timeZone: string;
  /** In which this machine's cron counts, as far as this process can see. */
  readonly systemZone: string;
}

/** @throws USAGE where `user` is not known on this machine */
export function placeOf(loaded: LoadedConfig, timeZone: string, user: string | undefined): Place {
  const { log, schedule } = loaded.config;
  return {
    node: process.execPath,
    launcher: LAUNCHER,
    envFile: loaded.envFile,
    installFolder: findInstallFolder(),
    logFolder: (log.filePath ?? USUAL_LOG_FOLDER).replace(/(?<=.)\/+$/, ''),
    ownLogs: log.filePath !== null,
    stateFolder: schedule.statePath,
    ...owner(user),
    timeZone,
    systemZone: new Intl.DateTimeFormat().resolvedOptions().timeZone,
  };
}

function owner(asked: string | undefined): { user: string; group: string | null } {
  const me = userInfo();
  const user = asked ?? me.username;
  const [entry] = entriesOf('/etc/passwd').filter(([name]) => name === user);
  if (asked !== undefined && entry === undefined && existsSync('/etc/passwd'))
    throw new AppError('USAGE', `--user: this machine knows no user ${asked}`, {
      remedy: `make one: useradd --system --no-create-home --shell /usr/sbin/nologin ${asked}`,
    });
  const gid = entry?.[3] ?? String(me.gid);
  const [group] = entriesOf('/etc/group').find(([, , id]) => id === gid) ?? [];
  return { user, group: group ?? null };
}

function entriesOf(file: string): string[][] {
  try {
    return readFileSync(join(file), 'utf8')
      .split('\n')
      .map((line) => line.split(':'));
  } catch {
    return [];
  }
}
