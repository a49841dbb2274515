import { join } from 'node:path';
import { cronPattern, type Job } from '../table.js';
import type { Place } from './place.js';
import { cronCommand, shellWord } from './shell.js';

/**
 * Lines for `crontab -e` of the user that runs everything.
 *
 * @param jitterSeconds most seconds by which a read of the marketplaces is put off
 */
export function crontab(jobs: readonly Job[], place: Place, jitterSeconds: number): string {
  const own = jobs.flatMap((job) => lines(job, place, jitterSeconds));
  const remark = own.some((line) => line.includes(' sleep ')) ? [REMARK] : [];
  return [...head(place), ...remark, '', ...own].map((line) => `${line}\n`).join('');
}

const REMARK =
  '# Reads wait some seconds by chance, so that not everybody asks at the full hour (SCHEDULE_JITTER).';

function head(place: Place): string[] {
  const { logFolder, timeZone, systemZone, user, group } = place;
  const owner = group === null ? `-o ${user}` : `-o ${user} -g ${group}`;
  return [
    `# inventory-sync, for the crontab of ${user}: crontab -e`,
    '# Once before, as root, the folder of the logs:',
    `#   install -d ${owner} -m 0750 ${shellWord(logFolder)}`,
    ...zoneLines(timeZone, systemZone),
    'SHELL=/bin/sh',
  ];
}

/** Debian's cron knows no zones of its own and goes by the machine's; cronie, of Fedora and others, knows CRON_TZ. */
function zoneLines(timeZone: string, systemZone: string): string[] {
  const remark = `# Hours are meant in ${timeZone}.`;
  if (timeZone === systemZone) return [`${remark} This machine's zone is the same.`];
  return [
    `${remark} This machine's zone is ${systemZone}. cronie heeds the line CRON_TZ; Debian's cron does`,
    `# not, and goes by the machine's zone: there set that (timedatectl set-timezone ${timeZone}),`,
    '# or let systemd or the command schedule keep the time, which know zones.',
    `CRON_TZ=${timeZone}`,
  ];
}

function lines(job: Job, { node, launcher, envFile, logFolder }: Place, jitterSeconds: number): string[] {
  const settings = envFile === null ? [] : ['--env-file', envFile];
  const words = [node, launcher, ...settings, ...job.args].map(shellWord).join(' ');
  const wait = job.holds.length > 0 ? pause(jitterSeconds) : '';
  const command = cronCommand(`${wait}${words} >> ${shellWord(join(logFolder, job.logFile))} 2>&1`);
  return [`# ${job.name}`, ...job.times.map((time) => `${cronPattern(time)} ${command}`)];
}

/**
 * Some seconds by chance, so that not everybody asks the marketplaces at the full hour. Plain sh knows no $RANDOM, and
 * awk's chance is the clock's second, which is the same everywhere when cron starts. Without /dev/urandom: no wait.
 */
function pause(most: number): string {
  const whole = Math.floor(most);
  return whole < 1 ? '' : `sleep $(od -An -N2 -tu2 /dev/urandom | awk '{ print $1 % ${whole + 1} }'); `;
}
