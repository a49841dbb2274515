import { type Job, onCalendar } from '../table.js';
import type { Place } from './place.js';
import { execStart, hardening, identity, type Section, type Unit, unit } from './units.js';

export interface SystemdOptions {
  readonly workers: number;
  /** Most seconds by which a timer's run is put off. */
  readonly jitterSeconds: number;
  /** Asked for by name; null where the settings say which. */
  readonly profile: string | null;
  /** METRICS_PORT, which is the scheduler's; null: not set. */
  readonly metricsPort?: number | null | undefined;
  /** Units of our own Kafka and MySQL; the services need them and start after them. */
  readonly engines: readonly Unit[];
}

const SCHEDULER = 'inventory-sync-scheduler.service';
const WORKER = 'inventory-sync-worker';
const TARGET = 'inventory-sync.target';
const TIMERS = 'inventory-sync-timers.target';
/** Names under which distributions run these servers; naming one that is not there does no harm. */
const SERVERS = 'mysql.service mysqld.service mariadb.service kafka.service';

/**
 * Everything for systemd. `inventory-sync.target` brings workers, scheduler and own engines back after a reboot;
 * whoever wants timers instead of the scheduler enables `inventory-sync-timers.target` beside the workers.
 */
export function systemdUnits(jobs: readonly Job[], place: Place, options: SystemdOptions): readonly Unit[] {
  return [
    mainTarget(options),
    ...options.engines,
    workerUnit(place, options),
    schedulerUnit(place, options),
    timersTarget(jobs),
    ...jobs.flatMap((job) => [jobUnit(job, place, options), timerUnit(job, place, options)]),
  ];
}

function mainTarget({ workers, engines }: SystemdOptions): Unit {
  const instances = Array.from({ length: workers }, (_, index) => `${WORKER}@${index + 1}.service`);
  return unit(TARGET, [
    [
      'Unit',
      [
        'Description=inventory-sync: workers and scheduler',
        `Wants=${[...engines.map(({ name }) => name), ...instances, SCHEDULER].join(' ')}`,
      ],
    ],
    ['Install', ['WantedBy=multi-user.target']],
  ]);
}

/** After the network and the servers; own servers are also required. */
function order({ engines }: SystemdOptions): (string | undefined)[] {
  const own = engines.map(({ name }) => name).join(' ');
  return [
    'Wants=network-online.target',
    `After=network-online.target ${own === '' ? SERVERS : own}`,
    own === '' ? undefined : `Requires=${own}`,
  ];
}

/** A daemon comes back for as long as it takes, but not with settings that a person has to mend (exit code 2). */
function daemon(
  description: string,
  place: Place,
  args: readonly string[],
  options: SystemdOptions,
  more: readonly string[] = [],
): Section[] {
  return [
    [
      'Unit',
      [`Description=${description}`, ...order(options), `PartOf=${TARGET}`, 'StartLimitIntervalSec=0'],
    ],
    [
      'Service',
      [
        'Type=exec',
        ...identity(place),
        ...more,
        execStart(place, args),
        // Log rotation: the log file is opened anew. Without a log file there is nobody to tell.
        place.ownLogs ? 'ExecReload=/bin/kill -HUP $MAINPID' : undefined,
        'Restart=on-failure',
        'RestartSec=5',
        'RestartPreventExitStatus=2',
        'SuccessExitStatus=143',
        // The daemon tells its own children to stop, once: a second signal would end them at once.
        'KillMode=mixed',
        'TimeoutStopSec=30',
        ...hardening(place),
      ],
    ],
  ];
}

function workerUnit(place: Place, options: SystemdOptions): Unit {
  const more = metricsPort(options);
  return unit(`${WORKER}@.service`, daemon('inventory-sync: worker %i', place, ['worker'], options, more));
}

/**
 * All read the same settings, and no two can listen on one port: after a scheduler on 9460 the first worker is found on
 * 9461, up to the ninth. Elsewhere a worker takes a free port, which its log names.
 */
function metricsPort({ metricsPort: port = null, workers }: SystemdOptions): string[] {
  if (port === null || port === 0) return [];
  const follows = port % 10 === 0 && workers < 10;
  return [`Environment=METRICS_PORT=${follows ? `${port / 10}%i` : 0}`];
}

/** Where nothing says where to keep what has run, systemd has a place for that. */
const STATE = '/var/lib/inventory-sync';

function schedulerUnit(place: Place, options: SystemdOptions): Unit {
  const keeps = place.stateFolder !== null || place.ownLogs;
  const where = keeps ? place : { ...place, stateFolder: STATE };
  const args = options.profile === null ? ['schedule'] : ['schedule', '--profile', options.profile];
  const more = keeps ? [] : [`Environment=SCHEDULE_STATE_PATH=${STATE}`];
  return unit(SCHEDULER, daemon('inventory-sync: scheduler', where, args, options, more));
}

function timersTarget(jobs: readonly Job[]): Unit {
  return unit(TIMERS, [
    [
      'Unit',
      [
        'Description=inventory-sync: timers instead of the scheduler',
        `Wants=${jobs.map(({ name }) => `inventory-sync-${name}.timer`).join(' ')}`,
        `Conflicts=${SCHEDULER}`,
      ],
    ],
    ['Install', ['WantedBy=multi-user.target']],
  ]);
}

function jobUnit(job: Job, place: Place, options: SystemdOptions): Unit {
  return unit(`inventory-sync-${job.name}.service`, [
    ['Unit', [`Description=inventory-sync: ${job.name}`, ...order(options)]],
    [
      'Service',
      [
        'Type=oneshot',
        ...identity(place),
        execStart(place, job.args),
        // Another run is at it, or the marketplace asks to wait: nothing that a person has to see to.
        'SuccessExitStatus=5 75',
        'KillMode=mixed',
        'TimeoutStopSec=30',
        ...hardening(place),
      ],
    ],
  ]);
}

function timerUnit(job: Job, { timeZone }: Place, { jitterSeconds }: SystemdOptions): Unit {
  return unit(`inventory-sync-${job.name}.timer`, [
    ['Unit', [`Description=inventory-sync: when to run ${job.name}`, `PartOf=${TIMERS}`]],
    [
      'Timer',
      [
        ...job.times.map((time) => `OnCalendar=${onCalendar(time, timeZone)}`),
        // What was missed while the machine was off is made up for, once.
        'Persistent=true',
        'AccuracySec=1s',
        `RandomizedDelaySec=${jitterSeconds}s`,
      ],
    ],
  ]);
}
