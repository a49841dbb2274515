import { join } from 'node:path';
import { cronPattern, type Job } from '../table.js';
import type { Place } from './place.js';
import { cronCommand, shellWord } from './shell.js';

/** Lines for `crontab -e` of the user that runs everything. */
export function crontab(jobs: readonly Job[], place: Place): string {
  return [...head(place), ...jobs.flatMap((job) => lines(job, place))].map((line) => `${line}\n`).join('');
}

function head(place: Place): string[] {
  const { logFolder, timeZone, systemZone, user, group } = place;
  const owner = group === null ? `-o ${user}` : `-o ${user} -g ${group}`;
  return [
    `# inventory-sync, for the crontab of ${user}: crontab -e`,
    '# Once before, as root, the folder of the logs:',
    `#   install -d ${owner} -m 0750 ${shellWord(logFolder)}`,
    ...zoneLines(timeZone, systemZone),
    'SHELL=/bin/sh',
    '',
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

function lines(job: Job, { node, launcher, envFile, logFolder }: Place): string[] {
  const settings = envFile === null ? [] : ['--env-file', envFile];
  const words = [node, launcher, ...settings, ...job.args].map(shellWord).join(' ');
  const command = cronCommand(`${words} >> ${shellWord(join(logFolder, job.logFile))} 2>&1`);
  return [`# ${job.name}`, ...job.times.map((time) => `${cronPattern(time)} ${command}`)];
}
