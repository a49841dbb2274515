import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { enginesStatus } from '../../../../engines/engines.js';
import { AppError } from '../../../errors.js';
import type { Place } from './place.js';
import { shellWord, unitPath, unitWord } from './shell.js';
import { type Unit, unit } from './units.js';

/** Of their environment the engines need this much; the rest belongs to whoever started them. */
const KEPT_VARIABLES = ['LD_LIBRARY_PATH'];

/**
 * Units for the Kafka and the MySQL of `engines up`. Their command lines are those of the processes that run now, so
 * what comes back after a reboot is what was tried.
 *
 * @param dir their data folder; undefined for the usual one
 * @throws USAGE where one of them does not run
 */
export async function engineUnits(place: Place, dir: string | undefined): Promise<readonly Unit[]> {
  const engines = await enginesStatus(dir === undefined ? {} : { dir });
  return engines.map(({ name, pid, dir: folder }) => {
    if (pid === undefined)
      throw new AppError(
        'USAGE',
        `--engines: ${name} of ${folder} does not run, so its command is not known`,
        {
          remedy: `start it first: inventory-sync engines up${dir === undefined ? '' : ` --dir ${dir}`}`,
        },
      );
    return name === 'MySQL'
      ? mysqlUnit(place, commandOf(pid), folder)
      : kafkaUnit(place, commandOf(pid), folder);
  });
}

export interface Command {
  readonly words: readonly string[];
  /** `NAME=value` */
  readonly variables: readonly string[];
}

function commandOf(pid: number): Command {
  const parts = (file: string) => readFileSync(`/proc/${pid}/${file}`, 'utf8').split('\0').slice(0, -1);
  const [program = '', ...args] = parts('cmdline');
  const isKept = (variable: string) => KEPT_VARIABLES.some((name) => variable.startsWith(`${name}=`));
  return { words: [absolute(program), ...args], variables: parts('environ').filter(isKept) };
}

/** systemd wants a whole path. */
function absolute(program: string): string {
  if (program.startsWith('/')) return program;
  const folders = (process.env.PATH ?? '').split(':');
  return folders.map((folder) => join(folder, program)).find((path) => existsSync(path)) ?? program;
}

export function kafkaUnit(place: Place, command: Command, folder: string): Unit {
  return engineUnit('Kafka', place, command, folder, [
    // Java says by 143 that it ended on request.
    'SuccessExitStatus=143',
  ]);
}

export function mysqlUnit(place: Place, command: Command, folder: string): Unit {
  const socket = command.words.find((word) => word.startsWith('--socket='))?.slice('--socket='.length);
  return engineUnit('MySQL', place, command, folder, [
    // A crash leaves the socket's lock with a process number that anybody may have after a reboot.
    ...(socket === undefined
      ? []
      : [
          shellLine(
            `mkdir -p ${shellWord(dirname(socket))} && rm -f ${shellWord(socket)} ${shellWord(`${socket}.lock`)}`,
          ),
        ]),
  ]);
}

const shellLine = (script: string) => `ExecStartPre=/bin/sh -c ${unitWord(script)}`;

function engineUnit(
  name: string,
  { user, group }: Place,
  { words, variables }: Command,
  folder: string,
  more: readonly string[],
): Unit {
  return unit(`inventory-sync-${name.toLowerCase()}.service`, [
    [
      'Unit',
      [
        `Description=${name} of inventory-sync`,
        'After=network.target local-fs.target',
        `RequiresMountsFor=${unitWord(folder)}`,
        'PartOf=inventory-sync.target',
        'StartLimitIntervalSec=0',
      ],
    ],
    [
      'Service',
      [
        'Type=exec',
        `User=${user}`,
        group === null ? undefined : `Group=${group}`,
        `WorkingDirectory=${unitPath(folder)}`,
        ...variables.map((variable) => `Environment=${unitWord(variable)}`),
        ...more,
        `ExecStart=${words.map(unitWord).join(' ')}`,
        'Restart=always',
        'RestartSec=5',
        // What is in memory goes to the disk first.
        'TimeoutStopSec=120',
        'KillMode=mixed',
        'LimitNOFILE=100000',
        'NoNewPrivileges=true',
        'ProtectSystem=full',
      ],
    ],
  ]);
}
