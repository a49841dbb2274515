import { choice, setting } from './setting.js';

/** The settings of `inventory-sync schedule`, a part of `schema`. Whoever knows a watchdog's address can silence it. */
export const schedule = {
  profile: choice(
    'SCHEDULE_PROFILE',
    ['default', 'high-load', 'low-resource', 'split'],
    'default',
    'How often stock is read: every 6 h, every 2 h, at 8 and 20 h, or each source apart every 4 h.',
  ),
  timeZone: setting(
    'SCHEDULE_TZ',
    'time-zone',
    null,
    'Time zone in which the hours of the schedule are meant; not set: TZ_DISPLAY.',
  ),
  jitter: setting(
    'SCHEDULE_JITTER',
    'seconds',
    30,
    'Most seconds by which a run is put off, so that not everybody asks the marketplaces at the full hour.',
    { min: 0, max: 1800 },
  ),
  statePath: setting(
    'SCHEDULE_STATE_PATH',
    'folder',
    null,
    'Folder where schedule keeps what has run, to make up for missed runs; not set: LOG_FILE_PATH.',
  ),
  pingUrl: setting(
    'PING_URL',
    'secret-url',
    null,
    'Watchdog that schedule calls at start and end of every sync: <url>/start, <url>, <url>/fail.',
  ),
  daemonPingUrl: setting(
    'SCHEDULE_PING_URL',
    'secret-url',
    null,
    'Watchdog that schedule calls every five minutes while it lives.',
  ),
};
