import type { Place } from './place.js';
import { shellWord } from './shell.js';

/**
 * A file for /etc/logrotate.d. Rotated logs are opened anew on SIGHUP instead of being copied and cut off, which
 * loses lines. Only long-lived commands need the signal: a `sync` that runs writes the file it has to its end.
 */
export function logrotate(place: Place): string {
  const { logFolder, user, group } = place;
  const owner = group === null ? user : `${user} ${group}`;
  return `# inventory-sync, for /etc/logrotate.d/inventory-sync (owner root, mode 0644)
"${logFolder}/*.log" {
    daily
    rotate 14
    missingok
    notifempty
    compress
    delaycompress
    dateext
${group === null ? '' : `    su ${owner}\n`}    create 0640 ${owner}
${place.ownLogs ? reopen(place) : REMARK}}
`;
}

const REMARK = `    # LOG_FILE_PATH is not set: only cron's lines write here, and a worker would end on a signal.
`;

/** Who holds a log open is found by the command line; the pattern does not match the one that looks for it. */
function reopen({ launcher, user }: Place): string {
  const long = `${pattern(launcher)} (.* )?(worker|schedule|dashboard)( .*)?$`;
  return `    sharedscripts
    postrotate
        pkill -HUP -u ${shellWord(user)} -f -- ${shellWord(long)} || true
    endscript
`;
}

/** The text as an extended regular expression that means just it. */
function pattern(text: string): string {
  return text.replace(/[.*+?${}()|[\]\\]/g, '[$&]').replaceAll('^', '\\^');
}
